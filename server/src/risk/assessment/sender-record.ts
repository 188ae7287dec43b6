import type { EventBatch } from '../../domain/event-batch.ts';
import type { LoanId } from '../../domain/ids.ts';
import type { AnswerCounts } from '../../domain/mail/limits/sender-answers.ts';
import type { SenderInvitations } from '../../domain/risk/sender-invitations.ts';
import type { RecentInvitation, RiskBatch } from '../features/risk-batch.ts';
import { newSender, recordBatch, type SenderHistory, WINDOW_MAX, WINDOW_MS } from '../features/sender-history.ts';

/** Where invitations are stored. */
export interface BatchRef {
  readonly loanId: LoanId;
  readonly version: number;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly invitations: number;
}

/** Whether a batch was recorded before. A loan's batches come in order. */
export function isRecorded(stored: SenderInvitations | undefined, { loan: { loanId }, version }: EventBatch): boolean {
  const batches = stored?.latest.find((each) => each.loanId === loanId)?.batches ?? [];
  return batches.some(([recorded]) => recorded >= version);
}

/** Adds a batch that is not recorded yet. */
export function recordInvitations(stored: SenderInvitations | undefined, batch: EventBatch, judged: RiskBatch): SenderInvitations {
  const { firstSeenAt, batches, invited, day, invitedOnDay, invitedDayBefore } = recordBatch(historyOf(stored, batch), judged);
  const { loanId } = batch.loan;
  const added = { loanId, version: batch.version, at: batch.at, invitations: judged.invitations.length };
  const kept = withinWindow([added, ...refsIn(stored)], batch.at, WINDOW_MAX);
  const byLoan = Map.groupBy(kept.toReversed(), (ref) => ref.loanId);
  const latest = [...byLoan].map(([id, refs]) => ({
    loanId: id,
    batches: refs.map(({ version, at, invitations }) => [version, at, invitations] as const),
  }));
  return { firstSeenAt, batches, invited, day, invitedOnDay, invitedDayBefore, latest };
}

/** The batches whose invitations are judged along with a batch, newest first. */
export function judgedWith(stored: SenderInvitations | undefined, { at, invitations }: RiskBatch): BatchRef[] {
  return withinWindow(refsIn(stored), at, WINDOW_MAX - invitations.length);
}

/** What is known of the sender before a batch. @param recent newest first */
export function historyBefore(
  stored: SenderInvitations | undefined,
  answers: AnswerCounts | undefined,
  recent: readonly RecentInvitation[],
  batch: EventBatch,
): SenderHistory {
  const { accepted = 0, declined = 0, optedOut = 0, bounced = 0 } = answers ?? {};
  return { ...historyOf(stored, batch), accepted, declined, optedOut, bounced, recent };
}

/** Counts alone. A sender is known since the first loan with invitations was posted. */
function historyOf(stored: SenderInvitations | undefined, { loan: { createdAt } }: EventBatch): SenderHistory {
  if (!stored) return newSender(createdAt);
  const { latest: _, ...counts } = stored;
  return { ...newSender(createdAt), ...counts, firstSeenAt: Math.min(stored.firstSeenAt, createdAt) };
}

/** Newest first. */
function refsIn(stored: SenderInvitations | undefined): BatchRef[] {
  const refs = (stored?.latest ?? []).flatMap(({ loanId, batches }) =>
    batches.map(([version, at, invitations]) => ({ loanId, version, at, invitations })),
  );
  return refs.sort((a, b) => b.at - a.at || b.version - a.version);
}

/** As few of the newest as have so many invitations. */
function withinWindow(refs: readonly BatchRef[], now: number, invitationsMax: number): BatchRef[] {
  const kept: BatchRef[] = [];
  let count = 0;
  for (const ref of refs) {
    if (count >= invitationsMax || ref.at <= now - WINDOW_MS) break;
    kept.push(ref);
    count += ref.invitations;
  }
  return kept;
}
