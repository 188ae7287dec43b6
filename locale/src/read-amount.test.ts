import { describe, expect, it } from 'vitest';
import { describeAmountProblem } from './amount-problems.ts';
import { messages as german } from './catalogues/de/errors.ts';
import { messages as english } from './catalogues/en/errors.ts';
import { type Currency, parseCurrency } from './currencies.ts';
import type { Language } from './languages.ts';
import { parseAmount } from './read-amount.ts';

const ERRORS = { en: { language: 'en', messages: english }, de: { language: 'de', messages: german } } as const;

function currencyOf(code: string): Currency {
  const currency = parseCurrency(code);
  if (!currency) throw new Error(`${code} is no currency`);
  return currency;
}

/** What the text is read as, or the kind of its problem. */
function readAs(text: string, code: string, language: Language): string {
  const read = parseAmount(text, currencyOf(code), language);
  return 'amount' in read ? read.amount : read.problem.kind;
}

/** The message about a text that is rejected. */
function messageFor(text: string, code: string, language: Language): string {
  const read = parseAmount(text, currencyOf(code), language);
  if ('amount' in read) throw new Error(`${text} is read as ${read.amount}`);
  return describeAmountProblem(read.problem, { text, currency: currencyOf(code), errors: ERRORS[language] });
}

describe('parseAmount', () => {
  it.each<[text: string, code: string, english: string, german: string]>([
    ['5000', 'USD', '5000', '5000'],
    ['5,000.50', 'USD', '5000.50', '5000.50'],
    ['5.000,50', 'USD', '5000.50', '5000.50'],
    ['1 234', 'USD', '1234', '1234'],
    ['1\u202f234,50', 'EUR', '1234.50', '1234.50'],
    ['$5,000', 'USD', '5000', '5000'],
    ['5.000 €', 'EUR', '5000', '5000'],
    ['5,000.00 USD', 'USD', '5000.00', '5000.00'],
    [' 5000\t', 'USD', '5000', '5000'],
    ['49.99', 'USD', '49.99', '49.99'],
    ['49,9', 'USD', '49.9', '49.9'],
    ['1,234,567', 'USD', '1234567', '1234567'],
    // The language decides about a lone mark before three digits …
    ['5,000', 'USD', '5000', 'ambiguous'],
    ['5.000', 'USD', 'ambiguous', '5000'],
    ['5.000', 'BHD', '5.000', 'ambiguous'],
    // … but a thousands separator is not assumed where the digits could be decimals.
    ['5,000', 'BHD', 'ambiguous', '5.000'],
    ['5,0000', 'CLF', '5.0000', '5.0000'],
    ['5.000', 'JPY', 'ambiguous', '5000'],
    ['5,000', 'JPY', '5000', 'ambiguous'],
    ['5,000,000', 'JPY', '5000000', '5000000'],
    ['1234,567', 'USD', 'too many decimals', 'too many decimals'],
    ['0.001', 'USD', 'too many decimals', 'too many decimals'],
    ['0.5', 'JPY', 'too many decimals', 'too many decimals'],
    ['10000000000', 'USD', '10000000000', '10000000000'],
    ['10000000000.01', 'USD', 'too much', 'too much'],
    ['9'.repeat(50), 'USD', 'too much', 'too much'],
    ['€50', 'USD', 'other currency', 'other currency'],
    ['-5', 'USD', 'negative', 'negative'],
    ['(5)', 'USD', 'negative', 'negative'],
    ['5%', 'USD', 'percentage', 'percentage'],
    ['0.00', 'USD', 'zero', 'zero'],
    ['', 'USD', 'malformed', 'malformed'],
    ['abc', 'USD', 'malformed', 'malformed'],
    ['5 and 6', 'USD', 'malformed', 'malformed'],
    ['1e3', 'USD', 'malformed', 'malformed'],
    ['05', 'USD', 'malformed', 'malformed'],
    ['5.000.00', 'USD', 'malformed', 'malformed'],
    ['٥٠٠', 'USD', 'malformed', 'malformed'],
    ['5'.repeat(61), 'USD', 'malformed', 'malformed'],
  ])('reads %j of %s as %s in English and %s in German', (text, code, inEnglish, inGerman) => {
    expect([readAs(text, code, 'en'), readAs(text, code, 'de')]).toEqual([inEnglish, inGerman]);
  });
});

describe('describeAmountProblem', () => {
  it.each<[text: string, code: string, language: Language, message: string]>([
    ['5.000', 'USD', 'en', 'This could be 5,000.00 or 5.00. Write one of them.'],
    ['5,000', 'USD', 'de', 'Das kann 5.000,00 oder 5,00 bedeuten. Schreiben Sie eines davon.'],
    ['5.125', 'USD', 'en', 'This could be 5,125.00, or 5 and a fraction. Write 5,125.00 if you mean that.'],
    ['5,000', 'BHD', 'en', 'This could be 5,000.000 or 5.000. Write one of them.'],
    ['€50', 'USD', 'en', '“€” is another currency. This loan is in USD.'],
    ['0.5', 'JPY', 'en', 'Amounts in JPY have no decimals.'],
    ['1.2345', 'BHD', 'de', 'Beträge in BHD haben höchstens 3 Nachkommastellen.'],
    ['9'.repeat(20), 'USD', 'de', 'Das ist zu viel: höchstens 10.000.000.000,00 USD.'],
    ['abc', 'USD', 'en', '“abc” is not an amount. Write digits, such as 5,000.00.'],
    ['12 %', 'USD', 'de', '„12 %“ ist ein Prozentsatz. Schreiben Sie einen Betrag, zum Beispiel 5.000,00.'],
    ['-1', 'USD', 'en', 'An amount can’t be negative.'],
    ['0', 'USD', 'en', 'The amount must be above 0.'],
    ['x'.repeat(50), 'JPY', 'en', `“${'x'.repeat(40)}…” is not an amount. Write digits, such as 5,000.`],
  ])('says about %j of %s in %s: %s', (text, code, language, message) => {
    expect(messageFor(text, code, language)).toBe(message);
  });

  it.each(['5.000', '5,000', '5.125', '5,125', 'abc'])('advises amounts that parseAmount reads, about %s', (text) => {
    for (const code of ['JPY', 'USD', 'BHD', 'CLF']) {
      for (const language of ['en', 'de'] as const) {
        if (/\d/.test(readAs(text, code, language))) continue;
        const advised = messageFor(text, code, language).match(/\d[\d.,]*\d/g) ?? [];
        expect(advised.filter((each) => !/\d/.test(readAs(each, code, language)))).toEqual([]);
      }
    }
  });
});
