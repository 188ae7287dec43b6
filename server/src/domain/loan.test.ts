import { describe, expect, it } from 'vitest';
import {
  amountOf,
  currencyOf,
  DAY_MS,
  emailOf,
  frozen,
  lenderIdFor,
  lenderOf,
  loanOf,
  NOW,
  unitsOf,
  userIdFor,
} from '../testing/app/domain-fixtures.ts';
import { DomainError, type FieldError } from './errors.ts';
import type { Lender } from './lender.ts';
import { cancel, changeContribution, type InvitationRequest, invite, type Loan, remaining, requireOpen, revoke } from './loan.ts';

const TERM = { invitedAt: NOW, expiresAt: NOW + 30 * DAY_MS };

function invitations(...context: readonly (readonly [name: string, amount: number | string])[]): InvitationRequest[] {
  return context.map(([name, amount], position) => ({
    path: `lenders[${position}]`,
    lenderId: lenderIdFor(name),
    email: emailOf(`${name}@example.com`),
    name: null,
    amount: amountOf(amount),
  }));
}

/** A loan in which these stand, its totals accordingly. */
function loanWith(lenders: readonly Lender[], changes: Partial<Loan> = {}): Loan {
  const live = lenders.filter(({ status }) => status === 'pending' || status === 'accepted');
  const sum = (rows: readonly Lender[]) => unitsOf(rows.reduce((total, { contribution }) => total + contribution, 0));
  const totalAccepted = sum(live.filter(({ status }) => status === 'accepted'));
  return loanOf({ totalInvited: sum(live), totalAccepted, lenderCount: live.length, ...changes });
}

function inviting(lenders: readonly Lender[], context: readonly InvitationRequest[], changes: Partial<Loan> = {}) {
  const standing = new Map(lenders.map((lender) => [lender.lenderId, frozen(lender)]));
  return invite(frozen(loanWith(lenders, changes)), standing, frozen(context), frozen(TERM));
}

/** The refusal of a rule: its code, or every problem where it has some. */
function refusalOf(rule: () => unknown): Pick<DomainError, 'code' | 'message'> & { problems: readonly FieldError[] } {
  try {
    rule();
  } catch (refusal) {
    if (refusal instanceof DomainError) return { code: refusal.code, message: refusal.message, problems: refusal.details };
    throw refusal;
  }
  throw new Error('nothing was refused');
}

function problemsOf(rule: () => unknown): string[] {
  return refusalOf(rule).problems.map(({ path, code }) => `${path} ${code}`);
}

const ended = (name: string) => lenderOf(name, { expiresAt: NOW });

describe('inviting lenders', () => {
  it('adds each to the totals and to the history', () => {
    const { loan, lenders, events } = inviting([lenderOf('old')], invitations(['ana', 100], ['ben', '0.01']));
    expect(loan).toEqual(loanOf({ totalInvited: unitsOf(510_001), lenderCount: 3, nextExpiry: TERM.expiresAt }));
    expect(lenders).toEqual([
      lenderOf('ana', { contribution: unitsOf(10_000), ...TERM }),
      lenderOf('ben', { contribution: unitsOf(1), ...TERM }),
    ]);
    expect(events).toEqual(lenders.map((lender) => ({ type: 'lender.invited', lender })));
  });

  it('changes nothing where nobody is named', () => {
    expect(inviting([lenderOf('old')], [])).toEqual({ loan: loanWith([lenderOf('old')]), lenders: [], events: [] });
  });

  it('allows exactly what remains', () => {
    const { loan } = inviting([lenderOf('old')], invitations(['ana', 7500], ['ben', 7500]));
    expect(remaining(loan)).toBe(0);
  });

  it.each(['declined', 'revoked', 'expired'] as const)(
    'invites anew whose last invitation was %s, in the next round and still theirs who answered',
    (status) => {
      const before = lenderOf('ana', { status, round: 3, userId: userIdFor('ana'), name: 'Ana' });
      const { loan, lenders, events } = inviting([before], invitations(['ana', 20_000]));
      const lender = lenderOf('ana', { contribution: unitsOf(2_000_000), round: 4, userId: userIdFor('ana'), ...TERM });
      expect(lenders).toEqual([lender]);
      expect(events).toEqual([{ type: 'lender.invited', lender }]);
      expect(loan).toEqual(loanOf({ totalInvited: unitsOf(2_000_000), lenderCount: 1, nextExpiry: TERM.expiresAt }));
    },
  );

  it('frees the old amount where nobody has written yet that the invitation has ended', () => {
    const before = ended('ana');
    const { loan, events } = inviting([before, lenderOf('old')], invitations(['ana', 15_000]));
    expect(loan).toEqual(loanOf({ totalInvited: unitsOf(2_000_000), lenderCount: 2, nextExpiry: TERM.expiresAt }));
    expect(events).toEqual([
      { type: 'lender.expired', lender: { ...before, status: 'expired' } },
      { type: 'lender.invited', lender: lenderOf('ana', { contribution: unitsOf(1_500_000), round: 2, ...TERM }) },
    ]);
  });

  it('tells of an end right before the invitation that follows it', () => {
    const { events } = inviting([ended('ben')], invitations(['ana', 1], ['ben', 1], ['eve', 1]));
    expect(events.map((event) => [event.type, 'lender' in event && event.lender.email])).toEqual([
      ['lender.invited', 'ana@example.com'],
      ['lender.expired', 'ben@example.com'],
      ['lender.invited', 'ben@example.com'],
      ['lender.invited', 'eve@example.com'],
    ]);
  });
});

