import { describe, expect, it } from 'vitest';
import type { Lender } from '../../src/domain/lender.ts';
import { expire, invite, type Loan, mayHaveExpired } from '../../src/domain/loan.ts';
import { amountOf, DAY_MS, lenderIdFor, lenderOf, loanOf, NOW, unitsOf } from '../../src/testing/app/domain-fixtures.ts';

const LATER = NOW + 7 * DAY_MS;

/** A loan whose two lenders have 5,000.00 each. */
function loanOfTwo(changes: Partial<Loan> = {}): Loan {
  return loanOf({ totalInvited: unitsOf(1_000_000), lenderCount: 2, nextExpiry: NOW, ...changes });
}

const over = (name: string, changes: Partial<Lender> = {}) => lenderOf(name, { expiresAt: NOW, ...changes });

describe('expiring invitations', () => {
  it('frees what each of them holds, and tells of each', () => {
    const [ana, ben] = [over('ana'), over('ben')];
    const change = expire(loanOfTwo(), [ana, ben], LATER, NOW);
    const expired = [ana, ben].map((lender) => ({ ...lender, status: 'expired' }));
    expect(change).toEqual({
      loan: loanOf({ nextExpiry: LATER }),
      lenders: expired,
      events: expired.map((lender) => ({ type: 'lender.expired', lender })),
    });
  });

  it('leaves whoever has answered, was revoked, or was invited anew as they are', () => {
    const loan = loanOfTwo({ totalInvited: unitsOf(1_500_000), lenderCount: 3 });
    const lenders = [
      over('ana', { status: 'accepted' }),
      over('ben', { status: 'declined' }),
      over('chloe', { status: 'revoked' }),
      lenderOf('dora', { round: 2 }),
      over('eve'),
    ];
    const change = expire(loan, lenders, null, NOW);
    expect(change?.lenders.map(({ lenderId }) => lenderId)).toEqual([lenderIdFor('eve')]);
    expect(change?.loan).toEqual({ ...loan, totalInvited: unitsOf(1_000_000), lenderCount: 2, nextExpiry: null });
  });

  it.each([
    ['nobody is over yet', {}, [lenderOf('ana', { expiresAt: NOW + 1 })]],
    ['nobody is left', {}, []],
    ['the loan has ended', { status: 'cancelled' }, [over('ana')]],
    ['the loan is funded', { status: 'funded' }, [over('ana')]],
  ] as const)('changes nothing where %s', (_, changes, lenders) => {
    expect(expire(loanOfTwo(changes), lenders, null, NOW)).toBeUndefined();
  });
});

describe('the next expiry of a loan', () => {
  const invitedUntil = (loan: Loan, expiresAt: number) => {
    const { email } = lenderOf('ana');
    const invitation = { path: '', lenderId: lenderIdFor('ana'), email, name: null, amount: amountOf(1) };
    return invite(loan, new Map(), [invitation], { invitedAt: NOW, expiresAt }).loan.nextExpiry;
  };

  it('is that of whoever is invited first of all to expire', () => {
    expect(invitedUntil(loanOf(), LATER)).toBe(LATER);
    expect(invitedUntil(loanOf({ nextExpiry: LATER }), LATER - 1)).toBe(LATER - 1);
    expect(invitedUntil(loanOf({ nextExpiry: LATER }), LATER + 1)).toBe(LATER);
  });

  it.each([
    ['has come', {}, true],
    ['is to come', { nextExpiry: NOW + 1 }, false],
    ['is none', { nextExpiry: null }, false],
    ['has come for a loan that has ended', { status: 'cancelled' }, false],
  ] as const)('tells whether there may be something to free, where it %s', (_, changes, may) => {
    expect(mayHaveExpired(loanOfTwo(changes), NOW)).toBe(may);
  });
});
