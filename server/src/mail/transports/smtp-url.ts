/** The connection settings of a mail server. */
export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** `always`: implicit TLS. `required`: STARTTLS or no mail. `offered`: STARTTLS if the server supports it. */
  readonly tls: 'always' | 'offered' | 'required';
  readonly auth: { readonly user: string; readonly pass: string } | undefined;
}

export const SMTP_URL_RULE =
  'must be smtps://USER:PASSWORD@HOST or smtp://USER:PASSWORD@HOST, with a port if it is not the usual one; ' +
  'smtp://HOST?starttls=optional for a server in your own network without TLS';

/** @param isLoopback whether a host is this machine, so that TLS is not required */
export function parseSmtpUrl(text: string, isLoopback: (host: string) => boolean): SmtpServer | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, port, username, password, pathname, search, hash } = new URL(text);
  const isSecure = protocol === 'smtps:';
  const isOptional = search === '?starttls=optional';
  if (!isSecure && protocol !== 'smtp:') return undefined;
  if (hostname === '' || (pathname !== '' && pathname !== '/') || hash !== '') return undefined;
  if ((search !== '' && !isOptional) || (isSecure && isOptional)) return undefined;
  const [user, pass] = [decode(username), decode(password)];
  if (user === undefined || pass === undefined || (user === '') !== (pass === '')) return undefined;
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return {
    host,
    port: Number(port) || (isSecure ? 465 : 587),
    tls: isSecure ? 'always' : isOptional || isLoopback(hostname) ? 'offered' : 'required',
    auth: user === '' ? undefined : { user, pass },
  };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