describe('what is wrong with invitations', () => {
  it.each(['pending', 'accepted'] as const)('is an address whose invitation is %s', (status) => {
    const refusal = refusalOf(() => inviting([lenderOf('ana', { status })], invitations(['ben', 1], ['ana', 1])));
    expect(refusal).toEqual({
      code: 'VALIDATION_ERROR',
      message: 'ana@example.com has already been invited to this loan',
      problems: [
        {
          path: 'lenders[1].email',
          code: 'DUPLICATE_LENDER',
          message: 'ana@example.com has already been invited to this loan',
        },
      ],
    });
  });

  it('is told all together, in the order of the request, over-funding last', () => {
    const standing = [lenderOf('ana'), lenderOf('ben'), lenderOf('eve')];
    const context = invitations(['dan', '1.125'], ['ben', 10], ['zoe', 9_000_000], ['ana', '0.001'], ['gus', 1]);
    expect(problemsOf(() => inviting(standing, context))).toEqual([
      'lenders[0].contribution_amount INVALID',
      'lenders[1].email DUPLICATE_LENDER',
      'lenders[3].email DUPLICATE_LENDER',
      'lenders[3].contribution_amount INVALID',
      'lenders OVER_FUNDING',
    ]);
    expect(refusalOf(() => inviting(standing, context)).message).toMatch(/^1\.125 USD has more decimals than USD allows: 2\.$/);
  });

  it('is an amount over the limit of the currency', () => {
    const { problems } = refusalOf(() => inviting([], invitations(['ana', '10000000000.01'])));
    expect(problems[0]?.message).toMatch(/^10000000000\.01 USD is too much: at most 10000000000\.00 USD\.$/);
  });

  it('is over-funding by the sum as sent, also where single amounts do not fit the currency', () => {
    const { problems } = refusalOf(() => inviting([lenderOf('old')], invitations(['ana', 15_000], ['ben', '0.001'])));
    expect(problems.map(({ code }) => code)).toEqual(['INVALID', 'OVER_FUNDING']);
    expect(problems[1]?.message).toBe(
      'This would over-fund the loan: amount 20000.00 USD, invited 5000.00 USD, requested 15000.001 USD, ' +
        'remaining 15000.00 USD. Please lower the contributions.',
    );
  });

  it('counts what an ended invitation of the same request frees', () => {
    expect(problemsOf(() => inviting([ended('ana'), lenderOf('old')], invitations(['ana', '15000.01'])))).toEqual([
      'lenders OVER_FUNDING',
    ]);
  });

  it('is told in the figures of the currency', () => {
    const yen = { currency: currencyOf('JPY'), amount: unitsOf(500) };
    const { message } = refusalOf(() => inviting([], invitations(['ana', 501]), yen));
    expect(message).toContain('amount 500 JPY, invited 0 JPY, requested 501 JPY, remaining 500 JPY');
  });
});

