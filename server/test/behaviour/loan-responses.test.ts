import { describe, expect, it } from 'vitest';
import { DomainError } from '../../src/domain/errors.ts';
import type { Lender } from '../../src/domain/lender.ts';
import { accept, close, decline, type Loan } from '../../src/domain/loan.ts';
import { frozen, lenderOf, loanOf, NOW, unitsOf, userIdFor } from '../../src/testing/app/domain-fixtures.ts';

const ANA = userIdFor('ana');
const HALF = unitsOf(1_000_000);

/** A loan of 20,000.00 in which these stand, its totals accordingly. */
function loanWith(lenders: readonly Lender[], changes: Partial<Loan> = {}): Loan {
  const live = lenders.filter(({ status }) => status === 'pending' || status === 'accepted');
  const accepted = live.filter(({ status }) => status === 'accepted');
  const sum = (rows: readonly Lender[]) => unitsOf(rows.reduce((total, { contribution }) => total + contribution, 0));
  return frozen(
    loanOf({
      ...{ totalInvited: sum(live), totalAccepted: sum(accepted) },
      ...{ lenderCount: live.length, acceptedCount: accepted.length, ...changes },
    }),
  );
}

const accepting = (lender: Lender, others: readonly Lender[] = [], changes: Partial<Loan> = {}) =>
  accept(loanWith([lender, ...others], changes), frozen(lender), ANA, NOW);
const declining = (lender: Lender, others: readonly Lender[] = [], changes: Partial<Loan> = {}) =>
  decline(loanWith([lender, ...others], changes), frozen(lender), ANA, NOW);

/** The message of a rule's conflict. */
function conflictOf(rule: () => unknown): string {
  try {
    rule();
  } catch (refusal) {
    if (refusal instanceof DomainError && refusal.code === 'CONFLICT') return refusal.message;
    throw refusal;
  }
  throw new Error('nothing was refused');
}

describe('accepting an invitation', () => {
  it('counts its amount as accepted, and makes the row the user’s', () => {
    const accepted = lenderOf('ana', { status: 'accepted', userId: ANA });
    expect(accepting(lenderOf('ana'), [lenderOf('ben')])).toEqual({
      loan: loanWith([accepted, lenderOf('ben')]),
      lenders: [accepted],
      events: [{ type: 'lender.accepted', lender: accepted }],
    });
  });

  it('funds the loan where it completes the amount', () => {
    const [ana, ben] = [lenderOf('ana', { contribution: HALF }), lenderOf('ben', { contribution: HALF, status: 'accepted' })];
    const change = accepting(ana, [ben]);
    expect(change?.loan).toMatchObject({ status: 'funded', totalAccepted: 2_000_000, acceptedCount: 2 });
    expect(change?.events.map(({ type }) => type)).toEqual(['lender.accepted', 'loan.funded']);
  });

  it('does not fund the loan a cent short', () => {
    const cent = unitsOf(999_999);
    const change = accepting(lenderOf('ana', { contribution: cent }), [
      lenderOf('ben', { contribution: HALF, status: 'accepted' }),
    ]);
    expect(change?.loan.status).toBe('open');
    expect(change?.events.map(({ type }) => type)).toEqual(['lender.accepted']);
  });

  it.each(['open', 'funded'] as const)('is nothing where it was accepted already, the loan being %s', (status) => {
    expect(accepting(lenderOf('ana', { status: 'accepted', userId: ANA }), [], { status })).toBeUndefined();
  });

  it.each([
    ['declined', { status: 'declined' }, 'open'],
    ['revoked', { status: 'revoked' }, 'open'],
    ['expired', { status: 'expired' }, 'open'],
    ['expired', { expiresAt: NOW }, 'open'],
    ['revoked', {}, 'funded'],
    ['revoked', {}, 'cancelled'],
    ['revoked', { status: 'accepted' }, 'cancelled'],
  ] as const)('is refused where it is %s: %o in a loan that is %s', (told, changes, status) => {
    expect(conflictOf(() => accepting(lenderOf('ana', changes), [], { status }))).toBe(
      `This invitation is ${told}. Only a pending one can be accepted.`,
    );
  });
});

describe('declining an invitation', () => {
  it.each(['pending', 'accepted'] as const)('frees its amount where it is %s, and makes the row the user’s', (status) => {
    const others = [lenderOf('ben'), lenderOf('eve', { status: 'accepted' })];
    const declined = lenderOf('ana', { status: 'declined', userId: ANA });
    expect(declining(lenderOf('ana', { status }), others)).toEqual({
      loan: loanWith(others),
      lenders: [declined],
      events: [{ type: 'lender.declined', lender: declined }],
    });
  });

  it.each(['open', 'funded', 'cancelled'] as const)('is nothing where it was declined already, the loan being %s', (status) => {
    expect(declining(lenderOf('ana', { status: 'declined', userId: ANA }), [], { status })).toBeUndefined();
  });

  it.each([
    ['revoked', { status: 'revoked' }, 'open'],
    ['expired', { status: 'expired' }, 'open'],
    ['expired', { expiresAt: NOW }, 'open'],
    ['revoked', {}, 'funded'],
    ['revoked', { status: 'accepted' }, 'cancelled'],
  ] as const)('is refused where it is %s: %o in a loan that is %s', (told, changes, status) => {
    expect(conflictOf(() => declining(lenderOf('ana', changes), [], { status }))).toBe(
      `This invitation is ${told}. Only a pending or accepted one can be declined.`,
    );
  });

  it('is refused after accepting, once the loan is funded', () => {
    expect(conflictOf(() => declining(lenderOf('ana', { status: 'accepted' }), [], { status: 'funded' }))).toBe(
      'This loan is funded. Only an open loan can be changed.',
    );
  });
});

describe('closing a loan', () => {
  const accepted = lenderOf('ana', { status: 'accepted' });

  it('funds it at what was accepted, and writes no lender', () => {
    expect(close(loanWith([accepted, lenderOf('ben'), lenderOf('eve')]))).toEqual({
      loan: loanWith([accepted], { status: 'funded' }),
      lenders: [],
      events: [{ type: 'loan.closed' }],
    });
  });

  it('is nothing where it is funded already', () => {
    expect(close(loanWith([accepted], { status: 'funded' }))).toBeUndefined();
  });

  it('is refused where nobody has accepted, and where it is cancelled', () => {
    expect(conflictOf(() => close(loanWith([lenderOf('ben')])))).toMatch(/^Nobody has accepted yet/);
    expect(conflictOf(() => close(loanOf({ status: 'cancelled' })))).toMatch(/^This loan is cancelled/);
  });
});
