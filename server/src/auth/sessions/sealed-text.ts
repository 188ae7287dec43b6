import { CompactEncrypt, compactDecrypt, errors } from 'jose';
import type { KeyRing } from '../../storage/key-ring.ts';

const ALGORITHM = 'dir';
const ENCRYPTION = 'A256GCM';
/** A browser keeps no longer cookie. */
const SEALED_LENGTH_MAX = 4096;
const VERSION = /^\d{1,9}$/;

/** Encrypts texts so that only this program can read or make them. */
export interface Sealer {
  seal(text: string): Promise<string>;
  /** @returns undefined for a text that was sealed elsewhere, for another use, or with a key that has been retired */
  open(sealed: string): Promise<string | undefined>;
}

/**
 * Makes a sealer: JSON Web Encryption (RFC 7516), with the version of the key as `kid`.
 * @param use what is sealed: `typ` in the header, so that a text sealed for another use is not accepted
 */
export function createSealer(keys: KeyRing, use: string): Sealer {
  async function keyOf({ kid, typ }: { readonly kid?: string; readonly typ?: string }): Promise<Uint8Array> {
    const key = typ === use && VERSION.test(kid ?? '') ? await keys.find(Number(kid)) : undefined;
    if (!key) throw new errors.JWEDecryptionFailed();
    return key;
  }

  return {
    async seal(text) {
      const { version, key } = keys.current;
      return new CompactEncrypt(new TextEncoder().encode(text))
        .setProtectedHeader({ alg: ALGORITHM, enc: ENCRYPTION, kid: String(version), typ: use })
        .encrypt(key);
    },
    async open(sealed) {
      if (sealed.length > SEALED_LENGTH_MAX) return undefined;
      try {
        const algorithms = { keyManagementAlgorithms: [ALGORITHM], contentEncryptionAlgorithms: [ENCRYPTION] };
        const { plaintext } = await compactDecrypt(sealed, keyOf, algorithms);
        return new TextDecoder().decode(plaintext);
      } catch (error) {
        if (error instanceof errors.JOSEError) return undefined;
        throw error;
      }
    },
  };
}
