import type { IncomingMessage } from 'node:http';

/** What Node reports with a request that its parser rejects. */
export interface ParserError extends NodeJS.ErrnoException {
  /** The bytes that were read at once, and how many of them the parser took. */
  readonly rawPacket?: Uint8Array;
  readonly bytesParsed?: number;
}

/** With any token as its method (RFC 9112, section 3). */
const REQUEST_LINE = /^[\w!#$%&'*+.^`|~-]+ \S+ HTTP\/1\.[01]\r?\n/;

/** Whether the line that the parser rejects is that of a request, whose method it does not know. */
export function hasRequestLine({ rawPacket = new Uint8Array(), bytesParsed = 0 }: ParserError): boolean {
  const start = rawPacket.subarray(0, bytesParsed).lastIndexOf(10) + 1;
  return REQUEST_LINE.test(Buffer.from(rawPacket.subarray(start)).toString('latin1'));
}

/** A name, an IPv4 or a bracketed IPv6 address, and maybe a port (RFC 3986, sections 3.2.2 and 3.2.3). */
const HOST = /^(?:[\w.~!$&'()*+,;=%-]+|\[[\da-f:.]+\])(?::\d{0,5})?$/i;

/**
 * Finds violations of RFC 9112 that Node's parser accepts: a wrong `Host`, target or `Transfer-Encoding`.
 * @returns a message for the client
 */
export function malformedRequest({ method, url = '', httpVersion, rawHeaders }: IncomingMessage): string | undefined {
  if (httpVersion !== '1.0' && httpVersion !== '1.1') return 'This server accepts HTTP/1.1 and HTTP/1.0 only.';
  const [host, ...others] = valuesOf(rawHeaders, 'host');
  if (others.length > 0) return 'The request has more than one Host header. Send one.';
  if (host === undefined && httpVersion !== '1.0') return 'The request has no Host header, which HTTP/1.1 requires.';
  if (host !== undefined && !isHost(host)) return 'The Host header is not a host name or address, with or without a port.';
  const codings = valuesOf(rawHeaders, 'transfer-encoding');
  if (codings.length > 0 && httpVersion === '1.0') return 'HTTP/1.0 has no Transfer-Encoding. Send a Content-Length.';
  if (codings.length > 0 && codings.join().trim().toLowerCase() !== 'chunked')
    return 'The only accepted Transfer-Encoding is "chunked".';
  if (method !== 'CONNECT' && !isTarget(url)) return 'The request target is neither a path nor a URL with http or https.';
  return undefined;
}

/** `headersDistinct` would copy all of them. @param rawHeaders names and values in turn @param name in lower case */
function valuesOf(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name);
}

function isHost(host: string): boolean {
  return HOST.test(host) && URL.canParse(`http://${host}`);
}

function isTarget(target: string): boolean {
  const [path = ''] = target.split('?', 1);
  if (path.includes('\\')) return false;
  return path.startsWith('/') || (/^https?:\/\//.test(path) && URL.canParse(target));
}
