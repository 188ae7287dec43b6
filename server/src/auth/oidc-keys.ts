import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import * as z from 'zod';
import { KeysUnavailableError } from './token-verifier.ts';

const TIMEOUT_MS = 5000;
/** An unknown key id makes us look for new keys, but not more often than this, however many such tokens come. */
const COOLDOWN_MS = 5000;
const KEYS_KEPT_MS = 600_000;
const DOCUMENT_BYTES_MAX = 262_144;

const discoveryDocument = z.object({ issuer: z.string(), jwks_uri: z.url() });

/**
 * The keys of an OpenID Connect issuer, found by discovery when the first token comes, so that a sign-in provider that
 * is down does not keep this program from starting.
 */
export function discoveredKeys(
  issuer: string,
  { cooldownMs = COOLDOWN_MS }: { readonly cooldownMs?: number } = {},
): JWTVerifyGetKey {
  let keys: Promise<JWTVerifyGetKey> | undefined;
  return async (header, token) => {
    keys ??= discover(issuer, cooldownMs).catch((cause: unknown) => {
      keys = undefined;
      throw new KeysUnavailableError(cause);
    });
    const key = await keys;
    try {
      return await key(header, token);
    } catch (cause) {
      // That the issuer has no such key is the token's fault; anything else is the issuer's or the network's.
      if (cause instanceof errors.JWKSNoMatchingKey || cause instanceof errors.JWKSMultipleMatchingKeys) throw cause;
      if (cause instanceof errors.JOSENotSupported) throw cause;
      throw new KeysUnavailableError(cause);
    }
  };
}

async function discover(issuer: string, cooldownMs: number): Promise<JWTVerifyGetKey> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const text = await response.text();
  if (text.length > DOCUMENT_BYTES_MAX) throw new Error(`${url} is too large`);
  const document = discoveryDocument.parse(JSON.parse(text));
  if (document.issuer !== issuer) throw new Error(`${url} speaks for the issuer ${document.issuer}`);
  const keysUrl = new URL(document.jwks_uri);
  if (!isSecure(keysUrl)) throw new Error(`${keysUrl.href} is not reached by https`);
  return createRemoteJWKSet(keysUrl, { timeoutDuration: TIMEOUT_MS, cooldownDuration: cooldownMs, cacheMaxAge: KEYS_KEPT_MS });
}

/** Keys fetched in the clear could be anybody's; on the machine itself nobody is in between. */
export function isSecure(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
}

/** @param host a name or address without its port */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host === '::1' || /^(?:::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}
