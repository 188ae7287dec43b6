import { hash } from 'node:crypto';

/** Base64url characters: 96 bits of the hash. */
const LENGTH = 16;

/**
 * Makes ids of texts that nobody can guess by trying all texts: a hash that begins with a secret, truncated against length extension.
 * @param key of the store's secret
 */
export function keyedHash(key: Buffer): (text: string) => string {
  const secret = key.toString('base64url');
  return (text) => hash('sha256', `${secret}\n${text}`, 'base64url').slice(0, LENGTH);
}
