import { describe, expect, it } from 'vitest';
import { amountOf, DAY_MS, lenderIdFor, lenderOf, loanOf, NOW, unitsOf } from '../testing/app/domain-fixtures.ts';
import { expire, invite, mayHaveExpired } from './invitation.ts';
import type { Lender } from './lender.ts';
import type { Loan } from './loan.ts';

const LATER = NOW + 7 * DAY_MS;

/** A loan with two lenders of 5,000.00 each, whose invitations expire now. */
function loanOfTwo(changes: Partial<Loan> = {}): Loan {
  return loanOf({ totalInvited: unitsOf(1_000_000), lenderCount: 2, nextExpiry: NOW, ...changes });
}

const expiredLender = (name: string, changes: Partial<Lender> = {}) => lenderOf(name, { expiresAt: NOW, ...changes });

describe('expire', () => {
  it('frees the amount of each expired invitation, with an event for each', () => {
    const lenders = [expiredLender('ana'), expiredLender('ben')];
    const expired = lenders.map((lender) => ({ ...lender, status: 'expired' }));
    expect(expire(loanOfTwo(), lenders, LATER, NOW)).toEqual({
      loan: loanOf({ nextExpiry: LATER }),
      lenders: expired,
      events: expired.map((lender) => ({ type: 'lender.expired', lender })),
    });
  });

  it('leaves answered, revoked and renewed invitations unchanged', () => {
    const loan = loanOfTwo({ totalInvited: unitsOf(1_500_000), lenderCount: 3 });
    const lenders = [
      expiredLender('ana', { status: 'accepted' }),
      expiredLender('ben', { status: 'declined' }),
      expiredLender('chloe', { status: 'revoked' }),
      lenderOf('dora', { round: 2 }),
      expiredLender('eve'),
    ];
    const change = expire(loan, lenders, null, NOW);
    expect(change?.lenders.map(({ lenderId }) => lenderId)).toEqual([lenderIdFor('eve')]);
    expect(change?.loan).toEqual({ ...loan, totalInvited: unitsOf(1_000_000), lenderCount: 2, nextExpiry: null });
  });

  it.each([
    ['no invitation has expired', {}, [lenderOf('ana', { expiresAt: NOW + 1 })]],
    ['there are no lenders', {}, []],
    ['the loan is cancelled', { status: 'cancelled' }, [expiredLender('ana')]],
    ['the loan is funded', { status: 'funded' }, [expiredLender('ana')]],
    ['the loan ended after the expiry', { status: 'cancelled', changedAt: NOW }, [expiredLender('ana')]],
  ] as const)('changes nothing where %s', (_, changes, lenders) => {
    expect(expire(loanOfTwo(changes), lenders, null, NOW)).toBeUndefined();
  });
});

describe('nextExpiry', () => {
  const afterInviting = (loan: Loan, expiresAt: number) => {
    const { email } = lenderOf('ana');
    const invitation = { path: '', lenderId: lenderIdFor('ana'), email, name: null, amount: amountOf(1) };
    return invite(loan, new Map(), [invitation], { invitedAt: NOW, expiresAt }).loan.nextExpiry;
  };

  it('invite sets nextExpiry to the earliest expiry', () => {
    expect(afterInviting(loanOf(), LATER)).toBe(LATER);
    expect(afterInviting(loanOf({ nextExpiry: LATER }), LATER - 1)).toBe(LATER - 1);
    expect(afterInviting(loanOf({ nextExpiry: LATER }), LATER + 1)).toBe(LATER);
  });

  it.each([
    ['is now', {}, true],
    ['is in the future', { nextExpiry: NOW + 1 }, false],
    ['is null', { nextExpiry: null }, false],
    ['is now, for a cancelled loan', { status: 'cancelled' }, false],
  ] as const)('mayHaveExpired goes by a nextExpiry that %s', (_, changes, expected) => {
    expect(mayHaveExpired(loanOfTwo(changes), NOW)).toBe(expected);
  });
});
