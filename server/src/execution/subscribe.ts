import { type DomainError, unauthorized } from '../domain/errors.ts';
import type { UserId } from '../domain/ids.ts';
import { authenticate } from './authenticate.ts';
import { createContext, type UseCaseRequest } from './execute.ts';
import type { Services } from './services.ts';
import { toDomainError } from './to-domain-error.ts';
import { type RequestProgress, trackRequest } from './track-request.ts';
import type { Subscription, UseCaseContext } from './use-case.ts';
import { validateInput } from './validate-input.ts';

/* The pipeline of a request to subscribe: authenticate → validate input → open. */

/** A request to subscribe, as an API passes it in. */
export interface SubscribeRequest extends Omit<UseCaseRequest, 'read'> {
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Called once the caller is known. @throws DomainError where the connection can't be theirs too */
  admit?(userId: UserId): void;
  /** Filled as the request is handled. */
  readonly progress?: RequestProgress;
}

/**
 * Runs a request to subscribe and counts it. Never throws: an error is returned.
 * @param open authorizes the request, and opens the subscription
 */
export function subscribe<Input, Opened>(
  services: Services,
  { endpoint, input }: Subscription<Input>,
  request: SubscribeRequest,
  open: (context: UseCaseContext<Input>) => Promise<Opened>,
): Promise<Opened | DomainError> {
  const { progress = {} } = request;
  return trackRequest(services.telemetry, endpoint, request, progress, async () => {
    const caller = await authenticate(services.authenticator, request, progress);
    // Without the leeway that other requests have: a subscription lasts no longer than its token.
    if (caller.expiresAt <= services.clock()) throw unauthorized('The token has expired. Sign in again.');
    request.admit?.(caller.userId);
    const parsed = validateInput(input, request.parameters);
    return open(createContext(services, caller, parsed, request));
  });
}

/** Yields the events of a subscription. An error is logged, and thrown as a DomainError. */
export async function* reportSubscriptionError<Event>(
  { telemetry }: Pick<Services, 'telemetry'>,
  { endpoint }: Pick<Subscription<unknown>, 'endpoint'>,
  { caller, request }: Pick<UseCaseContext<unknown>, 'caller' | 'request'>,
  events: AsyncIterable<Event>,
): AsyncGenerator<Event, void, undefined> {
  try {
    yield* events;
  } catch (thrown) {
    const error = toDomainError(thrown);
    telemetry.subscriptionFailed({ ...request, endpoint, userId: caller.userId, error });
    throw error;
  }
}
