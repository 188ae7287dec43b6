import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DomainError } from '../../src/domain/errors.ts';
import type { LenderId } from '../../src/domain/ids.ts';
import { accept, changeContribution, decline, invite, revoke } from '../../src/domain/invitation.ts';
import { effectiveStatus, LENDER_STATUSES, type Lender } from '../../src/domain/lender.ts';
import { cancel, close, type Loan, type LoanChange, remaining, requireOpen } from '../../src/domain/loan.ts';
import {
  amountOf,
  DAY_MS,
  emailOf,
  frozen,
  lenderIdFor,
  lenderOf,
  loanWith,
  NOW,
  unitsOf,
  userIdFor,
} from '../../src/testing/app/domain-fixtures.ts';

/* After any sequence of commands, a loan's totals equal its lenders, and it is never over-funded. */

const NAMES = ['ana', 'ben', 'eve', 'dan', 'zoe'] as const;
const LOAN_CENTS = 10_000;

const name = fc.constantFrom(...NAMES);
/** Includes halves and quarters of the loan, so that sums often equal it. */
const amount = fc.oneof(
  fc.integer({ min: 1, max: 6000 }).map((cents) => (cents / 100).toFixed(2)),
  fc.constantFrom('25.00', '50.00'),
);
const lenders = fc.uniqueArray(fc.record({ name, amount }), { minLength: 1, maxLength: 3, selector: (one) => one.name });
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('invite' as const), lenders }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('change' as const), name, amount }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('revoke' as const), name }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('advance' as const), days: fc.integer({ min: 1, max: 40 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('accept' as const), name }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('decline' as const), name }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('cancel' as const, 'close' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

/** Lenders that the loan has at the start, in any status. */
const initialLenders = fc.uniqueArray(
  fc.record({ name, status: fc.constantFrom(...LENDER_STATUSES), cents: fc.integer({ min: 1, max: 1999 }) }),
  { maxLength: NAMES.length, selector: (one) => one.name },
);

interface Scene {
  now: number;
  loan: Loan;
  readonly lenders: Map<LenderId, Lender>;
}

function sceneOf(lenders: readonly Lender[]): Scene {
  const loan = loanWith(lenders, { amount: unitsOf(LOAN_CENTS) });
  return { now: NOW, loan, lenders: new Map(lenders.map((lender) => [lender.lenderId, lender])) };
}

/** @returns undefined where the lender does not exist, or nothing changes */
function changeOf(step: Exclude<Step, { do: 'advance' }>, { loan, lenders, now }: Scene): LoanChange | undefined {
  switch (step.do) {
    case 'invite': {
      requireOpen(loan);
      const invitations = step.lenders.map((lender, index) => ({
        path: `lenders[${index}]`,
        lenderId: lenderIdFor(lender.name),
        name: null,
        email: emailOf(`${lender.name}@example.com`),
        amount: amountOf(lender.amount),
      }));
      return invite(loan, lenders, frozen(invitations), { invitedAt: now, expiresAt: now + 30 * DAY_MS });
    }
    case 'change': {
      const lender = lenders.get(lenderIdFor(step.name));
      return lender && changeContribution(loan, lender, amountOf(step.amount), now);
    }
    case 'revoke': {
      const lender = lenders.get(lenderIdFor(step.name));
      return lender && revoke(loan, lender, 2, now);
    }
    case 'accept':
    case 'decline': {
      const lender = lenders.get(lenderIdFor(step.name));
      return lender && (step.do === 'accept' ? accept : decline)(loan, lender, { userId: userIdFor(step.name), name: null }, now);
    }
    case 'close':
      return close(loan);
    case 'cancel':
      return cancel(loan);
  }
}

function run(step: Step, scene: Scene): void {
  if (step.do === 'advance') {
    scene.now += step.days * DAY_MS;
    return;
  }
  try {
    const change = frozen(changeOf(step, { ...scene, loan: frozen(scene.loan) }));
    if (!change) return;
    scene.loan = change.loan;
    for (const lender of change.lenders) scene.lenders.set(lender.lenderId, lender);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
  }
}

/** Lenders whose amount counts as invited: an expired one does until its expiry is written. */
function counted({ loan, lenders, now }: Scene): Lender[] {
  return [...lenders.values()].filter((lender) => {
    const status = effectiveStatus(loan, lender, now);
    return status === 'accepted' || status === 'pending' || (status === 'expired' && lender.status === 'pending');
  });
}

function isLive({ loan, now }: Scene, lender: Lender): boolean {
  return ['pending', 'accepted'].includes(effectiveStatus(loan, lender, now));
}

describe('loan rules', () => {
  it('keeps totals equal to the lenders and never over-funds, after every step of any sequence', () => {
    fc.assert(
      fc.property(initialLenders, fc.array(step, { maxLength: 30, size: 'max' }), (initial, steps) => {
        const scene = sceneOf(
          initial.map(({ name, status, cents }) => frozen(lenderOf(name, { status, contribution: unitsOf(cents) }))),
        );
        for (const step of steps) {
          run(step, scene);
          const lenders = counted(scene);
          expect(scene.loan.totalInvited).toBe(lenders.reduce((sum, { contribution }) => sum + contribution, 0));
          expect(scene.loan.lenderCount).toBe(lenders.length);
          const accepted = lenders.filter(({ status }) => status === 'accepted');
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

  it('increases the round with each invitation of an address, and with nothing else', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30, size: 'max' }), (steps) => {
        const scene = sceneOf([]);
        for (const step of steps) {
          const before = new Map(scene.lenders);
          run(step, scene);
          for (const [id, lender] of scene.lenders) {
            const previous = before.get(id);
            const isNewRound = previous !== lender && lender.status === 'pending' && !(previous && isLive(scene, previous));
            expect(lender.round).toBe((previous?.round ?? 0) + (isNewRound ? 1 : 0));
          }
        }
      }),
    );
  });
});
