import { decodeJwt } from 'jose';
import { AdvisedError } from './failure.ts';
import type { LendingCommand } from './lending-command.ts';

/* What to type next where a token is missing or rejected. No text has the token. */

/** Where a command sends its requests. */
export interface Destination {
  /** Undefined: the store is opened in this process. */
  readonly url: string | undefined;
  /** The command that signs in there. */
  readonly signIn: string | undefined;
  /** The URL of the issuer, if it is known, or whether there is a local one. */
  readonly issuer: string | 'local' | 'other';
}

/** What the user types to sign in at a server. */
export function loginCommand({ root }: LendingCommand, { url, source }: { readonly url: string; readonly source: string }): string {
  const isUsual = source === 'LENDING_URL' || source === 'the default';
  return `${root.typed} login${isUsual ? '' : ` --url ${url}`}`;
}

export function missingTokenAdvice({ url, signIn, issuer }: Destination, { root }: LendingCommand): string {
  if (issuer === 'local')
    return `Sign in with --as EMAIL, or once for all commands: ${signIn ?? exportToken(root.typed, 'EMAIL', url)}`;
  if (signIn !== undefined) return `Sign in: ${signIn}`;
  return `Get a token from ${describeIssuer(issuer)}, and set it: export LENDING_TOKEN=TOKEN`;
}

/** @returns the error of a rejected token of the environment, with advice */
export function adviseOnRejectedToken(
  error: unknown,
  token: string,
  { url, signIn, issuer }: Destination,
  { root }: LendingCommand,
  now: number,
): AdvisedError {
  const { email, expiredAt } = readClaims(token, now);
  const reason = expiredAt === undefined ? '' : `The token in LENDING_TOKEN expired at ${expiredAt}. `;
  const next =
    issuer === 'local'
      ? `For a new one: ${exportToken(root.typed, email, url)}`
      : `Get a new one from ${describeIssuer(issuer)}, and set it: export LENDING_TOKEN=TOKEN`;
  const other = issuer !== 'local' && signIn !== undefined ? `\nOr sign in: unset LENDING_TOKEN; ${signIn}` : '';
  return new AdvisedError(error, reason + next + other);
}

function describeIssuer(issuer: string): string {
  return issuer === 'other' ? 'the issuer of the server' : issuer;
}

function exportToken(typed: string, email: string, url: string | undefined): string {
  return `export LENDING_TOKEN="$(${typed} token ${email}${url === undefined ? '' : ` --url ${url}`})"`;
}

function readClaims(token: string, now: number): { readonly email: string; readonly expiredAt?: string } {
  try {
    const { email, exp } = decodeJwt<{ email?: unknown }>(token);
    const isPlain = typeof email === 'string' && /^[\w.+@-]+$/.test(email);
    const hasExpired = typeof exp === 'number' && exp * 1000 <= now;
    return { email: isPlain ? email : 'EMAIL', ...(hasExpired && { expiredAt: new Date(exp * 1000).toISOString() }) };
  } catch {
    return { email: 'EMAIL' };
  }
}
