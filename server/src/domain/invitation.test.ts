import { describe, expect, it } from 'vitest';
import {
  amountOf,
  currencyOf,
  DAY_MS,
  emailOf,
  errorOf,
  frozen,
  lenderIdFor,
  lenderOf,
  loanOf,
  loanWith,
  NOW,
  unitsOf,
  userIdFor,
} from '../testing/app/domain-fixtures.ts';
import { changeContribution, type InvitationRequest, invite, revoke } from './invitation.ts';
import type { Lender } from './lender.ts';
import { type Loan, remaining } from './loan.ts';

const PERIOD = { invitedAt: NOW, expiresAt: NOW + 30 * DAY_MS };

function requests(...lenders: readonly (readonly [name: string, amount: number | string])[]): InvitationRequest[] {
  return lenders.map(([name, amount], index) => ({
    path: `lenders[${index}]`,
    lenderId: lenderIdFor(name),
    email: emailOf(`${name}@example.com`),
    name: null,
    amount: amountOf(amount),
  }));
}

function inviteTo(lenders: readonly Lender[], invitations: readonly InvitationRequest[], changes: Partial<Loan> = {}) {
  const existing = new Map(lenders.map((lender) => [lender.lenderId, frozen(lender)]));
  return invite(frozen(loanWith(lenders, changes)), existing, frozen(invitations), frozen(PERIOD));
}

function fieldErrors(rule: () => unknown): string[] {
  return errorOf(rule).details.map(({ path, code }) => `${path} ${code}`);
}

/** Pending as written, but expired. */
const expiredLender = (name: string) => lenderOf(name, { expiresAt: NOW });

describe('invite', () => {
  it('adds each lender to the totals, with an event for each', () => {
    const { loan, lenders, events } = inviteTo([lenderOf('old')], requests(['ana', 100], ['ben', '0.01']));
    expect(loan).toEqual(loanOf({ totalInvited: unitsOf(510_001), lenderCount: 3, nextExpiry: PERIOD.expiresAt }));
    expect(lenders).toEqual([
      lenderOf('ana', { contribution: unitsOf(10_000), ...PERIOD }),
      lenderOf('ben', { contribution: unitsOf(1), ...PERIOD }),
    ]);
    expect(events).toEqual(lenders.map((lender) => ({ type: 'lender.invited', lender })));
  });

  it('changes nothing for an empty request', () => {
    expect(inviteTo([lenderOf('old')], [])).toEqual({ loan: loanWith([lenderOf('old')]), lenders: [], events: [] });
  });

  it('allows exactly the remaining amount', () => {
    const { loan } = inviteTo([lenderOf('old')], requests(['ana', 7500], ['ben', 7500]));
    expect(remaining(loan)).toBe(0);
  });

  it.each(['declined', 'revoked', 'expired'] as const)(
    'starts a new round for an address whose invitation is %s, and keeps the user who claimed it',
    (status) => {
      const before = lenderOf('ana', { status, round: 3, userId: userIdFor('ana'), name: 'Ana' });
      const { loan, lenders, events } = inviteTo([before], requests(['ana', 20_000]));
      const lender = lenderOf('ana', { contribution: unitsOf(2_000_000), round: 4, userId: userIdFor('ana'), ...PERIOD });
      expect(lenders).toEqual([lender]);
      expect(events).toEqual([{ type: 'lender.invited', lender }]);
      expect(loan).toEqual(loanOf({ totalInvited: unitsOf(2_000_000), lenderCount: 1, nextExpiry: PERIOD.expiresAt }));
    },
  );

  it('frees the amount of an expired invitation whose expiry is not written yet', () => {
    const before = expiredLender('ana');
    const { loan, events } = inviteTo([before, lenderOf('old')], requests(['ana', 15_000]));
    expect(loan).toEqual(loanOf({ totalInvited: unitsOf(2_000_000), lenderCount: 2, nextExpiry: PERIOD.expiresAt }));
    expect(events).toEqual([
      { type: 'lender.expired', lender: { ...before, status: 'expired' } },
      { type: 'lender.invited', lender: lenderOf('ana', { contribution: unitsOf(1_500_000), round: 2, ...PERIOD }) },
    ]);
  });

  it('puts the event of an expiry right before the new invitation of the address', () => {
    const { events } = inviteTo([expiredLender('ben')], requests(['ana', 1], ['ben', 1], ['eve', 1]));
    expect(events.map((event) => [event.type, 'lender' in event && event.lender.email])).toEqual([
      ['lender.invited', 'ana@example.com'],
      ['lender.expired', 'ben@example.com'],
      ['lender.invited', 'ben@example.com'],
      ['lender.invited', 'eve@example.com'],
    ]);
  });
});

