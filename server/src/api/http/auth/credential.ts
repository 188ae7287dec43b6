import { LANGUAGES, type Language } from '@private-lending/locale/languages';
import type { Context } from 'hono';
import { type DomainError, forbidden } from '../../../domain/errors.ts';
import { type Credential, tokenCredential } from '../../../execution/authenticate.ts';
import type { Env } from '../hono-env.ts';
import { isOwnOrigin, siteError } from './own-origin.ts';
import { readCookie } from './session-cookie.ts';

/** Sent with each request of the console. Other sites can't add it: it is no header that CORS allows here. */
const CONSOLE_HEADER = 'X-Lending-Console';

/**
 * What a request is authenticated by. A bearer token takes precedence. The cookie of a session counts only with the console's header,
 * and from a page of our own origin (RFC 10017): a browser sends it with requests of other pages too.
 */
export function credentialOf(context: Context<Env>): Credential | undefined {
  const token = bearerToken(context.req.header('Authorization'));
  if (token !== undefined) return tokenCredential(token);
  const cookie = isConsoleRequest(context) ? readCookie(context, 'session') : undefined;
  if (cookie === undefined) return undefined;
  const error = foreignOriginError(context);
  return error ? { kind: 'rejected', error } : { kind: 'session', cookie, language: languageOfPage(context) };
}

/** The console sends the language that it shows, alone. A browser's own list of languages is not that. */
function languageOfPage({ req }: Context): Language | undefined {
  const sent = req.header('Accept-Language');
  return LANGUAGES.find((language) => language === sent);
}

export function isConsoleRequest({ req }: Context): boolean {
  return req.header(CONSOLE_HEADER) === '1';
}

/** @throws DomainError `FORBIDDEN` for a request that is not from a page of our own origin */
export function requireOwnOrigin(context: Context<Env>): void {
  const error = foreignOriginError(context);
  if (error) throw error;
}

/** @throws DomainError `FORBIDDEN` for a request from a page of an origin that is neither our own nor one of CORS_ORIGINS */
export function requireAllowedOrigin(context: Context<Env>, corsOrigins: readonly string[]): void {
  const error = siteError(context.req.header('Origin'), context.var.ownOrigin(), corsOrigins);
  if (error) throw error;
}

function foreignOriginError(context: Context<Env>): DomainError | undefined {
  const headers = { origin: context.req.header('Origin'), fetchSite: context.req.header('Sec-Fetch-Site') };
  const own = context.var.ownOrigin();
  if (isOwnOrigin(headers, own)) return undefined;
  return forbidden(
    `A request with the cookie of a session has to come from a page of ${own}, as Origin and Sec-Fetch-Site say. ` +
      'Open the console there, by https or on this machine, or send a token.',
  );
}

export function bearerToken(authorization: string | undefined): string | undefined {
  return /^Bearer +([^ ]+)$/i.exec(authorization ?? '')?.[1];
}
