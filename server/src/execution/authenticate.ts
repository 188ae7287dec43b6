import { forbidden, rateLimited } from '../domain/errors.ts';
import type { Caller, Identity } from '../domain/identity.ts';

export interface RateState {
  /** Requests that a window holds, and its length. */
  readonly quota: number;
  readonly windowSeconds: number;
  /** Requests left in this window, and the time until the next. */
  readonly remaining: number;
  readonly resetSeconds: number;
  /** Whether this request was one too many. */
  readonly exceeded: boolean;
}

export interface Authenticator {
  /** Throws where the token is missing or does not prove who is asking. */
  authenticate(token: string | undefined): Promise<Identity>;
  /** Spends one request of a user or a network address; undefined where rates are not limited. */
  consume(who: string): Promise<RateState | undefined>;
}

/** What is learned on the way in, also where the way ends there. */
export interface AdmissionState {
  identity?: Identity;
  rate?: RateState | undefined;
}

/** Lets in whoever proves who they are, has requests left, and owns their address. */
export async function authenticate(
  { authenticate, consume }: Authenticator,
  { token, address }: { readonly token: string | undefined; readonly address: string },
  learned: AdmissionState,
): Promise<Caller> {
  learned.identity = await authenticate(token).catch(async (refusal: unknown) => {
    // Guessing has a rate too. It is looked at afterwards, lest one who guesses shuts out others at the same address.
    learned.rate = await consume(address);
    requireWithinRate(learned.rate);
    throw refusal;
  });
  learned.rate = await consume(learned.identity.userId);
  requireWithinRate(learned.rate);
  const { email } = learned.identity;
  if (email === null)
    throw forbidden('Your e-mail address is not verified. Verify it with your sign-in provider, then sign in anew.');
  return { ...learned.identity, email };
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
