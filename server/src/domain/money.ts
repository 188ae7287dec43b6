import { type Currency, DECIMALS_MAX, UNITS_MAX } from '@private-lending/locale/currencies';

declare const minorUnits: unique symbol;

/** A whole number of a currency's smallest unit: cents of USD, yen of JPY. */
export type MinorUnits = number & { readonly [minorUnits]: true };

export const ZERO: MinorUnits = asMinorUnits(0);

/** Upper limit of a loan or a contribution. */
export const MINOR_UNITS_MAX: MinorUnits = asMinorUnits(UNITS_MAX);

/** An exact amount before its currency is known: `digits` / 10^`decimals`. */
export interface DecimalAmount {
  readonly digits: bigint;
  readonly decimals: number;
}

const FORMAT = new RegExp(`^(0|[1-9]\\d{0,12})(?:\\.(\\d{1,${DECIMALS_MAX}}))?$`);

/** The rule of `parseAmount` in words, for error messages and the API reference. */
export const AMOUNT_RULE =
  'an amount above 0 in major units with at most the currency’s decimals, such as 5000, 49.99 or "5000.00"';

/**
 * Parses an amount in major units. A number counts by its shortest decimal form, so 0.1 has one decimal.
 * @returns undefined where it is not a positive amount in any currency
 */
export function parseAmount(input: number | string): DecimalAmount | undefined {
  const match = FORMAT.exec(String(input));
  if (!match) return undefined;
  const [, whole = '', fraction = ''] = match;
  const digits = BigInt(whole + fraction);
  return digits > 0n ? { digits, decimals: fraction.length } : undefined;
}

/** @returns undefined where the amount has more decimals than the currency, or exceeds `MINOR_UNITS_MAX` */
export function toMinorUnits(amount: DecimalAmount, currency: Currency): MinorUnits | undefined {
  if (amount.decimals > currency.decimals) return undefined;
  const units = toScale(amount, currency.decimals);
  return units <= BigInt(MINOR_UNITS_MAX) ? asMinorUnits(Number(units)) : undefined;
}

/** The exact sum, with as many decimals as the amount that has most. */
export function sumAmounts(amounts: readonly DecimalAmount[]): DecimalAmount {
  const decimals = Math.max(0, ...amounts.map((amount) => amount.decimals));
  return { digits: amounts.reduce((sum, amount) => sum + toScale(amount, decimals), 0n), decimals };
}

export function exceeds(amount: DecimalAmount, units: MinorUnits, currency: Currency): boolean {
  const decimals = Math.max(amount.decimals, currency.decimals);
  return toScale(amount, decimals) > toScale({ digits: BigInt(units), decimals: currency.decimals }, decimals);
}

export function add(a: MinorUnits, b: MinorUnits): MinorUnits {
  return asMinorUnits(a + b);
}

export function subtract(a: MinorUnits, b: MinorUnits): MinorUnits {
  return asMinorUnits(a - b);
}

/** 1050 cents become 10.5. Up to `MINOR_UNITS_MAX` the nearest double prints as the exact decimal. */
export function toMajorUnits(units: MinorUnits, currency: Currency): number {
  return units / 10 ** currency.decimals;
}

/** @returns for example `5000.00 USD` */
export function formatMoney(units: MinorUnits, currency: Currency): string {
  return formatAmount({ digits: BigInt(units), decimals: currency.decimals }, currency);
}

/** @returns for example `5000.125 USD`, with at least the currency's decimals */
export function formatAmount(amount: DecimalAmount, currency: Currency): string {
  const decimals = Math.max(amount.decimals, currency.decimals);
  const digits = String(toScale(amount, decimals)).padStart(decimals + 1, '0');
  const point = digits.length - decimals;
  return `${digits.slice(0, point)}${decimals > 0 ? '.' : ''}${digits.slice(point)} ${currency.code}`;
}

function toScale(amount: DecimalAmount, decimals: number): bigint {
  return amount.digits * 10n ** BigInt(decimals - amount.decimals);
}

function asMinorUnits(value: number): MinorUnits {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is not an amount in minor units`);
  return value as MinorUnits;
}
