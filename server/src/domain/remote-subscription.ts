import type { Email } from './email.ts';
import type { LenderId, LoanId, RequestId, UserId } from './ids.ts';

/* Who watches what where no process of ours holds the connection. */

/** A connection that has subscribed to something, as long as it is not known to be gone. */
export interface RemoteConnection {
  readonly subscriptions: readonly FeedSubscription[];
}

export interface FeedSubscription {
  readonly loanId: LoanId;
  /** Of this one subscription: whoever subscribes to the loan again has another. */
  readonly subscriptionId: string;
}

/** A subscription of a connection to a loan, and how far it has come. */
export interface RemoteSubscription extends FeedSubscription {
  readonly connectionId: string;
  /** Who watches, as their token has proved. */
  readonly userId: UserId;
  readonly email: Email;
  /** Epoch milliseconds: when that token expires. */
  readonly tokenExpiresAt: number;
  /** Whether the connection has been told that it is subscribed. */
  readonly isAcknowledged: boolean;
  /** Every event that the watcher may see before this place in the loan's history has been sent. */
  readonly position: { readonly version: number; readonly index: number };
  /** A lender's rows in the loan as of a version of it; null for its borrower. */
  readonly rows: { readonly version: number; readonly lenderIds: readonly LenderId[] } | null;
  /** Of the request to subscribe. */
  readonly requestId: RequestId;
  /** W3C trace context of that request. */
  readonly traceparent: string | null;
  /** Epoch milliseconds from which the connection can't be there any more. */
  readonly expiresAt: number;
}
