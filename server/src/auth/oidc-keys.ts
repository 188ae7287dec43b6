import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import * as z from 'zod';
import { KeysUnavailableError } from './token-verifier.ts';

const TIMEOUT_MS = 5000;
/** Minimum time between fetches of the keys, which tokens with unknown key ids cause. */
const COOLDOWN_MS = 5000;
const KEYS_CACHED_MS = 600_000;
const DOCUMENT_BYTES_MAX = 262_144;

const discoveryDocument = z.object({ issuer: z.string(), jwks_uri: z.url() });

/**
 * Keys of an OpenID Connect issuer. Discovery runs with the first token, so that the program starts while the issuer is down.
 * The returned function throws KeysUnavailableError where the keys can't be fetched.
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
      // A key that the issuer does not have means an invalid token; other errors are the issuer's or the network's.
      if (cause instanceof errors.JWKSNoMatchingKey || cause instanceof errors.JWKSMultipleMatchingKeys) throw cause;
      if (cause instanceof errors.JOSENotSupported) throw cause;
      throw new KeysUnavailableError(cause);
    }
  };
}

async function discover(issuer: string, cooldownMs: number): Promise<JWTVerifyGetKey> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' });
  if (!response.ok) throw new Error(`${url} responded with ${response.status}`);
  const text = await response.text();
  if (text.length > DOCUMENT_BYTES_MAX) throw new Error(`${url} is too large`);
  const document = discoveryDocument.parse(JSON.parse(text));
  if (document.issuer !== issuer) throw new Error(`${url} names another issuer: ${document.issuer}`);
  const keysUrl = new URL(document.jwks_uri);
  if (!isSecure(keysUrl)) throw new Error(`${keysUrl.href} is not https`);
  return createRemoteJWKSet(keysUrl, { timeoutDuration: TIMEOUT_MS, cooldownDuration: cooldownMs, cacheMaxAge: KEYS_CACHED_MS });
}

/** Whether a response can't be tampered with on its way: by TLS, or as it does not leave the machine. */
export function isSecure(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
}

/** @param host name or address, without the port */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host === '::1' || /^(?:::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}
