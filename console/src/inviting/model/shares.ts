import type { Currency } from '@private-lending/locale/currencies';

/* Amounts as integers of minor units, such as cents. */

/** @param amount a decimal with at most the currency's decimals, such as `5000.5` */
export function toUnits(amount: string | number, { decimals }: Currency): number {
  const [whole = '', fraction = ''] = String(amount).split('.');
  return Number(whole + fraction.padEnd(decimals, '0'));
}

/** @returns a decimal such as `5000.50` */
export function fromUnits(units: number, { decimals }: Currency): string {
  const digits = String(Math.abs(units)).padStart(decimals + 1, '0');
  const point = digits.length - decimals;
  return `${units < 0 ? '-' : ''}${digits.slice(0, point)}${decimals === 0 ? '' : `.${digits.slice(point)}`}`;
}

/**
 * Splits an amount into equal shares by largest remainder: their sum is the amount, and no two differ by more than one unit. The first
 * shares are the larger ones.
 * @param units 0 or more
 */
export function splitEvenly(units: number, count: number): number[] {
  const rest = units % count;
  const share = (units - rest) / count;
  return Array.from({ length: count }, (_, index) => (index < rest ? share + 1 : share));
}
