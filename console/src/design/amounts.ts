import { DECIMALS_MAX, parseCurrency } from '@private-lending/locale/currencies';

/** Exact for amounts of the currency: 0.3 − 0.1 is 0.2. In major units. */
export function differenceOf(amount: number, other: number, currency: string): number {
  return Number((amount - other).toFixed(parseCurrency(currency)?.decimals ?? DECIMALS_MAX));
}

/** Exact for amounts of the currency: 0.1 + 0.2 is 0.3. In major units. */
export function sumOf(amount: number, other: number, currency: string): number {
  return differenceOf(amount, -other, currency);
}