describe('errors of invite', () => {
  it.each(['pending', 'accepted'] as const)('rejects an address whose invitation is %s', (status) => {
    const message = 'ana@example.com has already been invited to this loan';
    expect(errorOf(() => inviteTo([lenderOf('ana', { status })], requests(['ben', 1], ['ana', 1])))).toMatchObject({
      code: 'VALIDATION_ERROR',
      message,
      details: [{ path: 'lenders[1].email', code: 'DUPLICATE_LENDER', message }],
    });
  });

  it('reports all errors in the order of the request, over-funding last', () => {
    const lenders = [lenderOf('ana'), lenderOf('ben'), lenderOf('eve')];
    const invitations = requests(['dan', '1.125'], ['ben', 10], ['zoe', 9_000_000], ['ana', '0.001'], ['gus', 1]);
    expect(fieldErrors(() => inviteTo(lenders, invitations))).toEqual([
      'lenders[0].contribution_amount INVALID',
      'lenders[1].email DUPLICATE_LENDER',
      'lenders[3].email DUPLICATE_LENDER',
      'lenders[3].contribution_amount INVALID',
      'lenders OVER_FUNDING',
    ]);
    expect(errorOf(() => inviteTo(lenders, invitations)).message).toMatch(/^1\.125 USD has more decimals than USD allows: 2\.$/);
  });

  it('rejects an amount over the limit of the currency', () => {
    const { details } = errorOf(() => inviteTo([], requests(['ana', '10000000000.01'])));
    expect(details[0]?.message).toMatch(/^10000000000\.01 USD is too much: at most 10000000000\.00 USD\.$/);
  });

  it('computes over-funding on the exact sum, including amounts that do not fit the currency', () => {
    const { details } = errorOf(() => inviteTo([lenderOf('old')], requests(['ana', 15_000], ['ben', '0.001'])));
    expect(details.map(({ code }) => code)).toEqual(['INVALID', 'OVER_FUNDING']);
    expect(details[1]?.message).toBe(
      'This would over-fund the loan: amount 20000.00 USD, invited 5000.00 USD, requested 15000.001 USD, ' +
        'remaining 15000.00 USD. Please lower the contributions.',
    );
  });

  it('computes over-funding after freeing the expired invitations of the request', () => {
    expect(fieldErrors(() => inviteTo([expiredLender('ana'), lenderOf('old')], requests(['ana', '15000.01'])))).toEqual([
      'lenders OVER_FUNDING',
    ]);
  });

  it('shows figures with the decimals of the currency', () => {
    const yen = { currency: currencyOf('JPY'), amount: unitsOf(500) };
    const { message } = errorOf(() => inviteTo([], requests(['ana', 501]), yen));
    expect(message).toContain('amount 500 JPY, invited 0 JPY, requested 501 JPY, remaining 500 JPY');
  });
});

