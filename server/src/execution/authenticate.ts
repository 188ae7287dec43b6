import type { Language } from '@private-lending/locale/languages';
import { DomainError, forbidden, rateLimited } from '../domain/errors.ts';
import type { Caller, Identity } from '../domain/identity.ts';
import type { UserId } from '../domain/ids.ts';

declare const network: unique symbol;

/** A network address in its one spelling: see `parseClientAddress`. It has a colon, so it is never a user id. */
export type ClientAddress = string & { readonly [network]: true };

export interface RateState {
  /** Requests allowed in a window, and its length. */
  readonly quota: number;
  readonly windowSeconds: number;
  /** Requests left in this window, and the time until the next. */
  readonly remaining: number;
  readonly resetSeconds: number;
  /** Whether this request went over the quota. */
  readonly exceeded: boolean;
}

/** What a request says who sent it, unverified. */
export type Credential =
  /** A bearer token. */
  | { readonly kind: 'token'; readonly token: string }
  /** The value of the session cookie, of a request that only a page of ours can have sent. */
  | {
      readonly kind: 'session';
      readonly cookie: string;
      /** Of the page. */
      readonly language?: Language | undefined;
    }
  /** In place of a token, for a subscription to one loan. */
  | { readonly kind: 'ticket'; readonly ticket: string; readonly loanId: string }
  /** One that can't be accepted. */
  | { readonly kind: 'rejected'; readonly error: DomainError };

export function tokenCredential(token: string | undefined): Credential | undefined {
  return token === undefined ? undefined : { kind: 'token', token };
}

export interface Authenticator {
  /** Verifies a credential. @throws DomainError `UNAUTHORIZED`, or `FORBIDDEN` for one of another site */
  authenticate(credential: Credential | undefined): Promise<Identity>;
  /** Counts one request. @returns undefined where rates are not limited */
  consume(client: ClientAddress | UserId): Promise<RateState | undefined>;
}

/** What authentication finds out. Filled step by step, so that it is known also where a later step fails. */
export interface AuthenticationState {
  identity?: Identity;
  rate?: RateState | undefined;
}

export interface Credentials {
  readonly credential: Credential | undefined;
  readonly address: ClientAddress;
}

/**
 * Verifies the credential, counts the request against the caller's rate, and requires a verified e-mail address, in this order.
 * @throws DomainError `UNAUTHORIZED`, `TOO_MANY_REQUESTS`, `FORBIDDEN`
 */
export async function authenticate(
  authenticator: Authenticator,
  credentials: Credentials,
  state: AuthenticationState,
): Promise<Caller> {
  const identity = await identify(authenticator, credentials, state);
  const { email } = identity;
  if (email === null)
    throw forbidden('Your e-mail address is not verified. Verify it with your sign-in provider, then sign in again.');
  return { ...identity, email };
}

/** A request that was counted before it is parsed, as parsing a hostile one may be expensive. */
export interface Admission {
  /** For the use cases of the request. The first of them is the request that was counted. */
  readonly authenticator: Authenticator;
  /** Why the sender is not signed in; undefined where it is. */
  readonly rejection?: DomainError;
}

/**
 * Verifies the credential of a request that may run several use cases, or none, and counts it against the rate of its user, or of
 * its address where it has no valid credential.
 * @throws DomainError `TOO_MANY_REQUESTS`, or where no credential can be verified now
 */
export async function admit(
  authenticator: Authenticator,
  credentials: Credentials,
  state: AuthenticationState,
): Promise<Admission> {
  try {
    await identify(authenticator, credentials, state);
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'UNAUTHORIZED') throw error;
    const rejecting = { authenticate: () => Promise.reject(error), consume: async () => state.rate };
    return { authenticator: rejecting, rejection: error };
  }
  let isFirst = true;
  const consume: Authenticator['consume'] = async (key) => {
    if (!isFirst) return authenticator.consume(key);
    isFirst = false;
    return state.rate;
  };
  return { authenticator: { authenticate: authenticator.authenticate, consume } };
}

/** Verifies the credential and counts the request. @throws DomainError `UNAUTHORIZED`, `TOO_MANY_REQUESTS` */
async function identify(
  { authenticate, consume }: Authenticator,
  { credential, address }: Credentials,
  state: AuthenticationState,
): Promise<Identity> {
  const identity = await authenticate(credential).catch(async (error: unknown) => {
    // Failed attempts count against the address, valid ones don't: guessing must not lock out others at that address.
    state.rate = await consume(address);
    requireWithinRate(state.rate);
    throw error;
  });
  state.identity = identity;
  state.rate = await consume(identity.userId);
  requireWithinRate(state.rate);
  return identity;
}

export function requireWithinRate(rate: RateState | undefined): void {
  if (!rate?.exceeded) return;
  const { quota, windowSeconds, resetSeconds } = rate;
  const unit = resetSeconds === 1 ? 'second' : 'seconds';
  throw rateLimited(
    `More than ${quota} requests in ${windowSeconds} seconds. Please retry after ${resetSeconds} ${unit}.`,
    resetSeconds,
  );
}
