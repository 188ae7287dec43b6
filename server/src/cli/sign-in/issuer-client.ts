import type { Configuration } from 'openid-client';
import { discoverIssuer } from '../../auth/oidc-client/discover-issuer.ts';
import { unauthorized } from '../../domain/errors.ts';
import { AdvisedError, UnreachableError } from '../failure.ts';
import { UsageError } from '../lending-command.ts';

/* The CLI as a public client of an OpenID Connect issuer (RFC 8252). The library is loaded when it is needed. */

export interface IssuerClient {
  readonly issuer: string;
  readonly clientId: string;
}

export interface IssuerTokens {
  readonly idToken: string | undefined;
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
}

/** For each request to the issuer. */
const TIMEOUT_SECONDS = 10;

/** Reads the issuer's metadata. @throws UnreachableError */
export async function discover({ issuer, clientId }: IssuerClient): Promise<Configuration> {
  const { None } = await import('openid-client');
  try {
    return await discoverIssuer({ issuer, clientId, authentication: None(), timeoutSeconds: TIMEOUT_SECONDS });
  } catch (cause) {
    throw new UnreachableError(`The issuer ${issuer} can't be reached, or is none.`, { cause });
  }
}

/** The scope to request: with a refresh token where the issuer supports one. */
export function scopeOf(configuration: Configuration): { readonly scope: string; readonly prompt?: 'consent' } {
  const scope = 'openid email profile';
  const { scopes_supported: supported = [] } = configuration.serverMetadata();
  // Without the prompt, an issuer ignores the scope (OpenID Connect Core 1.0, section 11).
  return supported.includes('offline_access') ? { scope: `${scope} offline_access`, prompt: 'consent' } : { scope };
}

export function toTokens(response: { readonly access_token: string; readonly id_token?: string; readonly refresh_token?: string }) {
  const { id_token: idToken, access_token: accessToken, refresh_token: refreshToken } = response;
  return { idToken, accessToken, refreshToken } satisfies IssuerTokens;
}

const BY_CLIENT: ReadonlySet<unknown> = new Set([
  'invalid_client',
  'invalid_request',
  'unauthorized_client',
  'invalid_scope',
  'unsupported_grant_type',
]);

/** @returns the error for the user, by the library's error. It has the issuer's reason, and no token */
export function toUserError(error: unknown, { issuer, clientId }: IssuerClient): unknown {
  const { name, error: code, error_description: description } = Object(error);
  if (error instanceof TypeError || Object(error).code === 'OAUTH_TIMEOUT')
    return new UnreachableError(`The issuer ${issuer} does not respond.`, { cause: error });
  if (name !== 'AuthorizationResponseError' && name !== 'ResponseBodyError') return error;
  const reason = typeof description === 'string' ? `${code}: ${description}` : String(code);
  if (BY_CLIENT.has(code))
    return new AdvisedError(new UsageError(`The issuer rejects the client ${clientId} (${reason}).`), adviceOnClient());
  return unauthorized(`The issuer has not signed you in (${reason}).`);
}

export function adviceOnClient(): string {
  return 'Register a public client (native, no secret) with the redirect URI http://127.0.0.1/callback, and set LENDING_CLIENT_ID to its id.';
}
