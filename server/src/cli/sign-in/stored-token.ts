import type { TokenSource } from '@private-lending/client';
import { decodeJwt } from 'jose';
import { unauthorized } from '../../domain/errors.ts';
import type { Credential, CredentialsFile } from './credentials-file.ts';
import { discover, toTokens, toUserError } from './issuer-client.ts';

/** A token that expires within this time is renewed first. */
const MARGIN_MS = 30_000;

export interface StoredTokenOptions {
  readonly file: Pick<CredentialsFile, 'find' | 'update'>;
  /** Of the server. */
  readonly url: string;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

/** @returns the token of the user's sign-in at a server, or a function that renews it where the issuer supports that */
export function storedToken(options: StoredTokenOptions): TokenSource | string | undefined {
  const { file, url, clock } = options;
  const stored = file.find(url);
  if (!stored?.refresh) return stored?.token;
  return async (rejected) => {
    const current = file.find(url) ?? stored; // another process may have renewed it
    const isFresh = current.token !== rejected && Date.parse(current.expires_at) - MARGIN_MS > clock();
    return isFresh ? current.token : await renew(current, options);
  };
}

/** @throws DomainError `UNAUTHORIZED` where the user has to sign in again, or UnreachableError */
async function renew(stored: Credential, { file, url, clock }: StoredTokenOptions): Promise<string> {
  const { refresh } = stored;
  if (!refresh) return stored.token;
  try {
    const tokens = await refreshAtIssuer(refresh);
    const token = refresh.renews === 'id_token' ? tokens.idToken : tokens.accessToken;
    if (token === undefined) throw unauthorized('The issuer renews no ID token.');
    const expires_at = new Date(expiryOf(token) ?? clock() + MARGIN_MS).toISOString();
    file.update(url, { ...stored, token, expires_at, refresh: { ...refresh, token: tokens.refreshToken ?? refresh.token } });
    return token;
  } catch (error) {
    const latest = file.find(url);
    // Each refresh token may be used once: another process was faster.
    if (latest && latest.refresh?.token !== refresh.token) return latest.token;
    throw error;
  }
}

async function refreshAtIssuer({ token, issuer, client_id: clientId }: NonNullable<Credential['refresh']>) {
  const client = await import('openid-client');
  const configuration = await discover({ issuer, clientId });
  try {
    return toTokens(await client.refreshTokenGrant(configuration, token));
  } catch (error) {
    throw toUserError(error, { issuer, clientId });
  }
}

/**
 * @returns epoch milliseconds; undefined for a token that is no JWT
 * @internal exported for tests
 */
export function expiryOf(token: string): number | undefined {
  try {
    const { exp } = decodeJwt(token);
    return exp === undefined ? undefined : exp * 1000;
  } catch {
    return undefined;
  }
}
