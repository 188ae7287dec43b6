import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCsvAmount } from './parse-amount.ts';

describe('parseCsvAmount', () => {
  it.each([
    ['5000', '5000'],
    ['49.99', '49.99'],
    ['49,99', '49.99'],
    ['49,9', '49.9'],
    ['5,000.00', '5000.00'],
    ['5.000,00', '5000.00'],
    ['1,234,567', '1234567'],
    ['1.234.567,8', '1234567.8'],
    ['1,234.567', '1234.567'],
    ["1'234'567.89", '1234567.89'],
    ['1’234.50', '1234.50'],
    ['1 234,50', '1234.50'],
    ['1\u202f234\u202f567', '1234567'],
    ['1\u00a0234,567', '1234.567'],
    ['0,125', '0.125'],
    ['1234,567', '1234.567'],
    [' 7 ', '7'],
  ])('parses %s as %s', (text, amount) => {
    expect(parseCsvAmount(text, false)).toEqual({ amount });
  });

  it.each([['173,900'], ['1,234'], ['1.234'], ['999.000']])('rejects %s, which has two readings', (text) => {
    expect(parseCsvAmount(text, false)).toEqual({ error: expect.stringContaining(' may be ') });
  });

  it('reads a lone point as decimal only where the delimiter is no semicolon', () => {
    expect(parseCsvAmount('1.234', true)).toEqual({ amount: '1.234' });
    expect(parseCsvAmount('173,900', true)).toHaveProperty('error');
  });

  it.each([
    '',
    '-5',
    '+5',
    '5%',
    '1e3',
    '$5',
    '5 USD',
    '5.',
    '.5',
    '1,2,3',
    '1.23.456',
    '12,34,567',
    '1 23',
    '1,234 567',
    '5..0',
    '５',
    '1.234,567.8',
    '0,123,456',
    '1 234 56',
    'NaN',
    '0x10',
    '1_000',
  ])('rejects %s', (text) => {
    expect(parseCsvAmount(text, true)).toHaveProperty('error');
  });

  it('parses the notation of every country exactly, or rejects it as ambiguous', () => {
    const country = fc.constantFrom(
      { group: ',', decimal: '.' },
      { group: '.', decimal: ',' },
      { group: '’', decimal: '.' },
      { group: '\u202f', decimal: ',' },
      { group: '', decimal: ',' },
      { group: '', decimal: '.' },
    );
    const digits = fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 12n }), fc.integer({ min: 0, max: 4 }), fc.nat(9999));
    fc.assert(
      fc.property(country, digits, ({ group, decimal }, [units, decimals, fraction]) => {
        const tail = String(fraction).padStart(4, '0').slice(0, decimals);
        const grouped = String(units).replaceAll(/\B(?=(\d{3})+$)/g, group);
        const written = decimals > 0 ? `${grouped}${decimal}${tail}` : grouped;
        const exact = decimals > 0 ? `${units}.${tail}` : String(units);
        const parsed = parseCsvAmount(written, false);
        if ('amount' in parsed) expect(parsed.amount).toBe(exact);
        else expect(/^[1-9]\d{0,2}[.,]\d{3}$/.test(written)).toBe(true);
      }),
    );
  });
});
