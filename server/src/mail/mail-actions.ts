import type { RequestId } from '../domain/ids.ts';
import type { LenderRef, MailRef } from './action-links.ts';

/** The request in which a link was used. */
export interface MailCall {
  readonly requestId: RequestId;
  readonly traceparent: string | null;
}

/** What the links of a mail can do, for whoever holds one and has no account. Each may be repeated. */
export interface MailActions {
  /**
   * Declines the invitation of this round.
   * @throws DomainError where it has ended otherwise, or is an account's by now, which alone may answer it then
   */
  decline(ref: LenderRef, call: MailCall): Promise<void>;
  /** No more mail to this address. Says the same whoever it is. */
  optOut(ref: MailRef, call: MailCall): Promise<void>;
}
