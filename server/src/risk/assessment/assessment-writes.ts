import type { EventBatch } from '../../domain/event-batch.ts';
import type { Ids, UserId } from '../../domain/ids.ts';
import { MAILS_PER_MAILING } from '../../domain/mail/mailing.ts';
import { withSender } from '../../domain/risk/mailbox-senders.ts';
import type { RiskHold } from '../../domain/risk/risk-hold.ts';
import { holdWrite } from '../../execution/commit-writes.ts';
import { mailboxSendersKey, senderInvitationsKey } from '../../storage/keys.ts';
import type { Item, Put } from '../../storage/store.ts';
import { OVERLAP_DAYS, type RiskBatch } from '../features/risk-batch.ts';
import { DAY_MS } from '../features/sender-history.ts';
import { recordInvitations } from './sender-record.ts';
import { dayOf, invitedAtOf, type StoredContext } from './stored-context.ts';

/** What a hold says of why. */
type HoldCause = Pick<RiskHold, 'isEnforced' | 'modelVersion' | 'reasons' | 'score'>;

/** The lenders that a batch invites. */
function invitedIn({ events }: EventBatch) {
  return events.flatMap((event) => (event.type === 'lender.invited' ? [event.lender] : []));
}

/** The hold on the invitations of a batch, undecided. */
export function holdOf(
  batch: EventBatch,
  { isEnforced, modelVersion, reasons, score }: HoldCause,
  ids: Pick<Ids, 'outgoingMail'>,
): RiskHold {
  const { loanId, borrowerId } = batch.loan;
  const invited = invitedIn(batch);
  // As `toMailings` forms them of one commit's invitations, which are in one lane.
  const firstOfMailings = invited.filter((_, index) => index % MAILS_PER_MAILING === 0);
  return {
    loanId,
    invitedAt: invitedAtOf(batch),
    version: batch.version,
    borrowerId,
    invitations: invited.length,
    score,
    reasons: reasons.map(({ feature, contribution }) => ({ feature, contribution })),
    modelVersion,
    isEnforced,
    mailingIds: firstOfMailings.map(({ lenderId, round }) => ids.outgoingMail('invitation', loanId, lenderId, round)),
    decision: null,
    decidedAt: null,
    decidedBy: null,
  };
}

/**
 * The write of a hold. Two commits of a loan in one millisecond have one hold, with the higher score.
 * @returns nothing where the batch has its hold, whatever was decided
 */
export function holdWrites(hold: RiskHold, standing: Item<RiskHold> | undefined): Put<RiskHold>[] {
  if (!standing) return [holdWrite(hold, 0)];
  const { data, version } = standing;
  const added = hold.mailingIds.filter((mailingId) => !data.mailingIds.includes(mailingId));
  if (added.length === 0) return [];
  const cause = (hold.score ?? 1) > (data.score ?? 1) ? hold : data;
  const merged = { ...data, score: cause.score, reasons: cause.reasons, modelVersion: cause.modelVersion };
  const mailingIds = [...data.mailingIds, ...added];
  return [holdWrite({ ...merged, invitations: data.invitations + hold.invitations, mailingIds }, version)];
}

/**
 * Counts a batch for its sender and for its recipients' mailboxes. Each write by itself: the sender's, after the hold, says that
 * the batch has been handled, and what is missing of the others is an invitation that does not count for other senders.
 */
export function countWrites(
  { sender, mailboxes }: StoredContext,
  batch: EventBatch,
  judged: RiskBatch,
  isCounted: boolean,
  senderId: (userId: UserId) => string,
): Put[] {
  const { borrowerId } = batch.loan;
  const [id, day] = [senderId(borrowerId), dayOf(batch.at)];
  const expiresAt = (day + OVERLAP_DAYS + 1) * DAY_MS;
  const ofMailboxes = [...mailboxes].flatMap(([mailbox, item]): Put[] => {
    const data = withSender(item?.data, id, day);
    return data ? [{ key: mailboxSendersKey(mailbox), expected: item?.version ?? 0, data, expiresAt, isSeparate: true }] : [];
  });
  if (isCounted) return ofMailboxes;
  const data = recordInvitations(sender?.data, batch, judged);
  return [{ key: senderInvitationsKey(borrowerId), expected: sender?.version ?? 0, data, isSeparate: true }, ...ofMailboxes];
}
