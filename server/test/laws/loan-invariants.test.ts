import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DomainError } from '../../src/domain/errors.ts';
import type { LenderId } from '../../src/domain/ids.ts';
import { effectiveStatus, LENDER_STATUSES, type Lender } from '../../src/domain/lender.ts';
import {
  accept,
  cancel,
  changeContribution,
  close,
  decline,
  invite,
  type Loan,
  type LoanChange,
  remaining,
  requireOpen,
  revoke,
} from '../../src/domain/loan.ts';
import {
  amountOf,
  DAY_MS,
  emailOf,
  frozen,
  lenderIdFor,
  lenderOf,
  loanOf,
  NOW,
  unitsOf,
  userIdFor,
} from '../../src/testing/app/domain-fixtures.ts';

/* Whatever is done to a loan, in whatever order: its totals equal its rows, and it is never over-funded. */

const NAMES = ['ana', 'ben', 'eve', 'dan', 'zoe'] as const;
const LOAN_CENTS = 10_000;

const name = fc.constantFrom(...NAMES);
/** Some so that sums often meet the loan's amount exactly. */
const amount = fc.oneof(
  fc.integer({ min: 1, max: 6000 }).map((cents) => (cents / 100).toFixed(2)),
  fc.constantFrom('25.00', '50.00'),
);
const context = fc.uniqueArray(fc.record({ name, amount }), { minLength: 1, maxLength: 3, selector: (one) => one.name });
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('invite' as const), context }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('change' as const), name, amount }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('revoke' as const), name }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pass' as const), days: fc.integer({ min: 1, max: 40 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('accept' as const), name }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('decline' as const), name }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('cancel' as const, 'close' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

/** What others have done to the loan before: a few rows of any status. */
const past = fc.uniqueArray(
  fc.record({ name, status: fc.constantFrom(...LENDER_STATUSES), cents: fc.integer({ min: 1, max: 1999 }) }),
  { maxLength: NAMES.length, selector: (one) => one.name },
);

interface Scene {
  now: number;
  loan: Loan;
  readonly rows: Map<LenderId, Lender>;
}

function sceneOf(rows: readonly Lender[]): Scene {
  const live = rows.filter(({ status }) => status === 'pending' || status === 'accepted');
  const totalInvited = unitsOf(live.reduce((sum, { contribution }) => sum + contribution, 0));
  const accepted = live.filter(({ status }) => status === 'accepted');
  const totalAccepted = unitsOf(accepted.reduce((sum, { contribution }) => sum + contribution, 0));
  const loan = loanOf({
    ...{ amount: unitsOf(LOAN_CENTS), totalInvited, totalAccepted },
    ...{ lenderCount: live.length, acceptedCount: accepted.length },
  });
  return { now: NOW, loan, rows: new Map(rows.map((row) => [row.lenderId, row])) };
}

/** @returns undefined where there is nothing to do it to, or nothing to be done */
function changeBy(step: Exclude<Step, { do: 'pass' }>, { loan, rows, now }: Scene): LoanChange | undefined {
  switch (step.do) {
    case 'invite': {
      requireOpen(loan);
      const invitations = step.context.map((one, position) => ({
        ...{ path: `lenders[${position}]`, lenderId: lenderIdFor(one.name), name: null },
        ...{ email: emailOf(`${one.name}@example.com`), amount: amountOf(one.amount) },
      }));
      return invite(loan, rows, frozen(invitations), { invitedAt: now, expiresAt: now + 30 * DAY_MS });
    }
    case 'change': {
      const row = rows.get(lenderIdFor(step.name));
      return row && changeContribution(loan, row, amountOf(step.amount), now);
    }
    case 'revoke': {
      const row = rows.get(lenderIdFor(step.name));
      return row && revoke(loan, row, now);
    }
    case 'accept':
    case 'decline': {
      const row = rows.get(lenderIdFor(step.name));
      return row && (step.do === 'accept' ? accept : decline)(loan, row, userIdFor(step.name), now);
    }
    case 'close':
      return close(loan);
    case 'cancel':
      return cancel(loan);
  }
}

function take(step: Step, scene: Scene): void {
  if (step.do === 'pass') {
    scene.now += step.days * DAY_MS;
    return;
  }
  try {
    const change = frozen(changeBy(step, { ...scene, loan: frozen(scene.loan) }));
    if (!change) return;
    scene.loan = change.loan;
    for (const row of change.lenders) scene.rows.set(row.lenderId, row);
  } catch (refusal) {
    if (!(refusal instanceof DomainError)) throw refusal;
  }
}

/** Rows that hold an amount: an ended invitation does until somebody writes that it has ended. */
function claimed({ loan, rows, now }: Scene): Lender[] {
  return [...rows.values()].filter((row) => {
    const status = effectiveStatus(loan, row, now);
    return status === 'accepted' || status === 'pending' || (status === 'expired' && row.status === 'pending');
  });
}

function isLive({ loan, now }: Scene, row: Lender): boolean {
  return ['pending', 'accepted'].includes(effectiveStatus(loan, row, now));
}

describe('the laws of a loan', () => {
  it('hold after every step of any sequence', () => {
    fc.assert(
      fc.property(past, fc.array(step, { maxLength: 30, size: 'max' }), (before, steps) => {
        const rows = before.map(({ name, status, cents }) => frozen(lenderOf(name, { status, contribution: unitsOf(cents) })));
        const scene = sceneOf(rows);
        for (const step of steps) {
          take(step, scene);
          const live = claimed(scene);
          expect(scene.loan.totalInvited).toBe(live.reduce((sum, { contribution }) => sum + contribution, 0));
          expect(scene.loan.lenderCount).toBe(live.length);
          const accepted = live.filter(({ status }) => status === 'accepted');
          expect(scene.loan.totalAccepted).toBe(accepted.reduce((sum, { contribution }) => sum + contribution, 0));
          expect(scene.loan.acceptedCount).toBe(accepted.length);
          if (scene.loan.status === 'open') expect(scene.loan.totalAccepted).toBeLessThan(LOAN_CENTS);
          if (scene.loan.status === 'funded') expect(scene.loan.totalInvited).toBe(scene.loan.totalAccepted);
          expect(remaining(scene.loan) + scene.loan.totalInvited).toBe(LOAN_CENTS);
          expect(remaining(scene.loan)).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('count a round more for each invitation of an address, and for nothing else', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30, size: 'max' }), (steps) => {
        const scene = sceneOf([]);
        for (const step of steps) {
          const before = new Map(scene.rows);
          take(step, scene);
          for (const [id, row] of scene.rows) {
            const old = before.get(id);
            const isAnew = old !== row && row.status === 'pending' && !(old && isLive(scene, old));
            expect(row.round).toBe((old?.round ?? 0) + (isAnew ? 1 : 0));
          }
        }
      }),
    );
  });
});
