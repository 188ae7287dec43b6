import { type Currency, parseCurrency } from '@private-lending/locale/currencies';

/** The currency of an old loan may have been withdrawn. */
export function currencyOf(code: string): Currency {
  return parseCurrency(code) ?? { code, decimals: 2 };
}
