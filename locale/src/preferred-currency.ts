const EURO_REGIONS = 'AT BE BG CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK'.split(' ');
const CURRENCIES: ReadonlyMap<string, string> = new Map([
  ...EURO_REGIONS.map((region) => [region, 'EUR'] as const),
  ['GB', 'GBP'],
  ['CH', 'CHF'],
  ['LI', 'CHF'],
  ['US', 'USD'],
  ['CA', 'CAD'],
  ['AU', 'AUD'],
  ['NZ', 'NZD'],
  ['JP', 'JPY'],
  ['IN', 'INR'],
  ['DK', 'DKK'],
  ['NO', 'NOK'],
  ['SE', 'SEK'],
  ['PL', 'PLN'],
  ['CZ', 'CZK'],
]);

/**
 * The currency of the region that a user most likely lives in; USD where it is not known.
 * @param tags preferred languages by BCP 47, the best first, such as `navigator.languages`
 */
export function preferredCurrency(tags: readonly string[]): string {
  const regions = tags.flatMap((tag) => regionOf(tag) ?? []);
  return regions.map((region) => CURRENCIES.get(region)).find((code) => code !== undefined) ?? 'USD';
}

/** Of a language without a region, the one where most people speak it. */
function regionOf(tag: string): string | undefined {
  try {
    return new Intl.Locale(tag).maximize().region;
  } catch {
    return undefined; // browsers have had tags that are not of BCP 47, such as `C`
  }
}
