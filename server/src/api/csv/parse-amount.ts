import type { Currency } from '../../domain/currencies.ts';
import { amountError } from '../../domain/invitation.ts';
import { formatMoney, MINOR_UNITS_MAX, parseAmount, toMinorUnits } from '../../domain/money.ts';
import { currenciesNamed, describeCurrency } from './currency-signs.ts';

/* Amounts as spreadsheets write them, converted as text: never through a float. */

export type CsvAmount = { readonly amount: string } | { readonly error: string };

/** How the amounts of a file are read. */
export interface AmountFormat {
  /** Of the loan. */
  readonly currency: Currency;
  /**
   * Whether a lone point followed by three digits is a decimal point, as in the API; false where the file's delimiter is a
   * semicolon, as its decimal separator may be a comma.
   */
  readonly pointIsDecimal: boolean;
}

/** From the first digit to the last, and what is before and after them. */
const PARTS = /^(\D*)(\d(?:.*\d)?)(\D*)$/s;
/** Marks of the writing direction around currency signs, such as those of Hebrew and Arabic. */
const DIRECTION_MARKS = /[\u061c\u200e\u200f]/g;
/** Longest amount. Bounds the time of the expressions here, which is not linear. */
const LENGTH_MAX = 60;
/** What stands for no decimals behind the digits: `50,-`, `1'200.–`, `1 200:-`, `500/-`. */
const WHOLE = /^[.,:/][-\u2010-\u2015\u2212]{1,2}(?=\s|$)/;
/** A minus or bracket before the digits, or after them as accountants write it. */
const NEGATIVE = { before: /[-(\u2010-\u2015\u2212\ufe63\uff0d]/, after: /\)|^[-\u2212]$/ } as const;

