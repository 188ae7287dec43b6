import { DomainError, notFound } from '../../domain/errors.ts';
import type { LenderId, LoanId } from '../../domain/ids.ts';
import { declineByMail, type LinkedInvitationState, linkedInvitationState } from '../../domain/invitation.ts';
import { canonicalMailbox } from '../../domain/mail/canonical-mailbox.ts';
import { countAnswers } from '../../domain/mail/limits/sender-answers.ts';
import { optOut } from '../../domain/mail/opt-out.ts';
import { changeWrites } from '../../execution/commit-writes.ts';
import { type Decision, decideAndCommit } from '../../execution/optimistic-commit.ts';
import type { RequestMetadata } from '../../execution/request-metadata.ts';
import type { CoreServices, Services } from '../../execution/services.ts';
import { trackRequest } from '../../execution/track-request.ts';
import type { View } from '../../execution/view.ts';
import { lenderKey, loanKey, optOutKey, senderAnswersKey } from '../../storage/keys.ts';
import type { Put } from '../../storage/store.ts';
import { addressOf, contactKeys, type Recipient } from '../contacts/user-address.ts';

/* What the links in e-mails allow without an account. The caller has verified the link. */

/** The recipient of a mail, from its link; `lenderId` is null for the borrower. */
interface MailRecipient<Id = LenderId | null> {
  readonly loanId: LoanId;
  readonly lenderId: Id;
  readonly round: number;
}

/** @throws DomainError where the invitation has ended otherwise, or belongs to an account */
export function declineInvitationByMail(
  services: Services,
  recipient: MailRecipient<LenderId>,
  request: RequestMetadata,
): Promise<void> {
  const { loanId, lenderId, round } = recipient;
  const [loanAt, lenderAt] = [loanKey(loanId), lenderKey(loanId, lenderId)];
  const decide = (view: View): Decision<void> => {
    const [loan, lender] = [view.at(loanAt), view.at(lenderAt)];
    if (!loan || !lender) throw notFound('invitation');
    const now = services.clock();
    const change = declineByMail(loan.data, lender.data, round, now);
    const metadata = { at: now, actor: 'lender', actorId: null, ...request } as const;
    return { result: undefined, writes: change ? changeWrites(view, change, metadata) : [] };
  };
  return tracked(services, 'DeclineByMail', request, () =>
    services.mutex.runExclusive([loanAt.partition], (deadline) =>
      decideAndCommit(services, { keys: [loanAt, lenderAt], decide, deadline }),
    ),
  );
}

/** Reads whether the invitation of a mail can still be declined by its link. It says nothing of who invites whom to what. */
export function readInvitationOfMail(
  services: Services,
  { loanId, lenderId, round }: MailRecipient<LenderId>,
  request: RequestMetadata,
): Promise<LinkedInvitationState> {
  const [loanAt, lenderAt] = [loanKey(loanId), lenderKey(loanId, lenderId)];
  const decide = (view: View): Decision<LinkedInvitationState> => {
    const [loan, lender] = [view.at(loanAt), view.at(lenderAt)];
    if (!loan || !lender) throw notFound('invitation');
    return { result: linkedInvitationState(loan.data, lender.data, round, services.clock()), writes: [] };
  };
  return tracked(services, 'ReadInvitationOfMail', request, () => decideAndCommit(services, { keys: [loanAt, lenderAt], decide }));
}

/**
 * Stops all further mail to the mailbox at which the recipient gets mail now, and to the one of before: the link does not say which.
 * The first opt-out of a mailbox counts for the borrower whose invitation the mail was about.
 */
export async function optOutOfMail(services: Services, recipient: MailRecipient, request: RequestMetadata): Promise<void> {
  const isCounted = await tracked(services, 'OptOutOfMail', request, () => stopMailTo(services, recipient));
  if (isCounted) services.telemetry.mailAnswered({ answer: 'opted-out', loanId: recipient.loanId, ...request });
}

/** @returns whether it counts for the borrower @throws DomainError `NOT_FOUND` */
export function stopMailTo(services: CoreServices, recipient: Omit<MailRecipient, 'round'>): Promise<boolean> {
  const { loanId, lenderId } = recipient;
  const keys = [loanKey(loanId), ...(lenderId === null ? [] : [lenderKey(loanId, lenderId)])];
  const optOutKeysIn = (view: View) => {
    const found = recipientIn(view, recipient);
    return [...new Set([found.to, addressOf(view, found)].map(canonicalMailbox))].map((mailbox) => optOutKey(mailbox));
  };
  const answersAt = (view: View) => {
    const loan = lenderId === null ? undefined : view.at(loanKey(loanId))?.data;
    return loan && senderAnswersKey(loan.borrowerId);
  };
  const moreKeys = (view: View) => {
    const answers = answersAt(view);
    return [...contactKeys(recipientIn(view, recipient)), ...optOutKeysIn(view), ...(answers ? [answers] : [])];
  };
  const decide = (view: View): Decision<boolean> => {
    const now = services.clock();
    const optOutKeys = optOutKeysIn(view);
    const writes: Put[] = optOutKeys.flatMap((key) => {
      const data = optOut(view.at(key)?.data, now);
      return data ? [{ key, expected: view.versionAt(key), data }] : [];
    });
    const answers = answersAt(view);
    const isFirst = optOutKeys.every((key) => !view.at(key));
    if (!answers || !isFirst) return { result: false, writes };
    const data = countAnswers(view.at(answers)?.data, ['opted-out']);
    return { result: true, writes: [...writes, { key: answers, expected: view.versionAt(answers), data }] };
  };
  return decideAndCommit(services, { keys, moreKeys, decide });
}

function recipientIn(view: View, { loanId, lenderId }: Omit<MailRecipient, 'round'>): Recipient {
  if (lenderId === null) {
    const loan = view.at(loanKey(loanId))?.data;
    if (!loan) throw notFound('loan');
    return { userId: loan.borrowerId, to: loan.borrowerEmail };
  }
  const lender = view.at(lenderKey(loanId, lenderId))?.data;
  if (!lender) throw notFound('invitation');
  return { userId: lender.userId, to: lender.email };
}

/** Reports to telemetry like any other request. @throws DomainError */
async function tracked<Result>(
  services: Services,
  endpoint: string,
  request: RequestMetadata,
  work: () => Promise<Result>,
): Promise<Result> {
  const result = await trackRequest(services.telemetry, endpoint, request, {}, work);
  if (result instanceof DomainError) throw result;
  return result;
}
