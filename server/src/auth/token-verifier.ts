import { createHash, hash } from 'node:crypto';
import { errors, type JWTHeaderParameters, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { parseEmail } from '../domain/email.ts';
import { signInUnavailable, unauthorized } from '../domain/errors.ts';
import type { Identity } from '../domain/identity.ts';
import { parseSessionId, type SessionId, type UserId } from '../domain/ids.ts';
import { parseSingleLine } from '../domain/single-line-text.ts';
import { NAME_LENGTH_MAX } from '../schemas/input-fields.ts';

/** Asymmetric only, so that a key that verifies tokens can't sign them. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];
/** Types (RFC 8725) of ID tokens, which mostly have none, and of access tokens with our audience (RFC 9068). */
const TYPES: ReadonlySet<string> = new Set(['jwt', 'at+jwt']);
const INVALID_TOKEN = 'The token is not valid here. Sign in again.';
const CLOCK_TOLERANCE_SECONDS = 30;
const TOKEN_LENGTH_MAX = 8192;
const OPERATOR = 'operator';
const CACHED_MAX = 10_000;
/** Limits how long tokens of a withdrawn key stay valid. */
const CACHED_MS_MAX = 600_000;

/** The issuer whose tokens are accepted, and the claims that have the e-mail address. */
export interface Issuer {
  readonly issuer: string;
  /** One audience or several, separated by commas or spaces. */
  readonly audience: string;
  readonly emailClaim: string;
  readonly emailVerifiedClaim: string;
  /** The claim that names operators. Left out where no claim does. */
  readonly operatorClaim?: string;
  readonly key: JWTVerifyGetKey;
  /** Whether each token names a session of ours as `sid`. Others' `sid` names a session of theirs. */
  readonly hasSessions?: true;
  /** Left out where keys are not fetched. */
  readonly health?: () => IssuerHealth;
}

/** `unavailable`: the last attempt to fetch the keys failed; `unknown`: no token has needed them. */
export interface IssuerHealth {
  readonly status: 'ok' | 'unavailable' | 'unknown';
}

/** The issuer's keys can't be fetched. */
export class KeysUnavailableError extends Error {
  constructor(cause: unknown) {
    super('the keys of the issuer can not be fetched', { cause });
    this.name = 'KeysUnavailableError';
  }
}

/**
 * Creates a function that verifies a token and returns its user, and caches the result.
 * It throws DomainError `UNAUTHORIZED` for an invalid token, `SERVICE_UNAVAILABLE` where the issuer is down.
 */
export function tokenVerifier(issuer: Issuer, clock: () => number): (token: string) => Promise<Identity> {
  const verified = new LRUCache<string, { readonly identity: Identity; readonly until: number }>({
    // By size: with `max`, the cache would fill arrays of that length at once.
    maxSize: CACHED_MAX,
    sizeCalculation: () => 1,
  });

  return async (token) => {
    if (token.length > TOKEN_LENGTH_MAX) throw unauthorized(`The token is longer than ${TOKEN_LENGTH_MAX} characters.`);
    const now = clock();
    const digest = hash('sha256', token, 'base64url');
    const cached = verified.get(digest);
    if (cached && now < cached.until) return cached.identity;
    const claims = await verify(token, issuer, now);
    const identity = toIdentity(claims, issuer);
    const expiry = identity.expiresAt + CLOCK_TOLERANCE_SECONDS * 1000;
    verified.set(digest, { identity, until: Math.min(expiry, now + CACHED_MS_MAX) });
    return identity;
  };
}

async function verify(token: string, { issuer, audience, key }: Issuer, now: number): Promise<JWTPayload> {
  if (!isCompactJws(token)) throw unauthorized(INVALID_TOKEN);
  const audiences = parseAudiences(audience);
  try {
    const { payload, protectedHeader } = await jwtVerify(token, key, {
      issuer,
      audience: audiences,
      algorithms: ALGORITHMS,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: new Date(now),
      requiredClaims: ['exp', 'sub'],
    });
    if (isForThisApi(protectedHeader, payload, audiences)) return payload;
  } catch (cause) {
    if (cause instanceof KeysUnavailableError) throw signInUnavailable(cause);
    if (cause instanceof errors.JWTExpired) throw unauthorized('The token has expired. Sign in again.', cause);
    if (cause instanceof errors.JOSEError) throw unauthorized(INVALID_TOKEN, cause);
    throw cause;
  }
  throw unauthorized('The token was issued for another use. Send an ID token of this application.');
}

/** @param text AUTH_AUDIENCE */
export function parseAudiences(text: string): string[] {
  return text.split(/[\s,]+/).filter((audience) => audience !== '');
}

/** Whether a text is three parts in their only spelling in base64url: a decoder would also take padding and other alphabets. */
function isCompactJws(token: string): boolean {
  const parts = token.split('.');
  return parts.length === 3 && parts.every((part) => Buffer.from(part, 'base64url').toString('base64url') === part);
}

/**
 * Whether a valid token was issued for requests to this API. Not for another client (`azp`), as an access token of Cognito
 * (`token_use`), a security event such as a logout (`events`, RFC 8417), or for use with the proof of a key (`cnf`, RFC 9449),
 * which is not verified here.
 */
function isForThisApi({ typ }: JWTHeaderParameters, claims: JWTPayload, audiences: readonly string[]): boolean {
  const { azp, token_use: use, events, cnf } = claims;
  const type = typ === undefined ? 'jwt' : String(typ).toLowerCase();
  return (
    TYPES.has(type.replace(/^application\//, '')) &&
    (azp === undefined || audiences.some((audience) => audience === azp)) &&
    (use === undefined || use === 'id') &&
    events === undefined &&
    cnf === undefined
  );
}

function toIdentity(claims: JWTPayload, issuer: Issuer): Identity {
  const { emailClaim, emailVerifiedClaim, operatorClaim, hasSessions } = issuer;
  const { sub } = claims;
  if (typeof sub !== 'string' || sub === '') throw unauthorized('The token has no subject. Sign in again.');
  const address = claims[emailClaim];
  // Some issuers write booleans as text.
  const isVerified = [true, 'true'].some((value) => claims[emailVerifiedClaim] === value);
  const email = isVerified && typeof address === 'string' ? parseEmail(address) : undefined;
  const name = typeof claims['name'] === 'string' ? parseSingleLine(claims['name'], NAME_LENGTH_MAX) : undefined;
  const userId = userIdOf(issuer.issuer, sub);
  return {
    userId,
    email: email ?? null,
    name: name ?? null,
    isOperator: operatorClaim !== undefined && namesOperator(claims[operatorClaim]),
    expiresAt: (claims.exp ?? 0) * 1000,
    issuedAt: claims.iat === undefined ? undefined : claims.iat * 1000,
    session: hasSessions && { userId, sessionId: sessionIdIn(claims) },
  };
}

/** Whether a claim is the role of an operator, or a list with it. */
function namesOperator(claim: unknown): boolean {
  return claim === OPERATOR || (Array.isArray(claim) && claim.includes(OPERATOR));
}

function sessionIdIn({ sid }: JWTPayload): SessionId {
  const sessionId = typeof sid === 'string' ? parseSessionId(sid) : undefined;
  if (sessionId === undefined) throw unauthorized(INVALID_TOKEN);
  return sessionId;
}

/** Hashes issuer and subject together, as a subject is unique only within its issuer. */
export function userIdOf(issuer: string, subject: string): UserId {
  const digest = createHash('sha256')
    .update(JSON.stringify([issuer, subject]))
    .digest();
  return digest.subarray(0, 16).toString('base64url') as UserId;
}
