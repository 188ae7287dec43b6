import { type Currency, UNITS_MAX } from './currencies.ts';
import { currenciesNamed } from './currency-signs.ts';
import { type Language, NUMBER_MARKS } from './languages.ts';

/* Amounts as people and spreadsheets write them, read as text: never through a float. */

/** What a text has to be read with. */
export interface AmountNotation {
  /** Of the loan. */
  readonly currency: Currency;
  /** A mark that is a decimal one also where it is the only one and three digits follow, as in `1.234`. */
  readonly decimalMark?: '.' | ',' | undefined;
  /** A mark that separates thousands there, if the currency has fewer than three decimals. */
  readonly groupMark?: '.' | ',' | undefined;
}

/** Why a text is not an amount. Amounts in it are decimals with a point. */
export type AmountProblem =
  | { readonly kind: 'malformed' | 'negative' | 'percentage' | 'zero' }
  /** @property text as written: a sign or code. @property codes of ISO 4217 that it may mean */
  | { readonly kind: 'other currency'; readonly text: string; readonly codes: readonly string[] }
  | { readonly kind: 'too many decimals'; readonly amount: string }
  | { readonly kind: 'too much'; readonly amount: string }
  /** `1,234` may be 1234, or 1 and a fraction. */
  | {
      readonly kind: 'ambiguous';
      /** With the mark as a thousands separator. */
      readonly whole: string;
      /** With it as a decimal mark, and without zeros beyond the currency's decimals; `whole` has the digits before and after. */
      readonly parts: readonly [before: string, fraction: string];
      /** Whether the mark is the decimal one of the notation, so that the amount has too many decimals for the currency. */
      readonly isDecimalMark: boolean;
    };

/** `amount` is a decimal in the format of the API, valid in the currency. */
export type ReadAmount = { readonly amount: string } | { readonly problem: AmountProblem };

/** From the first digit to the last, and what is before and after them. */
const PARTS = /^(\D*)(\d(?:.*\d)?)(\D*)$/s;
/** Marks of the writing direction around currency signs, such as those of Hebrew and Arabic. */
const DIRECTION_MARKS = /[\u061c\u200e\u200f\u2066-\u2069]/g;
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
 * Reads an amount that a person types or pastes: `5,000.50`, `5.000,50`, `1 234`, `$5,000`. The language decides what a lone mark
 * before three digits is: `5,000` is 5000 in English. It is a problem in German, and with a currency of three decimals or more.
 */
export function parseAmount(text: string, currency: Currency, language: Language): ReadAmount {
  const { decimal, group } = NUMBER_MARKS[language];
  return readAmount(text, { currency, decimalMark: decimal, groupMark: group });
}

/** Reads an amount that has one reading only, with the loan's currency or without. Drops zeros beyond the currency's decimals. */
export function readAmount(text: string, notation: AmountNotation): ReadAmount {
  const shown = text.trim();
  const [, ...parts] = (shown.length <= LENGTH_MAX && PARTS.exec(shown)) || [];
  const [before = '', number = '', behind = ''] = parts.map((part) => part.replaceAll(DIRECTION_MARKS, '').trim());
  const after = behind.replace(WHOLE, '').trim();
  const isWhole = after !== behind;
  if (number === '' || (isWhole && /[.,]\d{1,2}$/.test(number))) return { problem: { kind: 'malformed' } };
  if (NEGATIVE.before.test(before) || NEGATIVE.after.test(after)) return { problem: { kind: 'negative' } };
  const around = [before, after].filter((part) => part !== '');
  for (const part of around) {
    const problem = problemAround(part, notation);
    if (problem) return { problem };
  }
  return readNumber(number, { isWhole, isMoney: around.length > 0 }, notation);
}

/** @param part beside the digits @returns undefined for a sign or code of the loan's currency */
function problemAround(part: string, { currency }: AmountNotation): AmountProblem | undefined {
  const codes = currenciesNamed(part) ?? currenciesNamed(part.replaceAll(/\s/g, '')); // `US $500`
  if (!codes) return { kind: /^[%‰]$/.test(part) ? 'percentage' : 'malformed' };
  return codes.includes(currency.code) ? undefined : { kind: 'other currency', text: part, codes };
}

/** @param beside the number: whether a sign of no decimals is, and whether a currency, with which it has none or as many as that */
function readNumber(
  number: string,
  { isWhole, isMoney }: { readonly isWhole: boolean; readonly isMoney: boolean },
  { currency, decimalMark, groupMark }: AmountNotation,
): ReadAmount {
  const { decimals } = currency;
  const [separator, index] = decimalSeparator(number);
  const before = separator === undefined ? number : number.slice(0, index);
  const fraction = separator === undefined ? '' : number.slice(index + 1);
  if (separator !== undefined && !DIGITS.test(fraction)) return { problem: { kind: 'malformed' } };
  if (fraction.length === 3 && /^[1-9]\d{0,2}$/.test(before)) {
    const isDecimalMark = separator === decimalMark;
    const isGroupMark = separator === groupMark && decimals < 3;
    // `500.000` of a currency without decimals may also be 500, from a program that writes three decimals for all currencies.
    const isWholeUnits = isMoney ? decimals < 3 : decimals === 0 && !(isDecimalMark && fraction === '000');
    if (isWhole || isGroupMark || isWholeUnits) return toAmount(before + fraction, '', currency);
    if (!isDecimalMark || decimals < 3) {
      const parts = [before, dropZeros(fraction, decimals)] as const;
      return { problem: { kind: 'ambiguous', whole: before + fraction, parts, isDecimalMark } };
    }
  }
  const units = DIGITS.test(before) ? before : ungroup(before, separator);
  return units === undefined ? { problem: { kind: 'malformed' } } : toAmount(units, fraction, currency);
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

function toAmount(units: string, digits: string, { decimals }: Currency): ReadAmount {
  const fraction = dropZeros(digits, decimals);
  const amount = fraction === '' ? units : `${units}.${fraction}`;
  if (/^[0.]+$/.test(amount)) return { problem: { kind: 'zero' } };
  if (/^0\d/.test(amount)) return { problem: { kind: 'malformed' } };
  if (fraction.length > decimals) return { problem: { kind: 'too many decimals', amount } };
  const isTooMuch = BigInt(units + fraction.padEnd(decimals, '0')) > UNITS_MAX;
  return isTooMuch ? { problem: { kind: 'too much', amount } } : { amount };
}

/** Drops zeros at the end, but none of the first `decimals` digits. */
function dropZeros(fraction: string, decimals: number): string {
  return fraction.slice(0, decimals) + fraction.slice(decimals).replace(/(?<!0)0+$/, '');
}
