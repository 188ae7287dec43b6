import { describe, expect, it } from 'vitest';
import { type LoanInput, readLoanInput, toLoanBody } from './loan-input.ts';

const INPUT: LoanInput = {
  amount: '20,000',
  currency: 'USD',
  interest_rate: '4.5',
  term_months: '36',
  purpose: ' A workshop of our own ',
  name: '',
};

const bodyOf = (changes: Partial<LoanInput>, language: 'de' | 'en' = 'en') =>
  toLoanBody(readLoanInput({ ...INPUT, ...changes }, language));
const problemsOf = (changes: Partial<LoanInput>) => readLoanInput({ ...INPUT, ...changes }, 'en').problems;

describe('readLoanInput', () => {
  it('reads a loan as the API takes it', () => {
    expect(bodyOf({})).toEqual({
      amount: '20000',
      currency: 'USD',
      interest_rate: 4.5,
      term_months: 36,
      purpose: 'A workshop of our own',
    });
  });

  it('leaves out a purpose that is not given', () => {
    expect(bodyOf({ purpose: '  ' })).not.toHaveProperty('purpose');
  });

  it('reads amounts as the language writes them', () => {
    expect(bodyOf({ amount: '20.000,50' }, 'de')?.amount).toBe('20000.50');
  });

  it.each([
    ['0', 0],
    ['4,125', 4.125],
    ['4.50', 4.5],
    ['100 %', 100],
  ])('reads a rate of %j', (text, rate) => {
    expect(bodyOf({ interest_rate: text })?.interest_rate).toBe(rate);
  });

  it.each(['', '-1', '100.001', '4.1234', '1e1', 'four'])('rejects a rate of %j', (text) => {
    expect(problemsOf({ interest_rate: text })).toEqual({ interest_rate: { kind: 'rate' } });
  });

  it.each(['', '0', '481', '1.5', '-3'])('rejects a term of %j months', (text) => {
    expect(problemsOf({ term_months: text })).toEqual({ term_months: { kind: 'term' } });
  });

  it('counts the characters of the purpose and not its code units', () => {
    expect(problemsOf({ purpose: '🏡'.repeat(500) })).toEqual({});
    expect(problemsOf({ purpose: '🏡'.repeat(501) })).toEqual({ purpose: { kind: 'purposeLength' } });
  });

  it.each(['two\u2028lines', 'bell\u0007', 'a\u202eb', `a${'\u0301'.repeat(31)}`, 'x\ud800'])(
    'rejects a purpose of %j',
    (purpose) => {
      expect(problemsOf({ purpose })).toEqual({ purpose: { kind: 'purposeText' } });
    },
  );

  it('says what is wrong with an amount', () => {
    expect(problemsOf({ amount: '' })).toEqual({ amount: { kind: 'missingAmount' } });
    expect(problemsOf({ amount: '0' })).toEqual({ amount: { kind: 'amount', problem: { kind: 'zero' } } });
    expect(problemsOf({ amount: '10.5', currency: 'JPY' })).toMatchObject({
      amount: { kind: 'amount', problem: { kind: 'too many decimals' } },
    });
  });

  it('needs the name of the borrower only where it is asked for', () => {
    const read = (name: string) => readLoanInput({ ...INPUT, name }, 'en', true);
    expect(problemsOf({ name: '' })).toEqual({});
    expect(read('  ').problems).toEqual({ name: { kind: 'missingName' } });
    expect(toLoanBody(read(''))).toBeUndefined();
    expect(read('🏡'.repeat(81)).problems).toEqual({ name: { kind: 'nameLength' } });
    expect(read('a\u202eb').problems).toEqual({ name: { kind: 'purposeText' } });
    expect(read(' Berta ').values.name).toBe('Berta');
  });

  it('has no body while a field is wrong', () => {
    expect(bodyOf({ term_months: '' })).toBeUndefined();
  });
});
