import type { DomainError } from '../domain/errors.ts';
import type { LoanId, RequestId, UserId } from '../domain/ids.ts';
import type { Answer } from '../domain/mail/limits/sender-answers.ts';
import type { RiskHold } from '../domain/risk/risk-hold.ts';

export interface RequestEnded {
  readonly endpoint: string;
  readonly durationMs: number;
  readonly error: DomainError | undefined;
  readonly lendersAdded: number;
  readonly requestId: RequestId;
  readonly traceparent: string | null;
  readonly userId: UserId | undefined;
  readonly replayedRequestId: RequestId | undefined;
}

/** A subscription that ended with an error: neither its subscriber closed it nor did its token expire. */
export interface SubscriptionFailed extends Pick<RequestEnded, 'endpoint' | 'requestId' | 'traceparent' | 'userId'> {
  readonly error: DomainError;
}

/** An operator has decided on a hold, who is its `decidedBy`. */
export interface HoldDecided extends Pick<RequestEnded, 'requestId' | 'traceparent'> {
  readonly hold: RiskHold;
}

/** What a mail about an invitation came to. */
export interface MailAnswered extends Pick<RequestEnded, 'requestId' | 'traceparent'> {
  readonly answer: Answer;
  readonly loanId: LoanId;
}

/** Logs and metrics. Nothing passed here contains an e-mail address, a token or a key. */
export interface Telemetry {
  requestEnded(request: RequestEnded): void;
  subscriptionFailed(subscription: SubscriptionFailed): void;
  holdDecided(decided: HoldDecided): void;
  mailAnswered(answered: MailAnswered): void;
}
