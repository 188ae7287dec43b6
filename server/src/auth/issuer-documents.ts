import { createLocalJWKSet, importJWK, type JWK, type JWTVerifyGetKey } from 'jose';
import * as z from 'zod';
import { isSecure } from './loopback.ts';

const DOCUMENT_BYTES_MAX = 262_144;
const KEYS_MAX = 100;
const RSA_BITS_MIN = 2048;
/** OpenSSL verifies no signature of a larger key. */
const RSA_BITS_MAX = 16_384;

/** One algorithm for each type of key, to find out whether the key can be imported. */
const ALGORITHM_OF: Readonly<Record<string, string>> = {
  RSA: 'RS256',
  'EC P-256': 'ES256',
  'EC P-384': 'ES384',
  'EC P-521': 'ES512',
  'OKP Ed25519': 'EdDSA',
};

const discoveryDocument = z.object({ issuer: z.string(), jwks_uri: z.url() });
const keySetDocument = z.object({ keys: z.array(z.unknown()).max(KEYS_MAX) });

/** Reads the URL of an issuer's keys (OpenID Connect Discovery 1.0). @throws Error where the document can't be trusted */
export async function fetchKeysUrl(issuer: string, signal: AbortSignal): Promise<URL> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const document = discoveryDocument.parse(await fetchJson(url, signal));
  if (document.issuer !== issuer) throw new Error(`${url} names another issuer: ${document.issuer}`);
  const keysUrl = new URL(document.jwks_uri);
  if (!isSecure(keysUrl)) throw new Error(`${keysUrl.href} is not https`);
  return keysUrl;
}

/**
 * Reads the keys of an issuer (RFC 7517), without those that no token can be verified with: too short, malformed, private, or of a
 * type that is not known here.
 * @throws Error where the document is no key set
 */
export async function fetchKeySet(url: URL, signal: AbortSignal): Promise<JWTVerifyGetKey> {
  const { keys } = keySetDocument.parse(await fetchJson(url.href, signal));
  const isUsable = await Promise.all(keys.map(isUsableKey));
  const usable = keys.filter((_, index) => isUsable[index]) as JWK[]; // as `isUsableKey` has imported them
  return createLocalJWKSet({ keys: usable });
}

async function isUsableKey(candidate: unknown): Promise<boolean> {
  const jwk = candidate as JWK; // importJWK rejects everything else
  try {
    const algorithm = ALGORITHM_OF[jwk.kty === 'RSA' ? 'RSA' : `${jwk.kty} ${jwk.crv}`];
    if (algorithm === undefined) return false;
    const key = await importJWK({ ...jwk, alg: algorithm });
    if (!(key instanceof CryptoKey) || key.type !== 'public') return false;
    const bits = 'modulusLength' in key.algorithm ? Number(key.algorithm.modulusLength) : undefined;
    return bits === undefined || (bits >= RSA_BITS_MIN && bits <= RSA_BITS_MAX);
  } catch {
    return false;
  }
}

/** Fetches a JSON document of bounded size. Follows no redirect: it could lead to a host that is not trusted. */
async function fetchJson(url: string, signal: AbortSignal): Promise<unknown> {
  const response = await fetch(url, { signal, redirect: 'error', headers: { Accept: 'application/json' } });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`${url} responded with ${response.status}`);
  }
  return JSON.parse(Buffer.from(await readBounded(response, DOCUMENT_BYTES_MAX)).toString());
}

/** Reads a response whole. @throws Error for one that is larger */
export async function readBounded({ body, url }: Response, bytesMax: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    // Leaving the loop cancels the rest of the response.
    if (bytes > bytesMax) throw new Error(`${url} is larger than ${bytesMax} bytes`);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
