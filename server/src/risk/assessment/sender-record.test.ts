import { describe, expect, it } from 'vitest';
import type { EventBatch } from '../../domain/event-batch.ts';
import { type LoanId, parseLoanId, parseRequestId } from '../../domain/ids.ts';
import type { SenderInvitations } from '../../domain/risk/sender-invitations.ts';
import { DAY_MS, found, lenderOf, loanOf, NOW } from '../../testing/app/domain-fixtures.ts';
import { type RiskBatch, riskBatchOf } from '../features/risk-batch.ts';
import { newSender, recordBatch, type SenderHistory } from '../features/sender-history.ts';
import { historyBefore, isRecorded, judgedWith, recordInvitations } from './sender-record.ts';

const loanIdFor = (number: number): LoanId =>
  found(parseLoanId(`019cb2f0-0000-7000-8000-${String(number).padStart(12, '0')}`), number);

interface About {
  readonly loan?: number;
  readonly version?: number;
  readonly count?: number;
  readonly at?: number;
}

function batchOf({ loan = 1, version = 1, count = 1, at = NOW }: About = {}): EventBatch {
  const lenders = Array.from({ length: count }, (_, index) => lenderOf(`l${loan}-${version}-${index}`));
  return {
    version,
    at,
    actor: 'borrower',
    actorId: null,
    requestId: found(parseRequestId('r'), 'r'),
    traceparent: null,
    loan: loanOf({ loanId: loanIdFor(loan), createdAt: NOW - DAY_MS }),
    events: lenders.map((lender) => ({ type: 'lender.invited', lender })),
  };
}

const judgedIn = (batch: EventBatch): RiskBatch => found(riskBatchOf(batch), 'batch');

function recorded(batches: readonly EventBatch[]): SenderInvitations {
  const last = batches.reduce<SenderInvitations | undefined>(
    (stored, batch) => recordInvitations(stored, batch, judgedIn(batch)),
    undefined,
  );
  return found(last, 'batches');
}

describe('recordInvitations', () => {
  it('gives the history that the model was trained on', () => {
    const batches = Array.from({ length: 12 }, (_, index) =>
      batchOf({ loan: 1 + (index % 3), version: 1 + index, count: 1 + ((index * 7) % 20), at: NOW + index * 13 * 3_600_000 }),
    );
    const stored = recorded(batches);
    const trained = batches.reduce<SenderHistory>(
      (history, batch) => recordBatch(history, judgedIn(batch)),
      newSender(NOW - DAY_MS),
    );
    const next = batchOf({ loan: 9, at: NOW + 160 * 3_600_000 });
    const byRef = new Map(batches.map((batch) => [`${batch.loan.loanId} ${batch.version}`, batch]));
    const read = judgedWith(stored, judgedIn(next)).flatMap(({ loanId, version }) => {
      const batch = found(byRef.get(`${loanId} ${version}`), version);
      return judgedIn(batch)
        .invitations.map((each) => ({ ...each, at: batch.at }))
        .reverse();
    });
    const { recent, ...counts } = historyBefore(stored, undefined, read, next);
    const { recent: expected, ...expectedCounts } = trained;
    expect(counts).toEqual(expectedCounts);
    const needed = expected.filter(({ at }) => at > next.at - 7 * DAY_MS).slice(0, 99);
    expect(recent.slice(0, needed.length)).toEqual(needed);
    expect(needed.length).toBeGreaterThan(80);
  });

  it('stays below a kilobyte for ten batches of ten, and below four for a hundred of one', () => {
    const tens = recorded(Array.from({ length: 30 }, (_, index) => batchOf({ version: index + 1, count: 10, at: NOW + index })));
    const ones = recorded(Array.from({ length: 300 }, (_, index) => batchOf({ version: index + 1, at: NOW + index })));
    expect(tens.latest[0]?.batches).toHaveLength(10);
    expect(ones.latest[0]?.batches).toHaveLength(100);
    expect(JSON.stringify(tens).length).toBeLessThan(900);
    expect(JSON.stringify(ones).length).toBeLessThan(4000);
  });

  it('forgets batches of more than seven days ago, and keeps their counts', () => {
    const stored = recorded([batchOf({ count: 5 }), batchOf({ version: 2, at: NOW + 8 * DAY_MS })]);
    expect(stored).toMatchObject({ batches: 2, invited: 6, latest: [{ batches: [[2, NOW + 8 * DAY_MS, 1]] }] });
  });
});

describe('isRecorded', () => {
  it('knows a batch, and the earlier ones of its loan', () => {
    const stored = recorded([batchOf({ version: 2 }), batchOf({ version: 5 }), batchOf({ loan: 2, version: 1 })]);
    const known = [1, 2, 5, 6].map((version) => isRecorded(stored, batchOf({ version })));
    expect(known).toEqual([true, true, true, false]);
    expect([isRecorded(stored, batchOf({ loan: 3 })), isRecorded(undefined, batchOf())]).toEqual([false, false]);
  });
});

describe('historyBefore', () => {
  it('has a sender known since their first loan, and their answers', () => {
    const answers = { accepted: 3, declined: 2, optedOut: 1, bounced: 4 };
    expect(historyBefore(undefined, answers, [], batchOf())).toMatchObject({ ...answers, firstSeenAt: NOW - DAY_MS, invited: 0 });
  });
});
