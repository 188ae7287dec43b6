import { describe, expect, it } from 'vitest';
import { effectiveStatus, LENDER_STATUSES, type LenderStatus } from './lender.ts';

type Row = readonly [
  written: LenderStatus,
  loan: 'open' | 'funded' | 'cancelled',
  before: LenderStatus,
  at: LenderStatus,
  after: LenderStatus,
];

/** The effective status 1 ms before, at and after the invitation's expiry. */
const table: readonly Row[] = [
  ['pending', 'open', 'pending', 'expired', 'expired'],
  ['pending', 'funded', 'revoked', 'revoked', 'revoked'],
  ['pending', 'cancelled', 'revoked', 'revoked', 'revoked'],
  ['accepted', 'open', 'accepted', 'accepted', 'accepted'],
  ['accepted', 'funded', 'accepted', 'accepted', 'accepted'],
  ['accepted', 'cancelled', 'revoked', 'revoked', 'revoked'],
  ['declined', 'open', 'declined', 'declined', 'declined'],
  ['declined', 'funded', 'declined', 'declined', 'declined'],
  ['declined', 'cancelled', 'declined', 'declined', 'declined'],
  ['revoked', 'open', 'revoked', 'revoked', 'revoked'],
  ['revoked', 'funded', 'revoked', 'revoked', 'revoked'],
  ['revoked', 'cancelled', 'revoked', 'revoked', 'revoked'],
  ['expired', 'open', 'expired', 'expired', 'expired'],
  ['expired', 'funded', 'expired', 'expired', 'expired'],
  ['expired', 'cancelled', 'expired', 'expired', 'expired'],
];

describe('effectiveStatus', () => {
  it.each(table)(
    'effectiveStatus of a written %s in a loan that is %s: before the expiry %s, at it %s, after it %s',
    (written, loan, ...expected) => {
      const expiresAt = 1_000_000;
      const moments = [expiresAt - 1, expiresAt, expiresAt + 1];
      expect(moments.map((now) => effectiveStatus({ status: loan }, { status: written, expiresAt }, now))).toEqual(expected);
    },
  );

  it.each(['funded', 'cancelled'] as const)(
    'reads a pending row of a %s loan as expired where it expired before the loan ended, at any time since',
    (status) => {
      const expiresAt = 1_000_000;
      const statusOf = (endedAt: number, now: number) =>
        effectiveStatus({ status, changedAt: endedAt }, { status: 'pending', expiresAt }, now);
      for (const since of [0, 1, 1_000_000_000]) {
        expect(statusOf(expiresAt - 1, expiresAt - 1 + since)).toBe('revoked');
        expect(statusOf(expiresAt, expiresAt + since)).toBe('expired');
        expect(statusOf(expiresAt + 1, expiresAt + 1 + since)).toBe('expired');
      }
    },
  );

  it('reads only pending rows by the time when the loan ended', () => {
    const statuses = LENDER_STATUSES.map((written) =>
      effectiveStatus({ status: 'funded', changedAt: 2 }, { status: written, expiresAt: 1 }, 3),
    );
    expect(statuses).toEqual(['expired', 'accepted', 'declined', 'revoked', 'expired']);
  });
});
