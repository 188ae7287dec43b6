import { describe, expect, it } from 'vitest';
import { currencyCodes } from './currencies.ts';
import { currencyNames } from './currency-names.ts';
import { LANGUAGES } from './languages.ts';
import { preferredCurrency } from './preferred-currency.ts';

describe('currencyNames', () => {
  it.each(LANGUAGES)('names every currency: %s', (language) => {
    const nameOf = currencyNames(language);
    expect(currencyCodes.filter((code) => nameOf(code) === code)).toEqual([]);
    expect(new Set(currencyCodes.map(nameOf)).size).toBe(currencyCodes.length);
  });
});

describe('preferredCurrency', () => {
  it.each([
    [['en-GB', 'en'], 'GBP'],
    [['de-DE'], 'EUR'],
    [['de'], 'EUR'],
    [['de-CH', 'de'], 'CHF'],
    [['en-US'], 'USD'],
    [['en'], 'USD'],
    [['en-001', 'fr-FR'], 'EUR'],
    [['C', 'sv-SE'], 'SEK'],
    [['es-419'], 'USD'],
    [[], 'USD'],
  ])('of %j is %s', (tags, code) => {
    expect(preferredCurrency(tags)).toBe(code);
  });
});
