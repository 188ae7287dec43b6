import { describe, expect, it } from 'vitest';
import { chooseLanguage } from './languages.ts';
import { type Catalogue, type TranslationOf, translate } from './messages.ts';
import { formatList, isolate } from './text.ts';

const english = {
  hello: 'Hello',
  asks: '{borrower} asks you for {amount}',
  lenders: { '=0': 'Nobody yet', one: 'One lender of {loan}', other: '{count} lenders of {loan}' },
} as const;
const german = {
  hello: 'Guten Tag',
  asks: 'Um {amount} bittet Sie {borrower}',
  lenders: { one: 'Eine Person bei {loan}', other: '{count} Personen bei {loan}' },
} as const satisfies TranslationOf<typeof english>;

const EN: Catalogue<typeof english> = { language: 'en', messages: english };
const DE: Catalogue<typeof english> = { language: 'de', messages: german };

describe('translate', () => {
  it('fills in parameters in the order of the language', () => {
    const parameters = { borrower: 'Ana', amount: '5,000.00 USD' };
    expect(translate(EN, 'asks', parameters)).toBe('Ana asks you for 5,000.00 USD');
    expect(translate(DE, 'asks', parameters)).toBe('Um 5,000.00 USD bittet Sie Ana');
    expect([translate(EN, 'hello'), translate(DE, 'hello')]).toEqual(['Hello', 'Guten Tag']);
  });

  it('chooses the plural form of the language, and writes the count in it', () => {
    const texts = (catalogue: Catalogue<typeof english>) =>
      [0, 1, 2, 5000].map((count) => translate(catalogue, 'lenders', { count, loan: 'X' }));
    expect(texts(EN)).toEqual(['Nobody yet', 'One lender of X', '2 lenders of X', '5,000 lenders of X']);
    expect(texts(DE)).toEqual(['0 Personen bei X', 'Eine Person bei X', '2 Personen bei X', '5.000 Personen bei X']);
  });

  it('isolates right-to-left values, such as an address, from the text around them', () => {
    const parameters = { borrower: 'דנה@example.com', amount: '5.00 USD' };
    expect(translate(EN, 'asks', parameters)).toBe('\u2068דנה@example.com\u2069 asks you for 5.00 USD');
  });

  it('does not read values as messages', () => {
    expect(translate(EN, 'asks', { borrower: '{amount}$&', amount: '<b>' })).toBe('{amount}$& asks you for <b>');
  });

  it('does not compile without a key or parameter', () => {
    // @ts-expect-error: a parameter is missing
    translate(EN, 'asks', { borrower: 'Ana' });
    // @ts-expect-error: parameters are missing
    expect(translate(EN, 'asks')).toBe('{borrower} asks you for {amount}');
    // @ts-expect-error: no such parameter
    translate(EN, 'hello', { name: 'Ana' });
    // @ts-expect-error: a count is a number
    translate(EN, 'lenders', { count: 'two', loan: 'X' });
    // @ts-expect-error: no such key
    expect(() => translate(EN, 'goodbye')).toThrow();
    // @ts-expect-error: the translation lacks {amount}
    ({ ...german, asks: '{borrower} bittet Sie' }) satisfies TranslationOf<typeof english>;
    // @ts-expect-error: the translation lacks {loan} in a form
    ({ ...german, lenders: { one: 'Eine Person', other: '{count} bei {loan}' } }) satisfies TranslationOf<typeof english>;
    // @ts-expect-error: the translation lacks a key
    ({ hello: 'Guten Tag', asks: german.asks }) satisfies TranslationOf<typeof english>;
    // @ts-expect-error: the translation has a key that English has not
    ({ ...german, more: '' }) satisfies TranslationOf<typeof english>;
  });
});

describe('chooseLanguage', () => {
  it.each([
    [['de-CH', 'en'], 'de'],
    [['fr', 'de'], 'de'],
    [['en-US', 'de'], 'en'],
    [['DE'], 'de'],
    [['fr'], 'en'],
    [[], 'en'],
    [['den'], 'en'],
  ])('takes the first language of %j that there is', (tags, language) => {
    expect(chooseLanguage(tags)).toBe(language);
  });
});

describe('formatList and isolate', () => {
  it('formatList writes an "and" of the language', () => {
    expect([formatList(['a', 'b', 'c'], 'en'), formatList(['a', 'b', 'c'], 'de')]).toEqual(['a, b and c', 'a, b und c']);
    expect(formatList(['a'], 'de')).toBe('a');
  });

  it('isolate wraps right-to-left text only, and once', () => {
    expect([isolate('Ana'), isolate('דנה')]).toEqual(['Ana', '\u2068דנה\u2069']);
    expect(isolate(isolate('דנה'))).toBe('\u2068דנה\u2069');
  });
});
