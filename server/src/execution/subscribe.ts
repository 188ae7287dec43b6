import { type DomainError, unauthorized } from '../domain/errors.ts';
import { type AdmissionState, authenticate } from './authenticate.ts';
import { contextFor, type UseCaseRequest } from './execute.ts';
import type { Services } from './services.ts';
import type { SubscriptionFailed } from './telemetry.ts';
import { toDomainError } from './to-domain-error.ts';
import type { CommandContext, Subscription } from './use-case.ts';
import { validateInput } from './validate-input.ts';

/* The pipeline of a request to subscribe: authenticate → validate input → open. */

/** A request to subscribe, as an API passes it on. */
export interface SubscribeRequest extends Omit<UseCaseRequest, 'read'> {
  readonly parameters: Readonly<Record<string, unknown>>;
}

/**
 * Runs a request to subscribe. Never throws: an error is returned, and counted.
 * @param open authorizes the request, and opens the subscription
 */
export async function subscribe<Input, Opened>(
  services: Services,
  { endpoint, input }: Subscription<Input>,
  request: SubscribeRequest,
  open: (context: CommandContext<Input>) => Promise<Opened>,
): Promise<Opened | DomainError> {
  const started = performance.now();
  const state: AdmissionState = {};
  let failure: DomainError | undefined;
  try {
    const caller = await authenticate(services.authenticator, request, state);
    // Without the leeway that other requests have: a subscription lasts no longer than its token.
    if (caller.expiresAt <= services.clock()) throw unauthorized('The token has expired. Sign in again.');
    const parsed = validateInput(input, request.parameters, { before: [], among: [] });
    return await open(contextFor(services, caller, parsed));
  } catch (error) {
    failure = toDomainError(error);
    return failure;
  } finally {
    services.telemetry.requestEnded({
      endpoint,
      requestId: request.requestId,
      traceparent: request.traceparent,
      userId: state.identity?.userId,
      durationMs: performance.now() - started,
      failure,
      lendersAdded: 0,
      replayedRequestId: undefined,
    });
  }
}

/** Passes on the events of a subscription. What they fail with is logged, and thrown as a DomainError. */
export async function* reportFailure<Event>(
  { telemetry }: Pick<Services, 'telemetry'>,
  { endpoint }: Pick<Subscription<unknown>, 'endpoint'>,
  { requestId, traceparent, userId }: Omit<SubscriptionFailed, 'endpoint' | 'failure'>,
  events: AsyncIterable<Event>,
): AsyncGenerator<Event, void, undefined> {
  try {
    yield* events;
  } catch (error) {
    const failure = toDomainError(error);
    telemetry.subscriptionFailed({ endpoint, requestId, traceparent, userId, failure });
    throw failure;
  }
}
