import { DomainError, unauthorized } from '../domain/errors.ts';
import type { RequestId } from '../domain/ids.ts';
import { type AdmissionState, authenticate, type RateState } from './authenticate.ts';
import { contextFor, type UseCaseRequest } from './execute.ts';
import type { Services } from './services.ts';
import { toDomainError } from './to-domain-error.ts';
import type { PublishedEvent, Subscription } from './use-case.ts';
import { validateInput } from './validate-input.ts';

/*
 * The road of a subscription, through whatever door: admit → form → open, and then its events for as long as they are read.
 */

/** A request to subscribe, as a door hands it in. */
export interface SubscribeCall extends Omit<UseCaseRequest, 'read'> {
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** What the door hands on. Returning the iterator of its events ends it and lets go of everything. */
export interface Subscribed {
  /** Where it goes on from. */
  readonly cursor: string;
  /** Epoch milliseconds: when the token that it was opened with expires, and the door has to end it. */
  readonly expiresAt: number;
  /** To be read once; may throw a DomainError, and is over then. */
  readonly events: AsyncIterableIterator<PublishedEvent, undefined, undefined>;
}

export interface SubscribeReply {
  readonly requestId: RequestId;
  readonly result: Subscribed | DomainError;
  /** Undefined where the request did not come so far. */
  readonly rate: RateState | undefined;
}

/** Opens one subscription. Never throws: what goes wrong is told in the reply, and counted. */
export async function subscribe(services: Services, useCase: Subscription<unknown>, call: SubscribeCall): Promise<SubscribeReply> {
  const started = performance.now();
  const learned: AdmissionState = {};
  const result = await open(services, useCase, call, learned).catch(toDomainError);
  const { requestId, traceparent } = call;
  services.telemetry.requestEnded({
    ...{ requestId, traceparent, replayedRequestId: undefined, lendersAdded: 0 },
    endpoint: useCase.endpoint,
    durationMs: performance.now() - started,
    error: result instanceof DomainError ? result : undefined,
    userId: learned.identity?.userId,
  });
  return { requestId, result, rate: learned.rate };
}

async function open(
  services: Services,
  useCase: Subscription<unknown>,
  call: SubscribeCall,
  learned: AdmissionState,
): Promise<Subscribed> {
  const caller = await authenticate(services.authenticator, call, learned);
  // A single request may be a little late, for clocks differ. What goes on for long is no longer than the token says.
  if (caller.expiresAt <= services.clock()) throw unauthorized('The token has expired. Sign in anew.');
  const input = validateInput(useCase.input, call.parameters, { before: [], among: [] });
  const { cursor, events, close } = await useCase.open(contextFor(services, caller, input, call), services);
  const { requestId, traceparent } = call;

  return {
    cursor,
    expiresAt: caller.expiresAt,
    events: {
      [Symbol.asyncIterator]() {
        return this;
      },
      async next() {
        try {
          const { done, value } = await events.next();
          return done ? { done, value: undefined } : { done: false, value };
        } catch (thrown) {
          close();
          const error = toDomainError(thrown);
          const { endpoint } = useCase;
          services.telemetry.subscriptionFailed({ endpoint, requestId, traceparent, userId: caller.userId, error });
          throw error;
        }
      },
      async return() {
        close();
        await events.return();
        return { done: true, value: undefined };
      },
    },
  };
}
