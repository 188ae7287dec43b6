import { parseCurrency } from '../../../locale/src/currencies.ts';

export const UNITS_MAX = 1e12;
const FORMAT = /^(0|[1-9]\d{0,12})(?:\.(\d{1,4}))?$/;

/** As sent, before the currency is known. */
export interface Amount {
  readonly whole: string;
  readonly fraction: string;
}

/** @returns undefined if it is not a positive amount in any currency */
export function parseAmount(input: unknown): Amount | undefined {
  if (typeof input !== 'number' && typeof input !== 'string') return undefined;
  const [, whole, fraction = ''] = FORMAT.exec(String(input)) ?? [];
  return whole === undefined || Number(whole + fraction) === 0 ? undefined : { whole, fraction };
}

/** @returns undefined if it has more decimals than the currency, or is too much */
export function toUnits({ whole, fraction }: Amount, decimals: number): number | undefined {
  if (fraction.length > decimals) return undefined;
  const units = Number(whole) * 10 ** decimals + Number(fraction.padEnd(decimals, '0'));
  return units <= UNITS_MAX ? units : undefined;
}

/** The sum as sent, in units of the most decimals among the amounts and `decimals`. */
export function sumOf(amounts: readonly Amount[], decimals: number): { readonly units: bigint; readonly decimals: number } {
  const scale = Math.max(decimals, ...amounts.map(({ fraction }) => fraction.length));
  const units = amounts.reduce((sum, { whole, fraction }) => sum + BigInt(whole + fraction.padEnd(scale, '0')), 0n);
  return { units, decimals: scale };
}

export function toMajor(units: number, decimals: number): number {
  return units / 10 ** decimals;
}

/** @returns for example `5000.00 USD` */
export function format(units: number | bigint, decimals: number, currency: string): string {
  const digits = String(units).padStart(decimals + 1, '0');
  const point = digits.length - decimals;
  return `${digits.slice(0, point)}${decimals > 0 ? '.' : ''}${digits.slice(point)} ${currency}`;
}

export function decimalsOf(currency: string): number | undefined {
  return parseCurrency(currency)?.decimals;
}
