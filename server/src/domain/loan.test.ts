import { describe, expect, it } from 'vitest';
import { errorOf, frozen, lenderOf, loanOf, loanWith } from '../testing/app/domain-fixtures.ts';
import { cancel, close, requireOpen } from './loan.ts';

describe('requireOpen', () => {
  it('accepts an open loan only', () => {
    expect(() => requireOpen(loanOf())).not.toThrow();
    for (const status of ['funded', 'cancelled'] as const)
      expect(errorOf(() => requireOpen(loanOf({ status }))).message).toBe(
        `This loan is ${status}. Only an open loan can be changed.`,
      );
  });
});

describe('cancel', () => {
  const lenders = [lenderOf('ana'), lenderOf('ben', { status: 'accepted' })];

  it('frees all amounts and writes no lender', () => {
    expect(cancel(frozen(loanWith(lenders)))).toEqual({
      loan: loanOf({ status: 'cancelled' }),
      lenders: [],
      events: [{ type: 'loan.cancelled' }],
    });
  });

  it('changes nothing on a cancelled loan', () => {
    expect(cancel(frozen(loanWith(lenders, { status: 'cancelled' })))).toBeUndefined();
  });

  it('rejects a funded loan', () => {
    expect(errorOf(() => cancel(loanOf({ status: 'funded' })))).toMatchObject({ code: 'CONFLICT', details: [] });
  });
});

describe('close', () => {
  const accepted = lenderOf('ana', { status: 'accepted' });

  it('funds the loan at the accepted total and writes no lender', () => {
    expect(close(frozen(loanWith([accepted, lenderOf('ben'), lenderOf('eve')])))).toEqual({
      loan: loanWith([accepted], { status: 'funded' }),
      lenders: [],
      events: [{ type: 'loan.closed' }],
    });
  });

  it('changes nothing on a funded loan', () => {
    expect(close(frozen(loanWith([accepted], { status: 'funded' })))).toBeUndefined();
  });

  it('rejects a loan without acceptances, and a cancelled one', () => {
    const [unaccepted, cancelled] = [loanWith([lenderOf('ben')]), loanOf({ status: 'cancelled' })].map((loan) =>
      errorOf(() => close(frozen(loan))),
    );
    expect(unaccepted).toMatchObject({ code: 'CONFLICT', message: expect.stringMatching(/^Nobody has accepted yet/) });
    expect(cancelled).toMatchObject({ code: 'CONFLICT', message: expect.stringMatching(/^This loan is cancelled/) });
  });
});
