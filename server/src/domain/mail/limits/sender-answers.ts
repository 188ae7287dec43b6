import type { EventBatch } from '../../event-batch.ts';
import type { LenderId, LoanId } from '../../ids.ts';
import { confirmsDecline } from '../../lender.ts';
import type { LoanEvent } from '../../loan-events.ts';

/** What a borrower's invitation came to. `opted-out`: its link stopped mail. `bounced`: the mail server refused its mail for good. */
export type Answer = 'accepted' | 'declined' | 'opted-out' | 'bounced';

/**
 * How often a borrower's invitations were answered. A lender who accepts and declines later counts once as each: the mail was
 * welcome, and the loan was not.
 */
export interface AnswerCounts {
  readonly accepted: number;
  readonly declined: number;
  readonly optedOut: number;
  readonly bounced: number;
}

export interface SenderAnswers extends AnswerCounts {
  /** The last event batch with answers that was counted, by loan, the latest last: a batch may come again. */
  readonly counted: readonly { readonly loanId: LoanId; readonly version: number }[];
  /** Lenders whose mail bounced, the latest last: a report may come again, and so does the bounce of a reminder. */
  readonly bouncedLenders?: readonly LenderId[];
}

/** Loans whose last counted batch is remembered. A batch comes again within minutes, if at all. */
const LOANS_MAX = 32;
/** Lenders whose bounces are remembered. */
const LENDERS_MAX = 32;

export const NO_ANSWERS: SenderAnswers = { accepted: 0, declined: 0, optedOut: 0, bounced: 0, counted: [] };

/** The answers to invitations in an event batch. */
export function answersIn({ events }: Pick<EventBatch, 'events'>): Answer[] {
  return events.map(answerIn).filter((answer) => answer !== undefined);
}

function answerIn(event: LoanEvent): Answer | undefined {
  if (event.type === 'lender.accepted') return 'accepted';
  return event.type === 'lender.declined' && !confirmsDecline(event.lender) ? 'declined' : undefined;
}

/** Counts the answers of an event batch. @returns undefined where it was counted before */
export function countBatch(
  stored: SenderAnswers = NO_ANSWERS,
  batch: Pick<EventBatch, 'events' | 'loan' | 'version'>,
): SenderAnswers | undefined {
  const { version } = batch;
  const { loanId } = batch.loan;
  const before = stored.counted.find((each) => each.loanId === loanId);
  if (before && version <= before.version) return undefined;
  const others = stored.counted.filter((each) => each !== before);
  return { ...countAnswers(stored, answersIn(batch)), counted: [...others, { loanId, version }].slice(-LOANS_MAX) };
}

/** Counts lenders whose mail bounced, each once. @returns those that were not counted before, and what to store */
export function countBounced(
  stored: SenderAnswers = NO_ANSWERS,
  lenderIds: readonly LenderId[],
): { readonly counted: readonly LenderId[]; readonly answers: SenderAnswers } {
  const { bouncedLenders = [] } = stored;
  const counted = [...new Set(lenderIds)].filter((lenderId) => !bouncedLenders.includes(lenderId));
  const answers = countAnswers(
    stored,
    counted.map(() => 'bounced'),
  );
  return { counted, answers: { ...answers, bouncedLenders: [...bouncedLenders, ...counted].slice(-LENDERS_MAX) } };
}

export function countAnswers(stored: SenderAnswers = NO_ANSWERS, answers: readonly Answer[]): SenderAnswers {
  const timesOf = (answer: Answer) => answers.filter((each) => each === answer).length;
  return {
    ...stored,
    accepted: stored.accepted + timesOf('accepted'),
    declined: stored.declined + timesOf('declined'),
    optedOut: stored.optedOut + timesOf('opted-out'),
    bounced: stored.bounced + timesOf('bounced'),
  };
}
