import { forbidden, rateLimited } from '../domain/errors.ts';
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

export interface Authenticator {
  /** Verifies a bearer token. @throws DomainError `UNAUTHORIZED` */
  authenticate(token: string | undefined): Promise<Identity>;
  /** Counts one request. @returns undefined where rates are not limited */
  consume(client: ClientAddress | UserId): Promise<RateState | undefined>;
}

/** What authentication finds out. Filled step by step, so that it is known also where a later step fails. */
export interface AuthenticationState {
  identity?: Identity;
  rate?: RateState | undefined;
}

/**
 * Verifies the token, counts the request against the caller's rate, and requires a verified e-mail address, in this order.
 * @throws DomainError `UNAUTHORIZED`, `TOO_MANY_REQUESTS`, `FORBIDDEN`
 */
export async function authenticate(
  { authenticate, consume }: Authenticator,
  { token, address }: { readonly token: string | undefined; readonly address: ClientAddress },
  state: AuthenticationState,
): Promise<Caller> {
  state.identity = await authenticate(token).catch(async (error: unknown) => {
    // Failed attempts count against the address, valid ones don't: guessing must not lock out others at that address.
    state.rate = await consume(address);
    requireWithinRate(state.rate);
    throw error;
  });
  state.rate = await consume(state.identity.userId);
  requireWithinRate(state.rate);
  const { email } = state.identity;
  if (email === null)
    throw forbidden('Your e-mail address is not verified. Verify it with your sign-in provider, then sign in again.');
  return { ...state.identity, email };
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
