import { parseCurrency } from '../../domain/currencies.ts';

/**
 * Signs of currencies with the ISO 4217 codes that each may mean, the usual ones first. Facts from Unicode CLDR (`symbol` and
 * `symbol-alt-narrow` of a currency, in English and in the languages of its countries), and `SFr.`, `TL`, `dkr` as people write
 * them. Never `Intl`, which differs with the version of ICU. In lower case, without a final point.
 */
const codesBySign: Readonly<Record<string, string>> = {
  $: 'USD AUD CAD ARS BBD BMD BND BSD BZD CLP COP CUP DOP FJD GYD HKD JMD KYD LRD MXN NAD NZD SBD SGD SRD TTD TWD UYU XCD',
  '£': 'GBP EGP FKP GIP LBP SHP SSP SYP',
  '¥': 'JPY CNY',
  kr: 'SEK NOK DKK ISK',
  rs: 'INR LKR MUR NPR PKR SCR',
  fr: 'CHF',
  fcfa: 'XAF XOF',
  'f cfa': 'XOF XAF',
  'e£': 'EGP',
  'l£': 'LBP',
  '€': 'EUR',
  euro: 'EUR',
  euros: 'EUR',
  '₹': 'INR',
  us$: 'USD',
  a$: 'AUD',
  au$: 'AUD',
  ca$: 'CAD',
  c$: 'CAD NIO',
  hk$: 'HKD',
  mx$: 'MXN',
  nt$: 'TWD',
  nz$: 'NZD',
  r$: 'BRL',
  s$: 'SGD',
  'cn¥': 'CNY',
  'jp¥': 'JPY',
  円: 'JPY',
  元: 'CNY TWD',
  dkr: 'DKK',
  nkr: 'NOK',
  skr: 'SEK',
  sfr: 'CHF',
  zł: 'PLN',
  kč: 'CZK',
  ft: 'HUF',
  lei: 'RON MDL',
  r: 'ZAR',
  rm: 'MYR',
  rp: 'IDR',
  tl: 'TRY',
  ksh: 'KES',
  's/': 'PEN',
  '₡': 'CRC',
  '₦': 'NGN',
  '₩': 'KRW KPW',
  '₪': 'ILS',
  '₫': 'VND',
  '₭': 'LAK',
  '₮': 'MNT',
  '₱': 'PHP',
  '₲': 'PYG',
  '₴': 'UAH',
  '₸': 'KZT',
  '₺': 'TRY',
  '₼': 'AZN',
  '₽': 'RUB',
  '₾': 'GEL',
  '֏': 'AMD',
  '৳': 'BDT',
  '฿': 'THB',
  '៛': 'KHR',
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
