import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { DomainError, type FieldError } from '../domain/errors.ts';
import * as fields from '../schemas/input-fields.ts';
import { validateInput } from './validate-input.ts';

const schema = z.object({ amount: fields.amount, term_months: fields.termMonths, lenders: fields.lenders });

const lender = { email: 'ana@example.com', contribution_amount: 1 };
const good = { amount: 5000, term_months: 12, lenders: [lender] };
type Known = Parameters<typeof validateInput>[2];

function errorOf(sent: Readonly<Record<string, unknown>>, known?: Known): DomainError {
  try {
    validateInput(schema, sent, known);
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error('the input was valid');
}

function violation(path: string, code: FieldError['code'] = 'INVALID'): FieldError {
  return { path, code, message: `${path} is wrong` };
}

const pathsOf = ({ details }: DomainError) => details.map(({ path }) => path);

describe('validateInput', () => {
  it('returns the parsed input without unknown members', () => {
    expect(validateInput(schema, { ...good, colour: 'red' })).toEqual({
      amount: { digits: 5000n, decimals: 0 },
      term_months: 12,
      lenders: [{ email: 'ana@example.com', contribution_amount: { digits: 1n, decimals: 0 }, name: null }],
    });
  });

  it('reports all violations at once; the message is the first one', () => {
    const error = errorOf({
      amount: 0,
      term_months: 481,
      lenders: [lender, { email: 'ana', contribution_amount: '01', name: 7 }],
    });
    expect(error.code).toBe('VALIDATION_ERROR');
    expect(pathsOf(error)).toEqual([
      'amount',
      'term_months',
      'lenders[1].email',
      'lenders[1].contribution_amount',
      'lenders[1].name',
    ]);
    expect(error.message).toBe(error.details[0]?.message);
    expect(error.details[1]).toEqual({
      path: 'term_months',
      code: 'INVALID',
      message: 'term_months must be a whole number of months from 1 to 480.',
    });
  });
});

describe('the order of violations', () => {
  it('follows the request, not the schema', () => {
    const lenders = [
      { contribution_amount: 0, email: 'x' },
      { email: 'y', contribution_amount: 0 },
    ];
    expect(pathsOf(errorOf({ lenders, term_months: 0, amount: 0 }))).toEqual([
      'lenders[0].contribution_amount',
      'lenders[0].email',
      'lenders[1].email',
      'lenders[1].contribution_amount',
      'term_months',
      'amount',
    ]);
  });

  it('puts missing members last', () => {
    expect(pathsOf(errorOf({}))).toEqual(['amount', 'term_months', 'lenders']);
    expect(pathsOf(errorOf({ lenders: [{ contribution_amount: 0 }] }))).toEqual([
      'lenders[0].contribution_amount',
      'lenders[0].email',
      'amount',
      'term_months',
    ]);
  });

  it('sorts violations that the use case found among those of the schema', () => {
    const lenders = [
      { email: 'ana@example.com', contribution_amount: 0 },
      lender,
      'nobody',
      ...Array.from({ length: 8 }, () => lender),
    ];
    const members = [
      violation('amount'),
      violation('lenders[0].email', 'SELF_INVITATION'),
      violation('lenders[10].email'),
      violation('lenders[1].email'),
    ];
    expect(pathsOf(errorOf({ ...good, term_months: 0, lenders }, { members }))).toEqual([
      'amount',
      'term_months',
      'lenders[0].email',
      'lenders[0].contribution_amount',
      'lenders[1].email',
      'lenders[2]',
      'lenders[10].email',
    ]);
  });

  it('keeps two violations of one field in the order in which they were found', () => {
    const members = [violation('lenders[0].email', 'DUPLICATE_IN_REQUEST'), violation('lenders[0].email', 'SELF_INVITATION')];
    expect(errorOf(good, { members }).details.map(({ code }) => code)).toEqual(['DUPLICATE_IN_REQUEST', 'SELF_INVITATION']);
  });

  it('puts violations of other parts of the request first', () => {
    expect(pathsOf(errorOf({ ...good, amount: 0 }, { headers: [violation('Idempotency-Key')] }))).toEqual([
      'Idempotency-Key',
      'amount',
    ]);
    expect(pathsOf(errorOf(good, { headers: [violation('Idempotency-Key')] }))).toEqual(['Idempotency-Key']);
  });
});

describe('the work of validateInput', () => {
  it('lists the members of an object once, however many violations it places', () => {
    const unknown = Array.from({ length: 5000 }, (_, index) => [`unknown${index}`, 0] as const);
    const listings = (invalidLenders: number) => {
      let count = 0;
      const lenders = Array.from({ length: invalidLenders }, () => ({ email: 'x', contribution_amount: 0, name: 7 }));
      const sent = { ...Object.fromEntries(unknown), lenders };
      const listed = new Proxy(sent, {
        ownKeys(target) {
          count += 1;
          return Reflect.ownKeys(target);
        },
      });
      expect(pathsOf(errorOf(listed))).toHaveLength(3 * invalidLenders + 2);
      return count;
    };
    expect(listings(20)).toBe(listings(1));
  });

  it('reports the first hundred violations in the order of the request', () => {
    const names = Array.from({ length: 250 }, (_, index) => `field${index}`);
    const wide = z.object(Object.fromEntries(names.toReversed().map((name) => [name, z.string()])));
    const sent = Object.fromEntries(names.map((name) => [name, 0]));
    const rejected = () => validateInput(wide, sent, { headers: [violation('Idempotency-Key')] });
    expect(rejected).toThrow(DomainError);
    try {
      rejected();
    } catch (error) {
      expect(error instanceof DomainError && pathsOf(error)).toEqual(['Idempotency-Key', ...names.slice(0, 99)]);
    }
  });

  it('counts lenders before it reads any', () => {
    const read = vi.fn();
    const lenders = Array.from({ length: 30_000 }, () => ({
      get email() {
        return read();
      },
    }));
    expect(errorOf({ ...good, lenders }).details.map(({ code }) => code)).toEqual(['TOO_MANY_LENDERS']);
    expect(read).not.toHaveBeenCalled();
  });
});

describe('validateInput of lenders', () => {
  it('reports too many lenders alone, whatever else is wrong', () => {
    const lenders = Array.from({ length: 21 }, () => ({ email: 'x', contribution_amount: 0 }));
    const { details, message } = errorOf(
      { amount: 0, lenders },
      { headers: [violation('Idempotency-Key')], members: [violation('lenders[0].email')] },
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
  ])('reports one violation of %s for %j', (path, lenders) => {
    expect(errorOf({ ...good, lenders }).details).toEqual([
      { path, code: 'INVALID', message: expect.stringMatching(new RegExp(`^${path.replaceAll(/[[\]]/g, '\\$&')} must .+\\.$`)) },
    ]);
  });
});
