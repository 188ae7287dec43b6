import { describe, expect, it } from 'vitest';
import { errorOf, frozen, lenderOf, loanWith, NOW, unitsOf, userIdFor } from '../testing/app/domain-fixtures.ts';
import { accept, decline } from './invitation.ts';
import type { Lender } from './lender.ts';
import type { Loan } from './loan.ts';

const ANA = userIdFor('ana');
const RESPONDENT = { userId: ANA, name: null };
const HALF = unitsOf(1_000_000);

const acceptIn = (lender: Lender, others: readonly Lender[] = [], changes: Partial<Loan> = {}) =>
  accept(frozen(loanWith([lender, ...others], changes)), frozen(lender), RESPONDENT, NOW);
const declineIn = (lender: Lender, others: readonly Lender[] = [], changes: Partial<Loan> = {}) =>
  decline(frozen(loanWith([lender, ...others], changes)), frozen(lender), RESPONDENT, NOW);

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

  it('gives a lender whom the borrower gave no name their own', () => {
    const acceptAs = (lender: Lender) => accept(loanWith([lender]), lender, { userId: ANA, name: 'Ana Lima' }, NOW);
    expect(acceptAs(lenderOf('ana'))?.lenders).toMatchObject([{ name: 'Ana Lima' }]);
    expect(acceptAs(lenderOf('ana', { name: 'Aunt Ana' }))?.lenders).toMatchObject([{ name: 'Aunt Ana' }]);
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
    ['declined', { status: 'declined', userId: ANA }, 'open'],
    ['declined', { status: 'declined', userId: ANA, declinedByLink: true }, 'open'],
    ['declined', { status: 'declined', declinedByLink: true, expiresAt: NOW }, 'open'],
    ['declined', { status: 'declined', declinedByLink: true }, 'funded'],
    ['declined', { status: 'declined', declinedByLink: true }, 'cancelled'],
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

describe('accept after a decline by link', () => {
  const declined = lenderOf('ana', { status: 'declined', declinedByLink: true });
  const accepted = lenderOf('ana', { status: 'accepted', userId: ANA });

  it('takes the amount again, as a new contribution, and lets the user claim the invitation', () => {
    expect(acceptIn(declined, [lenderOf('ben')])).toEqual({
      loan: loanWith([accepted, lenderOf('ben')]),
      lenders: [accepted],
      events: [{ type: 'lender.accepted', lender: accepted }],
    });
  });

  it('funds the loan when it completes the amount', () => {
    const rest = lenderOf('ben', { contribution: unitsOf(1_500_000), status: 'accepted' });
    const change = acceptIn(declined, [rest]);
    expect(change?.loan).toEqual(loanWith([accepted, rest], { status: 'funded' }));
    expect(change?.events.map(({ type }) => type)).toEqual(['lender.accepted', 'loan.funded']);
  });

  it('works for invitations that an earlier version declined by link', () => {
    expect(acceptIn(lenderOf('ana', { status: 'declined' }))?.lenders).toEqual([accepted]);
  });

  it('is rejected where the amount was given to others, by a cent', () => {
    const others = lenderOf('ben', { contribution: unitsOf(1_500_001) });
    const error = errorOf(() => acceptIn(declined, [others]));
    expect(error).toMatchObject({ code: 'CONFLICT', details: [{ code: 'OVER_FUNDING' }] });
    expect(error.message).toContain('5000.00 USD, remaining 4999.99 USD');
  });
});

describe('decline', () => {
  it('confirms a decline by link without freeing the amount again, and lets the user claim the invitation', () => {
    const declined = lenderOf('ana', { status: 'declined', declinedByLink: true });
    const confirmed = { ...declined, userId: ANA };
    expect(declineIn(declined, [lenderOf('ben')])).toEqual({
      loan: loanWith([lenderOf('ben')]),
      lenders: [confirmed],
      events: [{ type: 'lender.declined', lender: confirmed }],
    });
    expect(declineIn(confirmed, [lenderOf('ben')])).toBeUndefined();
  });

  it.each([
    ['pending', {}],
    ['accepted', { withdrawn: true }],
  ] as const)('frees the amount of a lender who is %s and lets the user claim the invitation', (status, also) => {
    const others = [lenderOf('ben'), lenderOf('eve', { status: 'accepted' })];
    const declined = lenderOf('ana', { status: 'declined', userId: ANA, ...also });
    expect(declineIn(lenderOf('ana', { status }), others)).toEqual({
      loan: loanWith(others),
      lenders: [declined],
      events: [{ type: 'lender.declined', lender: declined }],
    });
  });

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
