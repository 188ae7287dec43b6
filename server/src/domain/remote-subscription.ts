import type { Email } from './email.ts';
import type { LenderId, LoanId, RequestId, SessionId, UserId } from './ids.ts';

/* Feed subscriptions on API Gateway, where no process of ours holds the connection. */

/** The subscriptions of a connection. Deleted once the connection is known to be closed. */
export interface RemoteConnection {
  readonly subscriptions: readonly FeedSubscription[];
}

export interface FeedSubscription {
  readonly loanId: LoanId;
  /** Another one each time the connection subscribes to the loan. */
  readonly subscriptionId: string;
}

/** A connection's subscription to a loan, with its position in the loan's events. */
export interface RemoteSubscription extends FeedSubscription {
  readonly connectionId: string;
  /** The subscriber, as verified by their token. */
  readonly userId: UserId;
  readonly email: Email;
  /** Epoch milliseconds. */
  readonly tokenExpiresAt: number;
  /** Left out where the subscriber's token belongs to no session of ours. */
  readonly sessionId?: SessionId | undefined;
  /** Whether the `subscribed` message has been sent. */
  readonly isAcknowledged: boolean;
  /** Position of the last event sent. */
  readonly position: { readonly version: number; readonly index: number };
  /** The subscriber's invitations as of a version of the loan; null for its borrower. */
  readonly visibleLenders: {
    readonly version: number;
    readonly lenderIds: readonly LenderId[];
    readonly lastVersion?: number;
  } | null;
  readonly requestId: RequestId;
  /** W3C trace context of the request to subscribe. */
  readonly traceparent: string | null;
  /** Epoch milliseconds after which the connection can't be open any more. */
  readonly expiresAt: number;
}
