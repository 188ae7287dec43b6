import { createLocalJWKSet, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import type { Email } from '../domain/email.ts';
import type { UserId } from '../domain/ids.ts';
import type { Store } from '../storage/store.ts';
import { getOrCreate } from '../storage/store-secrets.ts';
import { type Issuer, userIdOf } from './token-verifier.ts';

export const LOCAL_ISSUER = 'urn:private-lending:local';
const AUDIENCE = 'private-lending';
const ALGORITHM = 'ES256';
const EXPIRES_IN_SECONDS = 3600;

interface LocalToken {
  readonly token: string;
  readonly user_id: UserId;
  readonly expires_in: number;
}

export interface Claims {
  readonly email: Email;
  readonly name?: string | null;
  readonly email_verified?: boolean | undefined;
}

/** Issues a token for any address, for development. Its key is in the store. */
export interface LocalIssuer extends Issuer {
  issue(claims: Claims): Promise<LocalToken>;
}

export async function openLocalIssuer(store: Store, clock: () => number): Promise<LocalIssuer> {
  const { data: pair } = await getOrCreate(store, 'local-issuer', generateKeys);
  const privateKey = await importJWK(pair.private, ALGORITHM);

  return {
    issuer: LOCAL_ISSUER,
    audience: AUDIENCE,
    emailClaim: 'email',
    emailVerifiedClaim: 'email_verified',
    key: createLocalJWKSet({ keys: [{ ...pair.public, alg: ALGORITHM }] }),
    async issue({ email, name, email_verified = true }) {
      const nowSeconds = Math.floor(clock() / 1000);
      const token = await new SignJWT({ email, email_verified, ...(typeof name === 'string' && { name }) })
        .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
        .setIssuer(LOCAL_ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(email)
        .setIssuedAt(nowSeconds)
        .setExpirationTime(nowSeconds + EXPIRES_IN_SECONDS)
        .sign(privateKey);
      return { token, user_id: userIdOf(LOCAL_ISSUER, email), expires_in: EXPIRES_IN_SECONDS };
    },
  };
}

async function generateKeys(): Promise<{ private: JWK; public: JWK }> {
  const { privateKey, publicKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  return { private: await exportJWK(privateKey), public: await exportJWK(publicKey) };
}
