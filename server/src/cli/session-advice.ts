import type { SignInMethod } from '@private-lending/client';
import { decodeJwt } from 'jose';
import { AdvisedError } from './failure.ts';
import type { LendingCommand } from './lending-command.ts';

/* What to type next where a token is missing or rejected. No text has the token. */

/** Where a command sends its requests. */
export interface Destination {
  /** Undefined: the store is opened in this process. */
  readonly url: string | undefined;
  /** The command that signs in there; for a store, at a server. */
  readonly signIn: string;
  readonly method: SignInMethod;
  /** The OpenID Connect issuer; null for other methods. */
  readonly issuer: string | null;
}

/** What the user types to sign in at a server. */
export function loginCommand({ root }: LendingCommand, { url, source }: { readonly url: string; readonly source: string }): string {
  const isUsual = source === 'LENDING_URL' || source === 'the default';
  return `${root.typed} login${isUsual ? '' : ` --url ${source === 'STORE' ? 'URL' : url}`}`;
}

export function missingTokenAdvice({ url, signIn, method, issuer }: Destination, { root }: LendingCommand): string {
  if (method === 'local')
    return `Sign in with --as EMAIL, or once for all commands: ${url === undefined ? exportToken(root.typed, 'EMAIL', url) : signIn}`;
  if (method === 'oidc' && url === undefined) return `Get a token from ${issuer}, and set it: export LENDING_TOKEN=TOKEN`;
  return `Sign in: ${signIn}`;
}

/** @returns the error of a rejected token of the environment, with advice */
export function adviseOnRejectedToken(
  error: unknown,
  token: string,
  { url, signIn, method, issuer }: Destination,
  { root }: LendingCommand,
  now: number,
): AdvisedError {
  const { email, expiredAt } = readClaims(token, now);
  const reason = expiredAt === undefined ? '' : `The token in LENDING_TOKEN expired at ${expiredAt}. `;
  const login = `unset LENDING_TOKEN; ${signIn}`;
  const advice: Readonly<Record<SignInMethod, string>> = {
    local: `For a new one: ${exportToken(root.typed, email, url)}`,
    email: `Sign in: ${login}`,
    oidc: `Get a new one from ${issuer}, and set it: export LENDING_TOKEN=TOKEN\nOr sign in: ${login}`,
  };
  return new AdvisedError(error, reason + advice[method]);
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
