import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Currency, currencyCodes, parseCurrency, UNITS_MAX } from './currencies.ts';
import { LANGUAGES, type Language, NUMBER_MARKS } from './languages.ts';
import { formatAmount, formatDecimal, formatMinorUnits, formatMoney, formatPercent } from './numbers.ts';
import { parseAmount } from './read-amount.ts';

const units = fc.oneof(fc.integer({ min: 1, max: UNITS_MAX }), fc.integer({ min: 1, max: 99_999 }), fc.constant(UNITS_MAX));
const inLanguage = currencyCodes.flatMap((code) => LANGUAGES.map((language) => [code, language] as const));

function currencyOf(code: string): Currency {
  const currency = parseCurrency(code);
  if (!currency) throw new Error(`${code} is no currency`);
  return currency;
}

/** Independent of the tested code. */
function majorUnits(minor: number, { decimals }: Currency): string {
  const digits = String(minor).padStart(decimals + 1, '0');
  return digits.slice(0, digits.length - decimals) + (decimals > 0 ? `.${digits.slice(-decimals)}` : '');
}

describe('formatMoney', () => {
  it.each<[amount: number | string, code: string, english: string, german: string]>([
    [5000, 'USD', '5,000.00 USD', '5.000,00 USD'],
    ['5000.00', 'USD', '5,000.00 USD', '5.000,00 USD'],
    [0, 'EUR', '0.00 EUR', '0,00 EUR'],
    [999, 'JPY', '999 JPY', '999 JPY'],
    [1234567, 'JPY', '1,234,567 JPY', '1.234.567 JPY'],
    [1234.5, 'BHD', '1,234.500 BHD', '1.234,500 BHD'],
    [0.0001, 'CLF', '0.0001 CLF', '0,0001 CLF'],
    [10_000_000_000, 'USD', '10,000,000,000.00 USD', '10.000.000.000,00 USD'],
    [9_999_999_999.99, 'USD', '9,999,999,999.99 USD', '9.999.999.999,99 USD'],
    ['5.125', 'USD', '5.125 USD', '5,125 USD'],
    [-1234.5, 'USD', '-1,234.50 USD', '-1.234,50 USD'],
    ['5000.1', 'XXX', '5,000.1 XXX', '5.000,1 XXX'],
  ])('formats %s %s as %s, and in German as %s', (amount, code, english, german) => {
    expect([formatMoney(amount, code, 'en'), formatMoney(amount, code, 'de')]).toEqual([english, german]);
  });

  it.each(inLanguage)('formats every amount in %s exactly, with the decimals of ISO 4217: %s', (code, language) => {
    const currency = currencyOf(code);
    const { group, decimal } = NUMBER_MARKS[language];
    fc.assert(
      fc.property(units, (minor) => {
        const exact = majorUnits(minor, currency);
        const formatted = formatMinorUnits(minor, currency, language);
        expect(formatted.replaceAll(group, '').replace(decimal, '.')).toBe(`${exact} ${code}`);
        expect(formatMoney(exact, currency, language)).toBe(formatted);
        expect(formatMoney(Number(exact), code, language)).toBe(formatted);
        const [whole = ''] = formatted.split(' ')[0]?.split(decimal) ?? [];
        expect(
          whole
            .split(group)
            .slice(1)
            .every((each) => each.length === 3),
        ).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it.each(inLanguage)('formats amounts in %s that parseAmount reads back, with the code and without: %s', (code, language) => {
    const currency = currencyOf(code);
    fc.assert(
      fc.property(units, (minor) => {
        const exact = majorUnits(minor, currency);
        for (const text of [formatMoney(exact, currency, language), formatAmount(exact, currency, language)]) {
          expect(parseAmount(text, currency, language)).toEqual({ amount: exact });
        }
      }),
      { numRuns: 30 },
    );
  });

  it.each([Number.NaN, Infinity, 1e21, 1e-7, '', '5,000', '1e3', '.5', '5.', ' 5'])('rejects %j', (amount) => {
    expect(() => formatMoney(amount, 'USD', 'en')).toThrow(RangeError);
  });

  it('formatMinorUnits rejects what is not an integer', () => {
    for (const minor of [0.5, Number.NaN, 2 ** 53])
      expect(() => formatMinorUnits(minor, currencyOf('USD'), 'en')).toThrow(RangeError);
    expect(formatMinorUnits(-5, currencyOf('USD'), 'de')).toBe('-0,05 USD');
  });
});

describe('formatPercent and formatDecimal', () => {
  it.each<[percent: number, language: Language, text: string]>([
    [4.5, 'en', '4.5%'],
    [4.5, 'de', '4,5\u00a0%'],
    [0, 'en', '0%'],
    [12.125, 'de', '12,125\u00a0%'],
    [100, 'en', '100%'],
  ])('formats %d percent in %s as %s', (percent, language, text) => {
    expect(formatPercent(percent, language)).toBe(text);
  });

  it('groups counts', () => {
    expect([formatDecimal(5000, 'en'), formatDecimal(100_000, 'de'), formatDecimal(20, 'de')]).toEqual(['5,000', '100.000', '20']);
  });
});
