import { describe, expect, it } from 'vitest';
import { found, lenderIdFor, lenderOf, loanOf, userIdFor } from '../../../testing/app/domain-fixtures.ts';
import { type LoanId, parseLoanId } from '../../ids.ts';
import type { LoanEvent } from '../../loan-events.ts';
import { answersIn, countAnswers, countBatch, countBounced, NO_ANSWERS, type SenderAnswers } from './sender-answers.ts';

const loanIdFor = (number: number): LoanId =>
  found(parseLoanId(`019cb2f0-0000-7000-8000-${String(number).padStart(12, '0')}`), number);

const ACCEPTED: LoanEvent = { type: 'lender.accepted', lender: lenderOf('ana', { status: 'accepted' }) };
const DECLINED: LoanEvent = { type: 'lender.declined', lender: lenderOf('ben', { status: 'declined' }) };

function batchOf(version: number, events: readonly LoanEvent[] = [ACCEPTED], loanId = loanIdFor(1)) {
  return { version, events, loan: loanOf({ loanId }) };
}

const countAll = (batches: readonly ReturnType<typeof batchOf>[]): SenderAnswers =>
  batches.reduce<SenderAnswers>((stored, batch) => countBatch(stored, batch) ?? stored, NO_ANSWERS);

describe('answersIn', () => {
  it('has the acceptances and declines of an event batch', () => {
    const funded: LoanEvent = { type: 'loan.funded' };
    const invited: LoanEvent = { type: 'lender.invited', lender: lenderOf('cleo') };
    expect(answersIn({ events: [ACCEPTED, funded, invited, DECLINED] })).toEqual(['accepted', 'declined']);
  });

  it('has a decline by link, and not once more when the lender confirms it', () => {
    const byLink = lenderOf('ben', { status: 'declined', declinedByLink: true });
    const confirmed = { ...byLink, userId: userIdFor('ben') };
    expect(answersIn({ events: [{ type: 'lender.declined', lender: byLink }] })).toEqual(['declined']);
    expect(answersIn({ events: [{ type: 'lender.declined', lender: confirmed }] })).toEqual([]);
  });
});

describe('countBatch', () => {
  it('counts each answer, and a decline after an acceptance as both', () => {
    const { counted, ...counts } = countAll([batchOf(3, [ACCEPTED, DECLINED]), batchOf(4, [DECLINED])]);
    expect(counts).toEqual({ accepted: 1, declined: 2, optedOut: 0, bounced: 0 });
    expect(counted).toEqual([{ loanId: loanIdFor(1), version: 4 }]);
  });

  it('does not count a batch that comes again, nor one before it', () => {
    const stored = countAll([batchOf(3), batchOf(7)]);
    expect(stored.accepted).toBe(2);
    expect([3, 5, 7].map((version) => countBatch(stored, batchOf(version)))).toEqual([undefined, undefined, undefined]);
  });

  it('tells the loans of a borrower apart', () => {
    expect(countAll([batchOf(3), batchOf(3, [ACCEPTED], loanIdFor(2)), batchOf(3)]).accepted).toBe(2);
  });

  it('remembers the 32 loans that were answered last', () => {
    const loans = Array.from({ length: 33 }, (_, number) => batchOf(2, [ACCEPTED], loanIdFor(number)));
    const stored = countAll([...loans.slice(0, 32), batchOf(3, [ACCEPTED], loanIdFor(0)), ...loans.slice(32)]);
    expect(stored.counted).toHaveLength(32);
    expect(countBatch(stored, batchOf(3, [ACCEPTED], loanIdFor(0)))).toBeUndefined();
    expect(countBatch(stored, batchOf(2, [ACCEPTED], loanIdFor(1)))?.accepted).toBe(35);
  });
});

describe('countBounced', () => {
  const [ana, ben] = [lenderIdFor('ana'), lenderIdFor('ben')];

  it('counts each lender once, however often their mail bounces', () => {
    const first = countBounced(undefined, [ana, ana]);
    expect(first).toEqual({ counted: [ana], answers: { ...NO_ANSWERS, bounced: 1, bouncedLenders: [ana] } });
    const second = countBounced(first.answers, [ana, ben]);
    expect([second.counted, second.answers.bounced]).toEqual([[ben], 2]);
  });

  it('remembers the 32 lenders whose mail bounced last', () => {
    const lenders = Array.from({ length: 33 }, (_, number) => lenderIdFor(`lender${number}`));
    const { answers } = countBounced(undefined, lenders);
    expect([answers.bounced, answers.bouncedLenders]).toEqual([33, lenders.slice(1)]);
  });

  it('keeps what was counted of event batches, which keep the lenders', () => {
    const { answers } = countBounced(countAll([batchOf(3)]), [ana]);
    expect(countBatch(answers, batchOf(3))).toBeUndefined();
    expect(countBatch(answers, batchOf(4))).toMatchObject({ bounced: 1, bouncedLenders: [ana] });
  });
});

describe('countAnswers', () => {
  it('counts opt-outs and bounces, and leaves the rest', () => {
    const stored = countAll([batchOf(3)]);
    const answers = ['opted-out', 'bounced', 'bounced'] as const;
    expect(countAnswers(stored, answers)).toEqual({ ...stored, optedOut: 1, bounced: 2 });
    expect(countAnswers(undefined, answers)).toEqual({ ...NO_ANSWERS, optedOut: 1, bounced: 2 });
  });
});