describe('changing a contribution', () => {
  const ana = frozen(lenderOf('ana'));
  const changing = (amount: number | string, lender = ana, changes: Partial<Loan> = {}) =>
    changeContribution(frozen(loanWith([lender, lenderOf('old')], changes)), lender, amountOf(amount), NOW);

  it.each([
    ['lower', 1, 500_100],
    ['higher', 15_000, 2_000_000],
  ])('moves the total by the difference where it is %s', (_how, amount, totalInvited) => {
    const lender = { ...ana, contribution: unitsOf(amount * 100) };
    expect(changing(amount)).toEqual({
      loan: loanOf({ totalInvited: unitsOf(totalInvited), lenderCount: 2 }),
      lenders: [lender],
      events: [{ type: 'lender.changed', lender }],
    });
  });

  it('is nothing where it is the same amount', () => {
    expect(changing('5000.00')).toBeUndefined();
  });

  it('is refused with every reason, in figures that add up', () => {
    expect(problemsOf(() => changing('15000.001'))).toEqual(['contribution_amount INVALID', 'contribution_amount OVER_FUNDING']);
    expect(refusalOf(() => changing('15000.01')).message).toContain(
      'amount 20000.00 USD, invited 5000.00 USD, requested 15000.01 USD, remaining 15000.00 USD',
    );
  });

  it.each([
    ['accepted', { status: 'accepted' }],
    ['declined', { status: 'declined' }],
    ['revoked', { status: 'revoked' }],
    ['expired', { status: 'expired' }],
    ['expired', { expiresAt: NOW }],
  ] as const)('is refused where the invitation is %s', (status, changes) => {
    const { code, message } = refusalOf(() => changing(1, lenderOf('ana', changes)));
    expect([code, message]).toEqual(['CONFLICT', `This invitation is ${status}. Only a pending one can be changed.`]);
  });

  it.each(['funded', 'cancelled'] as const)('is refused where the loan is %s', (status) => {
    const { code, message } = refusalOf(() => changing(1, ana, { status }));
    expect([code, message]).toEqual(['CONFLICT', `This loan is ${status}. Only an open loan can be changed.`]);
  });
});

describe('revoking an invitation', () => {
  const revoking = (lender: Lender, changes: Partial<Loan> = {}) =>
    revoke(frozen(loanWith([lender, lenderOf('old')], changes)), frozen(lender), NOW);

  it('frees its amount', () => {
    const lender = lenderOf('ana', { status: 'revoked' });
    expect(revoking(lenderOf('ana'))).toEqual({
      loan: loanWith([lenderOf('old')]),
      lenders: [lender],
      events: [{ type: 'lender.revoked', lender }],
    });
  });

  it('is nothing where it is revoked already, by itself or with its loan', () => {
    expect(revoking(lenderOf('ana', { status: 'revoked' }))).toBeUndefined();
    expect(revoking(lenderOf('ana'), { status: 'cancelled' })).toBeUndefined();
    expect(revoking(lenderOf('ana'), { status: 'funded' })).toBeUndefined();
  });

  it.each([
    ['accepted', { status: 'accepted' }],
    ['declined', { status: 'declined' }],
    ['expired', { status: 'expired' }],
    ['expired', { expiresAt: NOW }],
  ] as const)('is refused where it is %s', (status, changes) => {
    const { code, message } = refusalOf(() => revoking(lenderOf('ana', changes)));
    expect([code, message]).toEqual(['CONFLICT', `This invitation is ${status}. Only a pending one can be revoked.`]);
  });
});

describe('cancelling a loan', () => {
  const lenders = [lenderOf('ana'), lenderOf('ben', { status: 'accepted' })];

  it('frees everything and writes no lender', () => {
    expect(cancel(frozen(loanWith(lenders)))).toEqual({
      loan: loanOf({ status: 'cancelled' }),
      lenders: [],
      events: [{ type: 'loan.cancelled' }],
    });
  });

  it('is nothing where that is so already', () => {
    expect(cancel(frozen(loanWith(lenders, { status: 'cancelled' })))).toBeUndefined();
  });

  it('is refused where the loan is funded', () => {
    expect(refusalOf(() => cancel(loanOf({ status: 'funded' })))).toMatchObject({ code: 'CONFLICT', problems: [] });
  });
});

describe('a loan that is asked to be open', () => {
  it('is, or is refused by what it is', () => {
    expect(() => requireOpen(loanOf())).not.toThrow();
    for (const status of ['funded', 'cancelled'] as const)
      expect(refusalOf(() => requireOpen(loanOf({ status }))).message).toBe(
        `This loan is ${status}. Only an open loan can be changed.`,
      );
  });
});
