import { createLocalJWKSet, type JWK, type JWTVerifyGetKey, SignJWT } from 'jose';
import type { Session } from '../../domain/sign-in/session.ts';
import type { Issuer } from '../token-verifier.ts';
import { SIGNING_ALGORITHM, type SigningKeys } from './signing-keys.ts';

/** Fixed, so that users stay the same where the site gets another address. */
export const EMAIL_ISSUER = 'urn:private-lending:email';
const AUDIENCE = 'private-lending';

/** Issues the tokens of sessions that were started by e-mail. */
export interface EmailIssuer extends Issuer {
  /** A token that lasts as long as its session. */
  issue(session: Session): Promise<string>;
  /** RFC 7517. */
  keySet(): Promise<{ readonly keys: readonly JWK[] }>;
}

export function openEmailIssuer(keys: SigningKeys, clock: () => number): EmailIssuer {
  const key: JWTVerifyGetKey = async (header, token) =>
    createLocalJWKSet({ keys: await keys.publishedWith(header.kid) })(header, token);
  return {
    issuer: EMAIL_ISSUER,
    audience: AUDIENCE,
    emailClaim: 'email',
    emailVerifiedClaim: 'email_verified',
    hasSessions: true,
    key,
    keySet: async () => ({ keys: await keys.published() }),
    async issue({ sessionId, email, name, expiresAt }) {
      if (email === null) throw new TypeError('a session that was started by e-mail has an address');
      const { kid, privateKey } = await keys.current();
      return new SignJWT({ email, email_verified: true, sid: sessionId, ...(name !== null && { name }) })
        .setProtectedHeader({ alg: SIGNING_ALGORITHM, typ: 'JWT', ...(kid !== undefined && { kid }) })
        .setIssuer(EMAIL_ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(email)
        .setIssuedAt(Math.floor(clock() / 1000))
        .setExpirationTime(Math.floor(expiresAt / 1000))
        .sign(privateKey);
    },
  };
}