const DIGITS = /^\d+$/;
/** Digits grouped in threes by a space, a no-break, thin or figure space, or an apostrophe, as in French and Swiss notation. */
const SPACED = /^[1-9]\d{0,2}(?:([ \u00a0\u2007\u2009\u202f'\u2019])\d{3})(?:\1\d{3})*$/;
const SPACES = /[ \u00a0\u2007\u2009\u202f'\u2019]/g;
/** Commas also as in India: twos above the last three digits. */
const GROUPS = { ',': /^[1-9](?:\d{0,2}(?:,\d{3})+|\d?(?:,\d{2})+,\d{3})$/, '.': /^[1-9]\d{0,2}(?:\.\d{3})+$/ } as const;

/**
 * Parses an amount that has one reading only, with the loan's currency or without. Zeros beyond the currency's decimals are
 * dropped. `1,234` is rejected where it may be 1234 or 1.234.
 * @returns the amount in the API's format, in major units, valid in the currency
 */
export function parseCsvAmount(text: string, format: AmountFormat): CsvAmount {
  const shown = text.trim();
  const [, ...parts] = (shown.length <= LENGTH_MAX && PARTS.exec(shown)) || [];
  const [before = '', number = '', behind = ''] = parts.map((part) => part.replaceAll(DIRECTION_MARKS, '').trim());
  const after = behind.replace(WHOLE, '').trim();
  const isWhole = after !== behind;
  if (number === '') return invalidAmount(shown, 'is not an amount', format);
  if (isWhole && /[.,]\d{1,2}$/.test(number)) return invalidAmount(shown, 'is not an amount', format);
  if (NEGATIVE.before.test(before) || NEGATIVE.after.test(after)) return invalidAmount(shown, 'is negative', format);
  const around = [before, after].filter((part) => part !== '');
  for (const part of around) {
    const error = problemAround(part, shown, format);
    if (error) return error;
  }
  return readNumber(number, shown, { isWhole, isMoney: around.length > 0 }, format);
}

/** @param part beside the digits @returns undefined for a sign or code of the loan's currency */
function problemAround(part: string, shown: string, format: AmountFormat): CsvAmount | undefined {
  const { code } = format.currency;
  const named = currenciesNamed(part) ?? currenciesNamed(part.replaceAll(/\s/g, '')); // `US $500`
  if (!named) return invalidAmount(shown, /^[%‰]$/.test(part) ? 'is a percentage, not an amount' : 'is not an amount', format);
  if (named.includes(code)) return undefined;
  const found = describeCurrency(part, named);
  return { error: `${cut(shown)} is in ${found}, but the loan is in ${code}. Convert it to ${code}, and write digits only.` };
}

/**
 * @param shown the whole cell
 * @param beside the number: whether a sign of no decimals is, and whether a currency, with which it has none or as many as that
 */
function readNumber(
  number: string,
  shown: string,
  { isWhole, isMoney }: { readonly isWhole: boolean; readonly isMoney: boolean },
  format: AmountFormat,
): CsvAmount {
  const [separator, index] = decimalSeparator(number);
  const before = separator === undefined ? number : number.slice(0, index);
  const fraction = separator === undefined ? '' : number.slice(index + 1);
  if (separator !== undefined && !DIGITS.test(fraction)) return invalidAmount(shown, 'is not an amount', format);
  const { decimals } = format.currency;
  if (fraction.length === 3 && /^[1-9]\d{0,2}$/.test(before)) {
    const isDecimal = separator === '.' && format.pointIsDecimal;
    // `500.000` of a currency without decimals may also be 500, from a program that writes three decimals for all currencies.
    const isThousands = isWhole || (isMoney ? decimals < 3 : decimals === 0 && !(isDecimal && fraction === '000'));
    if (isThousands) return toAmount(before + fraction, '', shown, format);
    if (!isDecimal || decimals < 3) return ambiguous(before, fraction, shown, isDecimal, format);
  }
  const units = DIGITS.test(before) ? before : ungroup(before, separator);
  return units === undefined ? invalidAmount(shown, 'is not an amount', format) : toAmount(units, fraction, shown, format);
}

/** The last comma or point, if it occurs only once: others separate thousands. */
function decimalSeparator(text: string): [separator: ',' | '.' | undefined, index: number] {
  const index = Math.max(text.lastIndexOf(','), text.lastIndexOf('.'));
  const separator = text[index] === ',' ? ',' : '.';
  return index < 0 || text.indexOf(separator) !== index ? [undefined, -1] : [separator, index];
}

/** Removes thousands separators. @returns undefined for digits that are not grouped so, or by the decimal separator */
function ungroup(text: string, decimal: ',' | '.' | undefined): string | undefined {
  if (SPACED.test(text)) return text.replaceAll(SPACES, '');
  const separator = text.includes(',') ? ',' : '.';
  return separator !== decimal && GROUPS[separator].test(text) ? text.replaceAll(separator, '') : undefined;
}

function toAmount(units: string, fraction: string, shown: string, format: AmountFormat): CsvAmount {
  const { currency } = format;
  const kept = dropZeros(fraction, currency.decimals);
  const amount = kept === '' ? units : `${units}.${kept}`;
  const parsed = parseAmount(amount);
  if (!parsed && /^[1-9]\d{13}/.test(units))
    return { error: `${cut(shown)} is too much: at most ${formatMoney(MINOR_UNITS_MAX, currency)}.` };
  if (!parsed) return invalidAmount(shown, /^[0.]+$/.test(amount) ? 'is not above 0' : 'is not an amount', format);
  if (toMinorUnits(parsed, currency) !== undefined) return { amount };
  const { message } = amountError(parsed, currency, '');
  return { error: parsed.decimals > currency.decimals ? `${message} ${advice(format)}` : message };
}

/** Drops zeros at the end, but none of the first `decimals` digits. */
function dropZeros(fraction: string, decimals: number): string {
  return fraction.slice(0, decimals) + fraction.slice(decimals).replace(/(?<!0)0+$/, '');
}

/** Advises only what this function accepts in the same column. */
function ambiguous(before: string, fraction: string, shown: string, isDecimal: boolean, format: AmountFormat): CsvAmount {
  const { code, decimals } = format.currency;
  const whole = before + fraction;
  const exact = dropZeros(fraction, decimals);
  const decimal = exact === '' ? before : `${before}.${exact.length === 3 && !format.pointIsDecimal ? `${exact}0` : exact}`;
  const hasDecimal = exact.length <= decimals;
  if (isDecimal) {
    const otherwise = hasDecimal ? `, else ${decimal}` : '';
    return {
      error: `${before}.${fraction} ${code} has more decimals than ${code} allows: ${decimals}. If its point separates thousands, write ${whole}${otherwise}.`,
    };
  }
  const limit = `; ${code} has at most ${decimals} decimal${decimals === 1 ? '' : 's'}`;
  return {
    error: `${shown} may be ${whole}, or ${before} and a fraction. Write ${whole}${hasDecimal ? ` or ${decimal}` : limit}.`,
  };
}

function invalidAmount(text: string, reason: string, format: AmountFormat): CsvAmount {
  return { error: `${cut(text)} ${reason}. ${advice(format)}` };
}

function advice({ currency }: AmountFormat): string {
  return currency.decimals === 0
    ? 'Write digits only, such as 5000.'
    : 'Write digits only, with a point before the decimals, such as 5000 or 49.99.';
}

function cut(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
