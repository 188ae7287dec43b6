import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { DomainError, type FieldError } from '../domain/errors.ts';
import * as fields from '../schemas/input-fields.ts';
import { validateInput } from './validate-input.ts';

const schema = z.object({ amount: fields.amount, term_months: fields.termMonths, lenders: fields.lenders });

const lender = { email: 'ana@example.com', contribution_amount: 1 };
const good = { amount: 5000, term_months: 12, lenders: [lender] };
type Found = Parameters<typeof validateInput>[2];

const none: Found = { before: [], among: [] };

function refusalOf(sent: Readonly<Record<string, unknown>>, found: Partial<Found> = {}): DomainError {
  try {
    validateInput(schema, sent, { ...none, ...found });
  } catch (refusal) {
    if (refusal instanceof DomainError) return refusal;
    throw refusal;
  }
  throw new Error('nothing was refused');
}

function problem(path: string, code: FieldError['code'] = 'INVALID'): FieldError {
  return { path, code, message: `${path} is amiss` };
}

const pathsOf = ({ details }: DomainError) => details.map(({ path }) => path);

describe('a form', () => {
  it('is read where nothing is wrong with it, without what it does not know', () => {
    expect(validateInput(schema, { ...good, colour: 'red' }, none)).toEqual({
      amount: { digits: 5000n, decimals: 0 },
      term_months: 12,
      lenders: [{ email: 'ana@example.com', contribution_amount: { digits: 1n, decimals: 0 }, name: null }],
    });
  });

  it('is refused with every problem at once, the first of which is the message', () => {
    const refusal = refusalOf({
      amount: 0,
      term_months: 481,
      lenders: [lender, { email: 'ana', contribution_amount: '01', name: 7 }],
    });
    expect(refusal.code).toBe('VALIDATION_ERROR');
    expect(pathsOf(refusal)).toEqual([
      'amount',
      'term_months',
      'lenders[1].email',
      'lenders[1].contribution_amount',
      'lenders[1].name',
    ]);
    expect(refusal.message).toBe(refusal.details[0]?.message);
    expect(refusal.details[1]).toEqual({
      path: 'term_months',
      code: 'INVALID',
      message: 'term_months must be a whole number of months from 1 to 480.',
    });
  });
});

describe('a list of problems', () => {
  it('is told in the order of the request, whatever the order of the schema', () => {
    const lenders = [
      { contribution_amount: 0, email: 'x' },
      { email: 'y', contribution_amount: 0 },
    ];
    expect(pathsOf(refusalOf({ lenders, term_months: 0, amount: 0 }))).toEqual([
      'lenders[0].contribution_amount',
      'lenders[0].email',
      'lenders[1].email',
      'lenders[1].contribution_amount',
      'term_months',
      'amount',
    ]);
  });

  it('names what is missing last', () => {
    expect(pathsOf(refusalOf({}))).toEqual(['amount', 'term_months', 'lenders']);
    expect(pathsOf(refusalOf({ lenders: [{ contribution_amount: 0 }] }))).toEqual([
      'lenders[0].contribution_amount',
      'lenders[0].email',
      'amount',
      'term_months',
    ]);
  });

  it('puts the problems of the use case where their fields stand', () => {
    const lenders = [
      { email: 'ana@example.com', contribution_amount: 0 },
      lender,
      'nobody',
      ...Array.from({ length: 8 }, () => lender),
    ];
    const among = [
      problem('amount'),
      problem('lenders[0].email', 'SELF_INVITATION'),
      problem('lenders[10].email'),
      problem('lenders[1].email'),
    ];
    expect(pathsOf(refusalOf({ ...good, term_months: 0, lenders }, { among }))).toEqual([
      'amount',
      'term_months',
      'lenders[0].email',
      'lenders[0].contribution_amount',
      'lenders[1].email',
      'lenders[2]',
      'lenders[10].email',
    ]);
  });

  it('keeps two problems of one field in the order in which they were found', () => {
    const among = [problem('lenders[0].email', 'DUPLICATE_IN_REQUEST'), problem('lenders[0].email', 'SELF_INVITATION')];
    expect(refusalOf(good, { among }).details.map(({ code }) => code)).toEqual(['DUPLICATE_IN_REQUEST', 'SELF_INVITATION']);
  });

  it('puts first what was found before it was read', () => {
    expect(pathsOf(refusalOf({ ...good, amount: 0 }, { before: [problem('Idempotency-Key')] }))).toEqual([
      'Idempotency-Key',
      'amount',
    ]);
    expect(pathsOf(refusalOf(good, { before: [problem('Idempotency-Key')] }))).toEqual(['Idempotency-Key']);
  });
});

describe('a form that asks for too much or the wrong kind of thing', () => {
  it('is refused for too many lenders alone, whatever else is wrong', () => {
    const lenders = Array.from({ length: 21 }, () => ({ email: 'x', contribution_amount: 0 }));
    const { details, message } = refusalOf(
      { amount: 0, lenders },
      { before: [problem('Idempotency-Key')], among: [problem('lenders[0].email')] },
    );
    expect(details).toEqual([{ path: 'lenders', code: 'TOO_MANY_LENDERS', message }]);
    expect(message).toBe(
      'Cannot add more than 20 lenders per request. You provided 21 lenders. Please split into multiple requests.',
    );
  });

  it.each([
    ['lenders', null],
    ['lenders', 'ana@example.com'],
    ['lenders', []],
    ['lenders[0]', [null]],
    ['lenders[0]', [['ana@example.com', 1]]],
    ['lenders[0].email', [{ ...lender, email: ['ana@example.com'] }]],
    ['lenders[0].contribution_amount', [{ ...lender, contribution_amount: true }]],
    ['lenders[0].contribution_amount', [{ ...lender, contribution_amount: Infinity }]],
    ['lenders[0].name', [{ ...lender, name: 'a\nb' }]],
    ['lenders[0].name', [{ ...lender, name: 'x'.repeat(81) }]],
  ])('tells the one problem with %s being %j', (path, lenders) => {
    expect(refusalOf({ ...good, lenders }).details).toEqual([
      { path, code: 'INVALID', message: expect.stringMatching(new RegExp(`^${path.replaceAll(/[[\]]/g, '\\$&')} must .+\\.$`)) },
    ]);
  });
});
