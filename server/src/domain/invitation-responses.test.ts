import { describe, expect, it } from 'vitest';
import { errorOf, frozen, lenderOf, loanWith, NOW, unitsOf, userIdFor } from '../testing/app/domain-fixtures.ts';
import { accept, decline } from './invitation.ts';
import type { Lender } from './lender.ts';
import type { Loan } from './loan.ts';

const ANA = userIdFor('ana');
const HALF = unitsOf(1_000_000);

const acceptIn = (lender: Lender, others: readonly Lender[] = [], changes: Partial<Loan> = {}) =>
  accept(frozen(loanWith([lender, ...others], changes)), frozen(lender), ANA, NOW);
const declineIn = (lender: Lender, others: readonly Lender[] = [], changes: Partial<Loan> = {}) =>
  decline(frozen(loanWith([lender, ...others], changes)), frozen(lender), ANA, NOW);

function expectConflict(rule: () => unknown, message: string): void {
  expect(errorOf(rule)).toMatchObject({ code: 'CONFLICT', message });
}

describe('accept', () => {
  it('adds the amount to the accepted total and lets the user claim the invitation', () => {
    const accepted = lenderOf('ana', { status: 'accepted', userId: ANA });
    expect(acceptIn(lenderOf('ana'), [lenderOf('ben')])).toEqual({
      loan: loanWith([accepted, lenderOf('ben')]),
      lenders: [accepted],
      events: [{ type: 'lender.accepted', lender: accepted }],
    });
  });

  it('funds the loan when it completes the amount', () => {
    const [ana, ben] = [lenderOf('ana', { contribution: HALF }), lenderOf('ben', { contribution: HALF, status: 'accepted' })];
    const change = acceptIn(ana, [ben]);
    expect(change?.loan).toMatchObject({ status: 'funded', totalAccepted: 2_000_000, acceptedCount: 2 });
    expect(change?.events.map(({ type }) => type)).toEqual(['lender.accepted', 'loan.funded']);
  });

  it('does not fund a loan that lacks a cent', () => {
    const ana = lenderOf('ana', { contribution: unitsOf(999_999) });
    const change = acceptIn(ana, [lenderOf('ben', { contribution: HALF, status: 'accepted' })]);
    expect(change?.loan.status).toBe('open');
    expect(change?.events.map(({ type }) => type)).toEqual(['lender.accepted']);
  });

  it.each(['open', 'funded'] as const)('changes nothing for an accepted invitation to a loan that is %s', (status) => {
    expect(acceptIn(lenderOf('ana', { status: 'accepted', userId: ANA }), [], { status })).toBeUndefined();
  });

  it.each([
    ['declined', { status: 'declined' }, 'open'],
    ['revoked', { status: 'revoked' }, 'open'],
    ['expired', { status: 'expired' }, 'open'],
    ['expired', { expiresAt: NOW }, 'open'],
    ['revoked', {}, 'funded'],
    ['revoked', {}, 'cancelled'],
    ['revoked', { status: 'accepted' }, 'cancelled'],
  ] as const)('rejects an invitation that is %s: %o in a loan that is %s', (effective, changes, status) => {
    expectConflict(
      () => acceptIn(lenderOf('ana', changes), [], { status }),
      `This invitation is ${effective}. Only a pending one can be accepted.`,
    );
  });
});

describe('decline', () => {
  it.each(['pending', 'accepted'] as const)(
    'frees the amount of a lender who is %s and lets the user claim the invitation',
    (status) => {
      const others = [lenderOf('ben'), lenderOf('eve', { status: 'accepted' })];
      const declined = lenderOf('ana', { status: 'declined', userId: ANA });
      expect(declineIn(lenderOf('ana', { status }), others)).toEqual({
        loan: loanWith(others),
        lenders: [declined],
        events: [{ type: 'lender.declined', lender: declined }],
      });
    },
  );

  it.each(['open', 'funded', 'cancelled'] as const)('changes nothing for a declined invitation to a loan that is %s', (status) => {
    expect(declineIn(lenderOf('ana', { status: 'declined', userId: ANA }), [], { status })).toBeUndefined();
  });

  it.each([
    ['revoked', { status: 'revoked' }, 'open'],
    ['expired', { status: 'expired' }, 'open'],
    ['expired', { expiresAt: NOW }, 'open'],
    ['revoked', {}, 'funded'],
    ['revoked', { status: 'accepted' }, 'cancelled'],
  ] as const)('rejects an invitation that is %s: %o in a loan that is %s', (effective, changes, status) => {
    expectConflict(
      () => declineIn(lenderOf('ana', changes), [], { status }),
      `This invitation is ${effective}. Only a pending or accepted one can be declined.`,
    );
  });

  it('rejects an accepted lender once the loan is funded', () => {
    expectConflict(
      () => declineIn(lenderOf('ana', { status: 'accepted' }), [], { status: 'funded' }),
      'This loan is funded. Only an open loan can be changed.',
    );
  });
});
