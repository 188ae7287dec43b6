import { createRemoteJWKSet, jwtVerify } from 'jose';
import { Problem } from './problem.ts';
import type { Caller } from './requests.ts';

const CACHED_MAX = 10_000;

export interface VerifiedCaller extends Caller {
  readonly isVerified: boolean;
}

/** Verifies tokens of an OpenID Connect issuer, each once: as the server that this one is compared with. */
export function authenticator(issuer: string, audience: string): (header: string | undefined) => Promise<VerifiedCaller> {
  const keys = createRemoteJWKSet(new URL(`${issuer}/jwks.json`));
  const verified = new Map<string, { readonly caller: VerifiedCaller; readonly until: number }>();
  return async (header) => {
    const token = header?.startsWith('Bearer ') ? header.slice('Bearer '.length) : undefined;
    if (token === undefined) throw new Problem(401, 'Sign in: send "Authorization: Bearer TOKEN".');
    const cached = verified.get(token);
    if (cached && Date.now() < cached.until) return cached.caller;
    const { payload } = await jwtVerify(token, keys, { issuer, audience, requiredClaims: ['exp', 'sub'] }).catch(() => {
      throw new Problem(401, 'The token is not valid here. Sign in again.');
    });
    const { sub = '', email, email_verified: isVerified, exp = 0 } = payload;
    const caller = { userId: sub, email: String(email).toLowerCase(), isVerified: isVerified === true };
    if (verified.size >= CACHED_MAX) verified.clear();
    verified.set(token, { caller, until: exp * 1000 });
    return caller;
  };
}
