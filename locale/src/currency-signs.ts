import { parseCurrency } from './currencies.ts';

/**
 * Signs of currencies, in lower case and without a final point, with the ISO 4217 codes that each may mean, the usual ones first.
 * From Unicode CLDR (`symbol` and `symbol-alt-narrow`, in English and in the languages of the currency's countries), and others
 * that people write, such as `SFr.`, `TL`, `S$` and 元. Never `Intl`, which differs with the version of ICU.
 */
const codesBySign: Readonly<Record<string, string>> = {
  // Shared by several currencies.
  $: 'USD AUD CAD ARS BBD BMD BND BSD BZD CLP COP CUP DOP FJD GYD HKD JMD KYD LRD MXN NAD NZD SBD SGD SRD TTD TWD UYU XCD',
  c$: 'CAD NIO',
  'f cfa': 'XOF XAF',
  fcfa: 'XAF XOF',
  kr: 'SEK NOK DKK ISK',
  lei: 'RON MDL',
  rs: 'INR LKR MUR NPR PKR SCR',
  '£': 'GBP EGP FKP GIP LBP SHP SSP SYP',
  '¥': 'JPY CNY',
  '₩': 'KRW KPW',
  元: 'CNY TWD',
  // A letter or two with the sign of another currency.
  a$: 'AUD',
  au$: 'AUD',
  ca$: 'CAD',
  'cn¥': 'CNY',
  'e£': 'EGP',
  hk$: 'HKD',
  'jp¥': 'JPY',
  'l£': 'LBP',
  mx$: 'MXN',
  nt$: 'TWD',
  nz$: 'NZD',
  r$: 'BRL',
  s$: 'SGD',
  us$: 'USD',
  // Words and abbreviations.
  dkr: 'DKK',
  euro: 'EUR',
  euros: 'EUR',
  fr: 'CHF',
  ft: 'HUF',
  ksh: 'KES',
  kč: 'CZK',
  nkr: 'NOK',
  r: 'ZAR',
  rm: 'MYR',
  rp: 'IDR',
  's/': 'PEN',
  sfr: 'CHF',
  skr: 'SEK',
  tl: 'TRY',
  zł: 'PLN',
  // Characters of one currency.
  '֏': 'AMD',
  '৳': 'BDT',
  '฿': 'THB',
  '៛': 'KHR',
  '₡': 'CRC',
  '₦': 'NGN',
  '₪': 'ILS',
  '₫': 'VND',
  '€': 'EUR',
  '₭': 'LAK',
  '₮': 'MNT',
  '₱': 'PHP',
  '₲': 'PYG',
  '₴': 'UAH',
  '₸': 'KZT',
  '₹': 'INR',
  '₺': 'TRY',
  '₼': 'AZN',
  '₽': 'RUB',
  '₾': 'GEL',
  円: 'JPY',
};

const signs: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(codesBySign).map(([sign, codes]) => [sign, codes.split(' ')]),
);

/**
 * The currencies that a code of ISO 4217 or a sign may mean, in any case and width.
 * @returns ISO 4217 codes; undefined for other text
 */
export function currenciesNamed(text: string): readonly string[] | undefined {
  const token = text.normalize('NFKC').replace(/(?<=.)\.$/, '');
  const code = token.toUpperCase();
  return parseCurrency(code) ? [code] : signs.get(token.toLowerCase());
}

/** For error messages: `EUR`, or `$ (USD, AUD, CAD …)` for a sign that several currencies share. */
export function describeCurrency(text: string, codes: readonly string[]): string {
  const [first = '', ...more] = codes;
  if (more.length === 0) return first;
  return `${text} (${codes.slice(0, 3).join(', ')}${codes.length > 3 ? ' …' : ''})`;
}