describe('changeContribution', () => {
  const ana = frozen(lenderOf('ana'));
  const change = (amount: number | string, lender = ana, changes: Partial<Loan> = {}) =>
    changeContribution(frozen(loanWith([lender, lenderOf('old')], changes)), lender, amountOf(amount), NOW);

  it.each([
    ['lower', 1, 500_100],
    ['higher', 15_000, 2_000_000],
  ])('changes the total by the difference to a %s amount', (_, amount, totalInvited) => {
    const lender = { ...ana, contribution: unitsOf(amount * 100) };
    expect(change(amount)).toEqual({
      loan: loanOf({ totalInvited: unitsOf(totalInvited), lenderCount: 2 }),
      lenders: [lender],
      events: [{ type: 'lender.changed', lender }],
    });
  });

  it('changes nothing for the same amount', () => {
    expect(change('5000.00')).toBeUndefined();
  });

  it('reports all errors, with figures that exclude the old amount', () => {
    expect(fieldErrors(() => change('15000.001'))).toEqual(['contribution_amount INVALID', 'contribution_amount OVER_FUNDING']);
    expect(errorOf(() => change('15000.01')).message).toContain(
      'amount 20000.00 USD, invited 5000.00 USD, requested 15000.01 USD, remaining 15000.00 USD',
    );
  });

  it.each([
    ['accepted', { status: 'accepted' }],
    ['declined', { status: 'declined' }],
    ['revoked', { status: 'revoked' }],
    ['expired', { status: 'expired' }],
    ['expired', { expiresAt: NOW }],
  ] as const)('rejects an invitation that is %s: %o', (status, changes) => {
    const { code, message } = errorOf(() => change(1, lenderOf('ana', changes)));
    expect([code, message]).toEqual(['CONFLICT', `This invitation is ${status}. Only a pending one can be changed.`]);
  });

  it.each(['funded', 'cancelled'] as const)('rejects a loan that is %s', (status) => {
    const { code, message } = errorOf(() => change(1, ana, { status }));
    expect([code, message]).toEqual(['CONFLICT', `This loan is ${status}. Only an open loan can be changed.`]);
  });
});

describe('revoke', () => {
  const revokeIn = (lender: Lender, changes: Partial<Loan> = {}) =>
    revoke(frozen(loanWith([lender, lenderOf('old')], changes)), frozen(lender), 2, NOW);

  it('frees the amount, and keeps the totals for the address', () => {
    const loan = loanWith([lenderOf('old')]);
    const { totalInvited, totalAccepted, lenderCount, acceptedCount } = loan;
    const loanAtRevocation = { version: 2, totalInvited, totalAccepted, lenderCount, acceptedCount };
    const lender = lenderOf('ana', { status: 'revoked', loanAtRevocation });
    const events = [{ type: 'lender.revoked', lender }];
    expect(revokeIn(lenderOf('ana'))).toEqual({ loan, lenders: [lender], events });
  });

  it('keeps no totals for a user who has answered an earlier round', () => {
    const userId = userIdFor('ana');
    expect(revokeIn(lenderOf('ana', { userId }))?.lenders).toEqual([lenderOf('ana', { userId, status: 'revoked' })]);
  });

  it('changes nothing for an invitation that was revoked, or ended with its loan', () => {
    expect(revokeIn(lenderOf('ana', { status: 'revoked' }))).toBeUndefined();
    expect(revokeIn(lenderOf('ana'), { status: 'cancelled' })).toBeUndefined();
    expect(revokeIn(lenderOf('ana'), { status: 'funded' })).toBeUndefined();
  });

  it.each([
    ['accepted', { status: 'accepted' }],
    ['declined', { status: 'declined' }],
    ['expired', { status: 'expired' }],
    ['expired', { expiresAt: NOW }],
  ] as const)('rejects an invitation that is %s: %o', (status, changes) => {
    const { code, message } = errorOf(() => revokeIn(lenderOf('ana', changes)));
    expect([code, message]).toEqual(['CONFLICT', `This invitation is ${status}. Only a pending one can be revoked.`]);
  });
});
