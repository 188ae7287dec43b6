import { parseCurrency } from '@private-lending/locale/currencies';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAmount, toMinorUnits } from '../../domain/money.ts';
import { found } from '../../testing/app/domain-fixtures.ts';
import { type AmountFormat, parseCsvAmount } from './parse-amount.ts';

function formatOf(code: string, pointIsDecimal = false): AmountFormat {
  return { currency: found(parseCurrency(code), code), decimalMark: pointIsDecimal ? '.' : undefined, isShown: false };
}

const CLF = formatOf('CLF');
/** Codes with each number of decimals. */
const CODES = ['JPY', 'USD', 'BHD', 'CLF'] as const;

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
    ['1,00,000', '100000'],
    ['12,34,567.89', '1234567.89'],
    ['1,23,45,678', '12345678'],
    [' 7 ', '7'],
    ['0.12500', '0.1250'],
  ])('parses %s as %s', (text, amount) => {
    expect(parseCsvAmount(text, CLF)).toEqual({ amount });
  });

  it.each([
    ['50,-', '50', 'EUR'],
    ['€ 1.200,-', '1200', 'EUR'],
    ['50,- €', '50', 'EUR'],
    ["1'200.–", '1200', 'CHF'],
    ["CHF 1'200.--", '1200', 'CHF'],
    ['1 200:-', '1200', 'SEK'],
    ['Rs.500/-', '500', 'INR'],
    ['1.234,-', '1234', 'BHD'],
    ['US $1,234', '1234', 'USD'],
  ])('parses %s, without decimals, as %s %s', (text, amount, code) => {
    expect(parseCsvAmount(text, formatOf(code))).toEqual({ amount });
  });

  it.each(['49.50,-', '50-', '50,-5', '50,-x', '- 50,-', '50 to 60'])('rejects %s beside signs of no decimals', (text) => {
    expect(parseCsvAmount(text, formatOf('EUR'))).toHaveProperty('reason');
  });

  it.each([['173,900'], ['1,234'], ['1.234'], ['999.000']])('rejects %s, which has two readings', (text) => {
    for (const code of ['USD', 'BHD', 'CLF'])
      expect(parseCsvAmount(text, formatOf(code))).toEqual({
        reason: 'AMOUNT_AMBIGUOUS',
        message: expect.stringContaining(' may be '),
      });
  });

  it('reads a lone point as decimal only where the delimiter is no semicolon', () => {
    expect(parseCsvAmount('1.234', formatOf('BHD', true))).toEqual({ amount: '1.234' });
    expect(parseCsvAmount('173,900', formatOf('BHD', true))).toHaveProperty('reason');
  });

  it.each([
    '1,234',
    '1.234',
    '1 234',
    "1'234",
    '1’234',
    '1\u202f234',
    '1\u00a0234',
    '¥1,234',
    '￥1,234',
    '1.234 JPY',
    '1234.0',
    '1,234.00',
  ])('parses %s as one thousand and more in a currency without decimals', (text) => {
    for (const pointIsDecimal of [true, false])
      expect(parseCsvAmount(text, formatOf('JPY', pointIsDecimal))).toEqual({ amount: '1234' });
  });

  it.each([
    ['USD', '$1,200.00', '1200.00'],
    ['USD', 'US$1,200.00', '1200.00'],
    ['USD', '1,200 USD', '1200'],
    ['USD', 'usd1200', '1200'],
    ['USD', '$1,200.00 USD', '1200.00'],
    ['CAD', '$1,200.00', '1200.00'],
    ['CAD', 'C$ 5', '5'],
    ['MXN', '$1,200.00', '1200.00'],
    ['EUR', '1.200,00 €', '1200.00'],
    ['EUR', '1.200,00\u00a0€', '1200.00'],
    ['EUR', '1\u202f200,00 €', '1200.00'],
    ['EUR', 'EUR 1.200,00', '1200.00'],
    ['EUR', '1.200 €', '1200'],
    ['GBP', '£1,200', '1200'],
    ['EGP', '£7.5', '7.5'],
    ['CHF', "CHF 1'200.00", '1200.00'],
    ['CHF', 'Fr. 1’200.00', '1200.00'],
    ['BRL', 'R$ 1.200,00', '1200.00'],
    ['SEK', '1 200,00 kr', '1200.00'],
    ['DKK', '1.200,00 kr.', '1200.00'],
    ['NOK', 'kr 1\u00a0200,00', '1200.00'],
    ['ISK', '1.200 kr.', '1200'],
    ['PLN', '1200,00 zł', '1200.00'],
    ['CZK', '1 200,00 Kč', '1200.00'],
    ['INR', '₹1,00,000.00', '100000.00'],
    ['PKR', '₨ 500', '500'],
    ['CNY', '¥1,234.50', '1234.50'],
    ['ILS', '\u200f1,200.00 \u200f₪', '1200.00'],
    ['BHD', 'BHD 5.250', undefined],
    ['BHD', 'BHD 1,005.250', '1005.250'],
  ])('reads the sign and the code of the loan’s own currency: %s, %s', (code, text, amount) => {
    expect(parseCsvAmount(text, formatOf(code))).toMatchObject(
      amount ? { amount } : { message: expect.stringContaining(' may be ') },
    );
  });

  it.each([
    ['USD', '€1,200.00', '€1,200.00 is in EUR, but the loan is in USD.'],
    ['USD', '1.200,00 EUR', '1.200,00 EUR is in EUR, but the loan is in USD.'],
    ['EUR', '$5', '$5 is in $ (USD, AUD, CAD …), but the loan is in EUR.'],
    ['EUR', '5 kr', '5 kr is in kr (SEK, NOK, DKK …), but the loan is in EUR.'],
    ['USD', 'CA$5', 'CA$5 is in CAD, but the loan is in USD.'],
    ['USD', '$5 CAD', '$5 CAD is in CAD, but the loan is in USD.'],
    ['USD', '¥5', '¥5 is in ¥ (JPY, CNY), but the loan is in USD.'],
    ['USD', '-5', '-5 is negative.'],
    ['USD', '-$5.00', '-$5.00 is negative.'],
    ['USD', '$-5.00', '$-5.00 is negative.'],
    ['USD', '($5.00)', '($5.00) is negative.'],
    ['USD', '−5', '−5 is negative.'],
    ['USD', '5-', '5- is negative.'],
    ['USD', '5 %', '5 % is a percentage, not an amount.'],
    ['USD', '0.00', '0.00 is not above 0.'],
    ['USD', '20,000,000,000.00', '20000000000.00 USD is too much: at most 10000000000.00 USD.'],
    ['USD', '1'.repeat(20), ' is too much: at most 10000000000.00 USD.'],
    ['USD', '12.345', '12.345 USD has more decimals than USD allows: 2.'],
    ['JPY', '49.99', '49.99 JPY has more decimals than JPY allows: 0.'],
    ['USD', '1'.repeat(1000), 'is not an amount.'],
  ])('reports why it is no amount: %s, %s', (code, text, message) => {
    expect(parseCsvAmount(text, formatOf(code, true))).toMatchObject({ message: expect.stringContaining(message) });
  });

  it.each([
    ['JPY', true, '500.000', 'If its point separates thousands, write 500000, else 500.'],
    ['USD', false, '173,900', 'Write 173900 or 173.90.'],
    ['USD', false, '173,905', 'Write 173905; USD has at most 2 decimals.'],
    ['USD', true, '173.900', 'If its point separates thousands, write 173900, else 173.90.'],
    ['USD', true, '173.905', 'If its point separates thousands, write 173905.'],
    ['BHD', true, '1,234', 'Write 1234 or 1.234.'],
    ['BHD', false, '1,234', 'Write 1234 or 1.2340.'],
    ['CLF', false, '1.234', 'Write 1234 or 1.2340.'],
  ])('advises each valid reading of an amount with two: %s, %s, %s', (code, pointIsDecimal, text, advised) => {
    expect(parseCsvAmount(text, formatOf(code, pointIsDecimal))).toMatchObject({ message: expect.stringContaining(advised) });
  });

  it.each([
    ['USD', '.', '1,234', '1234'],
    ['USD', ',', '1.234', '1234'],
    ['BHD', ',', '1,234', '1.234'],
    ['BHD', '.', '1.234', '1.234'],
    ['JPY', ',', '1.000', '1000'],
  ] as const)('reads a lone mark in %s by the decimal mark of the file, %s: %s', (code, decimalMark, text, amount) => {
    expect(parseCsvAmount(text, { ...formatOf(code), decimalMark, isShown: true })).toEqual({ amount });
  });

  it.each([
    ['USD', ',', '1,234', '1,234 USD has more decimals than USD allows: 2. If its comma separates thousands, write 1234.'],
    ['USD', ',', '1,230', 'If its comma separates thousands, write 1230, else 1.23.'],
    ['USD', '.', '1.234', 'If its point separates thousands, write 1234.'],
    ['BHD', ',', '1.234', 'Write 1234 or 1.2340.'],
    ['BHD', '.', '1,234', 'Write 1234 or 1.234.'],
  ] as const)('does not guess beyond the decimal mark of the file: %s, %s, %s', (code, decimalMark, text, message) => {
    const format = { ...formatOf(code), decimalMark, isShown: true };
    expect(parseCsvAmount(text, format)).toMatchObject({ message: expect.stringContaining(message) });
  });

  it('advises only amounts that it accepts in the same column', () => {
    const piece = fc.constantFrom(..."0123459,.' -$€%()", '000', 'USD', 'JPY', '\u00a0', '12', '345', 'e');
    const lone = fc.tuple(fc.integer({ min: 1, max: 999 }), fc.constantFrom(',', '.'), fc.integer({ min: 0, max: 999 }));
    const text = fc.oneof(
      fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
      lone.map(([whole, separator, fraction]) => `${whole}${separator}${String(fraction).padStart(3, '0')}`),
    );
    let advised = 0;
    const marks = fc.constantFrom(
      { decimalMark: undefined, isShown: false },
      { decimalMark: '.', isShown: false },
      { decimalMark: '.', isShown: true },
      { decimalMark: ',', isShown: true },
    ) satisfies fc.Arbitrary<Omit<AmountFormat, 'currency'>>;
    const property = fc.property(text, fc.constantFrom(...CODES), marks, (written, code, mark) => {
      const format = { ...formatOf(code), ...mark };
      const parsed = parseCsvAmount(written, format);
      if ('amount' in parsed) {
        expect(toMinorUnits(found(parseAmount(parsed.amount), written), format.currency)).toBeDefined();
        return;
      }
      // The cell itself may be quoted in the message, and the number of decimals is no amount.
      const message = parsed.message.replace(written.trim(), '').replace(/^.*? allows: \d\.|at most \d decimals?\.$/, '');
      for (const [amount] of message.matchAll(/(?<=(?:[Ww]rite|or|else|such as|at most) )\d[\d.]*\d(?: [A-Z]{3})?/g)) {
        advised += 1;
        expect({ written, code, amount, parsed: parseCsvAmount(amount, format) }).toHaveProperty('parsed.amount');
      }
    });
    fc.assert(property, { numRuns: 5000 });
    expect(advised).toBeGreaterThan(2000);
  });

  it.each([
    '',
    '-5',
    '+5',
    '5%',
    '1e3',
    '5.',
    '.5',
    '5. €',
    '$',
    'USD',
    '1,2,3',
    '1.23.456',
    '12,34,56',
    '1.00.000',
    '1,0000,000',
    '123,45,678',
    '0,12,345',
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
    '007',
    '5 XYZ',
    '$5 or so',
  ])('rejects %s', (text) => {
    expect(parseCsvAmount(text, formatOf('USD', true))).toHaveProperty('reason');
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
    const digits = fc.tuple(fc.bigInt({ min: 1n, max: 10n ** 8n - 1n }), fc.integer({ min: 0, max: 4 }), fc.nat(9999));
    fc.assert(
      fc.property(country, digits, ({ group, decimal }, [units, decimals, fraction]) => {
        const tail = String(fraction).padStart(4, '0').slice(0, decimals);
        const grouped = String(units).replaceAll(/\B(?=(\d{3})+$)/g, group);
        const written = decimals > 0 ? `${grouped}${decimal}${tail}` : grouped;
        const exact = decimals > 0 ? `${units}.${tail}` : String(units);
        const parsed = parseCsvAmount(written, CLF);
        if ('amount' in parsed) expect(parsed.amount).toBe(exact);
        else expect(/^[1-9]\d{0,2}[.,]\d{3}$/.test(written)).toBe(true);
      }),
    );
  });

  it('parses money as its country formats it, whatever the decimals and the sign', () => {
    const money = fc.constantFrom(
      { code: 'USD', decimals: 2, group: ',', point: '.', format: (text: string) => `$${text}` },
      { code: 'CAD', decimals: 2, group: '\u00a0', point: ',', format: (text: string) => `${text}\u00a0$` },
      { code: 'EUR', decimals: 2, group: '.', point: ',', format: (text: string) => `${text} €` },
      { code: 'CHF', decimals: 2, group: '’', point: '.', format: (text: string) => `CHF ${text}` },
      { code: 'SEK', decimals: 2, group: '\u00a0', point: ',', format: (text: string) => `${text} kr` },
      { code: 'BRL', decimals: 2, group: '.', point: ',', format: (text: string) => `R$ ${text}` },
      { code: 'JPY', decimals: 0, group: ',', point: '.', format: (text: string) => `￥${text}` },
      { code: 'KRW', decimals: 0, group: ',', point: '.', format: (text: string) => `₩${text}` },
      { code: 'CLP', decimals: 0, group: '.', point: ',', format: (text: string) => `${text} CLP` },
      { code: 'CLF', decimals: 4, group: '.', point: ',', format: (text: string) => `CLF ${text}` },
    );
    fc.assert(
      fc.property(
        money,
        fc.integer({ min: 1, max: 10 ** 12 }),
        fc.boolean(),
        fc.boolean(),
        (country, units, isRound, pointIsDecimal) => {
          const { code, decimals, group, point, format } = country;
          const digits = String(units).padStart(decimals + 1, '0');
          const whole = digits.slice(0, digits.length - decimals);
          const fraction = isRound && decimals === 2 && whole !== '0' ? '' : digits.slice(digits.length - decimals);
          const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, group);
          const written = format(fraction === '' ? grouped : `${grouped}${point}${fraction}`);
          const exact = fraction === '' ? whole : `${whole}.${fraction}`;
          expect(parseCsvAmount(written, formatOf(code, pointIsDecimal))).toEqual({ amount: exact });
        },
      ),
      { numRuns: 3000 },
    );
  });
});
