import { type Currency, DECIMALS_MAX } from './currencies.ts';

declare const minorUnits: unique symbol;

/** A whole number of a currency's smallest unit: cents of USD, yen of JPY. */
export type MinorUnits = number & { readonly [minorUnits]: true };

export const ZERO: MinorUnits = asMinorUnits(0);

/** The largest amount of a loan or a contribution. Sums of it stay far below 2^53. */
export const MINOR_UNITS_MAX: MinorUnits = asMinorUnits(1e12);

/** An amount exactly as it was sent, before its currency is known: `digits` divided by 10 to the power of `decimals`. */
export interface DecimalAmount {
  readonly digits: bigint;
  readonly decimals: number;
}

const FORM = new RegExp(`^(0|[1-9]\\d{0,12})(?:\\.(\\d{1,${DECIMALS_MAX}}))?$`);

/** The wording of the rule that `parseAmount` holds to, for messages and reference. */
export const AMOUNT_RULE =
  'an amount above 0 in major units with at most the currency’s decimals, such as 5000, 49.99 or "5000.00"';

/**
 * Reads an amount in major units. A number is judged by its shortest decimal form, so 0.1 has one decimal.
 * @returns undefined for what is no positive amount in any currency
 */
export function parseAmount(sent: number | string): DecimalAmount | undefined {
  const match = FORM.exec(String(sent));
  if (!match) return undefined;
  const [, whole = '', fraction = ''] = match;
  const digits = BigInt(whole + fraction);
  return digits > 0n ? { digits, decimals: fraction.length } : undefined;
}

/** @returns undefined where the amount has more decimals than the currency, or is over the limit */
export function toMinorUnits(amount: DecimalAmount, currency: Currency): MinorUnits | undefined {
  if (amount.decimals > currency.decimals) return undefined;
  const units = scaled(amount, currency.decimals);
  return units <= BigInt(MINOR_UNITS_MAX) ? asMinorUnits(Number(units)) : undefined;
}

/** The exact sum of what was sent, with as many decimals as its finest part. */
export function sumAmounts(amounts: readonly DecimalAmount[]): DecimalAmount {
  const decimals = Math.max(0, ...amounts.map((amount) => amount.decimals));
  return { digits: amounts.reduce((sum, amount) => sum + scaled(amount, decimals), 0n), decimals };
}

/** Whether what was sent is more than `units` of `currency`. */
export function exceeds(amount: DecimalAmount, units: MinorUnits, currency: Currency): boolean {
  const decimals = Math.max(amount.decimals, currency.decimals);
  return scaled(amount, decimals) > scaled({ digits: BigInt(units), decimals: currency.decimals }, decimals);
}

export function add(a: MinorUnits, b: MinorUnits): MinorUnits {
  return asMinorUnits(a + b);
}

export function subtract(a: MinorUnits, b: MinorUnits): MinorUnits {
  return asMinorUnits(a - b);
}

/** For JSON: 1050 cents are 10.5. The nearest double to the quotient prints as the exact decimal at these sizes. */
export function toMajorUnits(units: MinorUnits, currency: Currency): number {
  return units / 10 ** currency.decimals;
}

/** For people: `5000.00 USD`. */
export function formatMoney(units: MinorUnits, currency: Currency): string {
  return formatAmount({ digits: BigInt(units), decimals: currency.decimals }, currency);
}

/** For people: what was sent, with at least the currency's decimals. */
export function formatAmount(amount: DecimalAmount, currency: Currency): string {
  const decimals = Math.max(amount.decimals, currency.decimals);
  const digits = String(scaled(amount, decimals)).padStart(decimals + 1, '0');
  const point = digits.length - decimals;
  return `${digits.slice(0, point)}${decimals > 0 ? '.' : ''}${digits.slice(point)} ${currency.code}`;
}

function scaled(amount: DecimalAmount, decimals: number): bigint {
  return amount.digits * 10n ** BigInt(decimals - amount.decimals);
}

/** The one place where a plain number becomes money. */
function asMinorUnits(value: number): MinorUnits {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is no amount of minor units`);
  return value as MinorUnits;
}
