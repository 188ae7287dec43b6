import type { DomainError } from '../domain/errors.ts';
import type { RequestId, UserId } from '../domain/ids.ts';

export interface RequestEnded {
  readonly endpoint: string;
  readonly durationMs: number;
  readonly failure: DomainError | undefined;
  readonly lendersAdded: number;
  readonly requestId: RequestId;
  readonly traceparent: string | null;
  readonly userId: UserId | undefined;
  readonly replayedRequestId: RequestId | undefined;
}

/** A subscription that ended other than by its subscriber or its token. */
export interface SubscriptionFailed extends Pick<RequestEnded, 'endpoint' | 'requestId' | 'traceparent' | 'userId'> {
  readonly failure: DomainError;
}

/** Where operators see what happens. Nothing told here holds an address, a token or a key. */
export interface Telemetry {
  requestEnded(request: RequestEnded): void;
  subscriptionFailed(subscription: SubscriptionFailed): void;
}
