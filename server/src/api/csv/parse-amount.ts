/* Amounts as spreadsheets write them, converted as text: never through a float. */

export type CsvAmount = { readonly amount: string } | { readonly error: string };

const DIGITS = /^\d+$/;
/** Digits grouped in threes by a space, a no-break, thin or figure space, or an apostrophe, as in French and Swiss notation. */
const SPACED = /^[1-9]\d{0,2}(?:([ \u00a0\u2007\u2009\u202f'\u2019])\d{3})(?:\1\d{3})*$/;
const SPACES = /[ \u00a0\u2007\u2009\u202f'\u2019]/g;
const GROUPS = { ',': /^[1-9]\d{0,2}(?:,\d{3})+$/, '.': /^[1-9]\d{0,2}(?:\.\d{3})+$/ } as const;

/**
 * Parses an amount that has one reading only. `1,234` has two, a thousand and more or a little more than one, so it is rejected.
 * @param pointIsDecimal whether a lone point followed by three digits is a decimal point, as in the API; false where the file's
 * delimiter is a semicolon, as its decimal separator may be a comma
 * @returns the amount in the API's format, in major units
 */
export function parseCsvAmount(text: string, pointIsDecimal: boolean): CsvAmount {
  const trimmed = text.trim();
  const [separator, index] = decimalSeparator(trimmed);
  if (separator === undefined) return parseWhole(trimmed);
  const before = trimmed.slice(0, index);
  const fraction = trimmed.slice(index + 1);
  if (!DIGITS.test(fraction)) return invalidAmount(trimmed);
  const isPlain = DIGITS.test(before);
  const mayBeThousands = isPlain && fraction.length === 3 && /^[1-9]\d{0,2}$/.test(before);
  if (mayBeThousands && !(separator === '.' && pointIsDecimal)) return ambiguous(trimmed, before, fraction);
  const units = isPlain ? before : ungroup(before, separator);
  return units === undefined ? invalidAmount(trimmed) : { amount: `${units}.${fraction}` };
}

/** The last comma or point, if it occurs only once: others separate thousands. */
function decimalSeparator(text: string): [separator: ',' | '.' | undefined, index: number] {
  const index = Math.max(text.lastIndexOf(','), text.lastIndexOf('.'));
  const separator = text[index] === ',' ? ',' : '.';
  return index < 0 || text.indexOf(separator) !== index ? [undefined, -1] : [separator, index];
}

function parseWhole(text: string): CsvAmount {
  if (DIGITS.test(text)) return { amount: text };
  const units = ungroup(text, undefined);
  return units === undefined ? invalidAmount(text) : { amount: units };
}

/** Removes thousands separators. @returns undefined for digits that are not grouped in threes, or by the decimal separator */
function ungroup(text: string, decimal: ',' | '.' | undefined): string | undefined {
  if (SPACED.test(text)) return text.replaceAll(SPACES, '');
  const separator = text.includes(',') ? ',' : '.';
  return separator !== decimal && GROUPS[separator].test(text) ? text.replaceAll(separator, '') : undefined;
}

function ambiguous(text: string, before: string, fraction: string): CsvAmount {
  return {
    error: `${text} may be ${before}${fraction}, or ${before} and a fraction. Write ${before}${fraction} or ${before}.${fraction}0.`,
  };
}

function invalidAmount(text: string): CsvAmount {
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return { error: `${shown} is not an amount. Write digits only, with a point before the decimals, such as 5000 or 49.99.` };
}
