import { type Currency, currencyCodes } from '@private-lending/locale/currencies';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { amountOf, currencies, currencyOf, minorUnits, unitsOf } from '../testing/app/domain-fixtures.ts';
import {
  add,
  exceeds,
  formatAmount,
  formatMoney,
  MINOR_UNITS_MAX,
  parseAmount,
  subtract,
  sumAmounts,
  toMajorUnits,
  toMinorUnits,
  ZERO,
} from './money.ts';

const FINEST = 4;

/** `units` / 10^`decimals` as text, computed independently of the tested code. */
function decimalText(units: number, decimals: number): string {
  const digits = String(units).padStart(decimals + 1, '0');
  const fraction = digits.slice(digits.length - decimals);
  return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${fraction}`;
}

function withoutTrailingZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** A decimal text in units of its fourth decimal. */
function inFinest(text: string): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(FINEST, '0'));
}

/** Amounts with 0 to 4 decimals, of no particular currency. */
const amountTexts = fc
  .tuple(fc.integer({ min: 1, max: 1e12 }), fc.nat({ max: FINEST }))
  .map(([units, decimals]) => decimalText(units, decimals));

function parseUnits(text: string, currency: Currency): number | undefined {
  const amount = parseAmount(text);
  return amount && toMinorUnits(amount, currency);
}

describe('parseAmount, toMinorUnits and formatMoney', () => {
  it.each(currencyCodes)('format and parse amounts in %s without loss', (code) => {
    const currency = currencyOf(code);
    fc.assert(
      fc.property(minorUnits, (units) => {
        const [figure = '', unit] = formatMoney(units, currency).split(' ');
        expect([parseUnits(figure, currency), unit]).toEqual([units, code]);
      }),
      { numRuns: 30 },
    );
  });

  it('parses the same from a number and a string', () => {
    fc.assert(
      fc.property(minorUnits, currencies, (units, currency) => {
        const text = decimalText(units, currency.decimals);
        expect(parseUnits(text, currency)).toBe(units);
        const number = parseAmount(Number(text));
        expect(number && toMinorUnits(number, currency)).toBe(units);
        expect(number && exceeds(number, units, currency)).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([0, 1, 2, 3, 4])('toMajorUnits returns a number that prints as the exact decimal, with %i decimals', (decimals) => {
    fc.assert(
      fc.property(minorUnits, (units) => {
        const number = toMajorUnits(units, { code: 'XXX', decimals });
        expect(JSON.stringify(number)).toBe(withoutTrailingZeros(decimalText(units, decimals)));
      }),
      { numRuns: 2000 },
    );
  });

  it('parses a number by its shortest decimal form', () => {
    expect(parseAmount(0.1)).toEqual({ digits: 1n, decimals: 1 });
    expect(parseAmount(1e3)).toEqual({ digits: 1000n, decimals: 0 });
    expect(parseAmount(5000.0)).toEqual({ digits: 5000n, decimals: 0 });
    expect(parseAmount('5000.00')).toEqual({ digits: 500_000n, decimals: 2 });
    expect(parseAmount(0.1 + 0.2)).toBeUndefined();
  });
});

describe('sumAmounts and exceeds', () => {
  it('sumAmounts is exact for any decimals', () => {
    fc.assert(
      fc.property(fc.array(amountTexts, { maxLength: 20 }), (texts) => {
        const sum = sumAmounts(texts.map(amountOf));
        const expected = texts.reduce((total, text) => total + inFinest(text), 0n);
        expect(sum.digits * 10n ** BigInt(FINEST - sum.decimals)).toBe(expected);
      }),
    );
  });

  it('exceeds compares exactly', () => {
    const near = fc.integer({ min: -2, max: 2 });
    fc.assert(
      fc.property(minorUnits, currencies, near, fc.nat({ max: FINEST }), (units, currency, offset, decimals) => {
        const text = decimalText(Math.max(1, Math.round(units / 10 ** (currency.decimals - decimals)) + offset), decimals);
        const isMore = inFinest(text) > inFinest(decimalText(units, currency.decimals));
        expect(exceeds(amountOf(text), units, currency)).toBe(isMore);
      }),
      { numRuns: 2000 },
    );
  });

  it('exceeds is false for an equal amount', () => {
    expect(exceeds(amountOf('100.00'), unitsOf(100), currencyOf('JPY'))).toBe(false);
    expect(exceeds(amountOf('100.01'), unitsOf(100), currencyOf('JPY'))).toBe(true);
    expect(exceeds(amountOf(0.01), ZERO, currencyOf('USD'))).toBe(true);
  });
});

describe('input that is not an amount', () => {
  it.each([0, -0, -1, -0.01, 0.000_01, 1e-7, 1.234_56, 1e13, 1e21, Number.NaN, Infinity, -Infinity])(
    'rejects the number %d',
    (number) => {
      expect(parseAmount(number)).toBeUndefined();
    },
  );

  it.each([
    ...['0', '0.0', '0.00', '-1', '+1', '-0', '1e3', '1E3', '0x10', '01', '00', '00.5', '1.', '.5', '.', ''],
    ...[' 1', '1 ', '1\n', '1,000', '1,5', '1_000', "1'000", '1 000', '1.000.000', '1.12345', '10000000000000', '99999999999999'],
    ...['NaN', 'Infinity', '$5', '5 USD', '1/2', '\u0661\u0662', '\uff11', '\u00bd', '1\u00a0000', '1\u0000'],
  ])('rejects the string %j', (text) => {
    expect(parseAmount(text)).toBeUndefined();
  });

  it.each([
    ['1.5', 'JPY'],
    ['5000.00', 'JPY'],
    ['1.234', 'USD'],
    ['1.000', 'USD'],
    ['1.2345', 'BHD'],
  ])('rejects %s in %s, which has fewer decimals', (text, code) => {
    expect(parseUnits(text, currencyOf(code))).toBeUndefined();
  });

  it.each([
    ['1000000000000', '1000000000001', 'JPY'],
    ['10000000000.00', '10000000000.01', 'USD'],
    ['1000000000.000', '1000000000.001', 'BHD'],
    ['100000000.0000', '100000000.0001', 'CLF'],
  ])('accepts %s but not %s in %s', (largest, larger, code) => {
    expect(parseUnits(largest, currencyOf(code))).toBe(1e12);
    expect(parseUnits(larger, currencyOf(code))).toBeUndefined();
    expect(MINOR_UNITS_MAX).toBe(1e12);
  });
});

describe('formatting amounts', () => {
  it.each([
    [500_000, 'USD', '5000.00 USD'],
    [500, 'JPY', '500 JPY'],
    [1234, 'BHD', '1.234 BHD'],
    [5, 'USD', '0.05 USD'],
    [0, 'USD', '0.00 USD'],
    [0, 'JPY', '0 JPY'],
    [1, 'CLF', '0.0001 CLF'],
    [1e12, 'USD', '10000000000.00 USD'],
  ])('writes %i minor units of %s as %s', (units, code, text) => {
    expect(formatMoney(unitsOf(units), currencyOf(code))).toBe(text);
  });

  it.each([
    ['5', 'USD', '5.00 USD'],
    ['5.1', 'USD', '5.10 USD'],
    ['5.125', 'USD', '5.125 USD'],
    ['5.0', 'JPY', '5.0 JPY'],
  ])('writes the amount %s in %s as %s', (text, code, formatted) => {
    expect(formatAmount(amountOf(text), currencyOf(code))).toBe(formatted);
  });
});

describe('add and subtract', () => {
  it('adds and subtracts exactly', () => {
    fc.assert(
      fc.property(minorUnits, minorUnits, (a, b) => {
        expect(BigInt(add(a, b))).toBe(BigInt(a) + BigInt(b));
        expect(subtract(add(a, b), b)).toBe(a);
      }),
    );
  });

  it('rejects a negative result', () => {
    expect(() => subtract(ZERO, unitsOf(1))).toThrow(RangeError);
    expect(subtract(unitsOf(1), unitsOf(1))).toBe(0);
  });
});
