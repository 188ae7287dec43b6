/* Amounts as spreadsheets write them. Text in, text out: no float ever stands between. */

export type ReadAmount = { readonly amount: string } | { readonly problem: string };

const DIGITS = /^\d+$/;
/** Digits that a space, a no-break, thin or figure space, or an apostrophe sets in threes, as in French and Swiss writing. */
const SPACED = /^[1-9]\d{0,2}(?:([ \u00a0\u2007\u2009\u202f'\u2019])\d{3})(?:\1\d{3})*$/;
const SPACES = /[ \u00a0\u2007\u2009\u202f'\u2019]/g;
const GROUPS = { ',': /^[1-9]\d{0,2}(?:,\d{3})+$/, '.': /^[1-9]\d{0,2}(?:\.\d{3})+$/ } as const;

/**
 * Reads what has one reading only. `1,234` is a thousand and more to one, and little more than one to another: such text is refused.
 * @param pointIsDecimal whether a lone point followed by three digits is a decimal point, as the API itself writes it; so it is
 * unless the file's cells are parted by semicolons, as where the comma is the decimal sign
 * @returns the amount as the API takes it, in major units
 */
export function readAmount(text: string, pointIsDecimal: boolean): ReadAmount {
  const written = text.trim();
  const [decimalSign, at] = decimalSignOf(written);
  if (decimalSign === undefined) return whole(written);
  const before = written.slice(0, at);
  const fraction = written.slice(at + 1);
  if (!DIGITS.test(fraction)) return unreadable(written);
  const isPlain = DIGITS.test(before);
  const mayBeThousands = isPlain && fraction.length === 3 && /^[1-9]\d{0,2}$/.test(before);
  if (mayBeThousands && !(decimalSign === '.' && pointIsDecimal)) return ambiguous(written, before, fraction);
  const units = isPlain ? before : ungrouped(before, decimalSign);
  return units === undefined ? unreadable(written) : { amount: `${units}.${fraction}` };
}

/** The last sign that may part units from a fraction: one that stands there once. */
function decimalSignOf(text: string): [sign: ',' | '.' | undefined, at: number] {
  const at = Math.max(text.lastIndexOf(','), text.lastIndexOf('.'));
  const sign = text[at] === ',' ? ',' : '.';
  return at < 0 || text.indexOf(sign) !== at ? [undefined, -1] : [sign, at];
}

function whole(text: string): ReadAmount {
  if (DIGITS.test(text)) return { amount: text };
  const units = ungrouped(text, undefined);
  return units === undefined ? unreadable(text) : { amount: units };
}

/** The digits of a number that is set in threes by something else than its decimal sign. */
function ungrouped(text: string, decimalSign: ',' | '.' | undefined): string | undefined {
  if (SPACED.test(text)) return text.replaceAll(SPACES, '');
  const sign = text.includes(',') ? ',' : '.';
  return sign !== decimalSign && GROUPS[sign].test(text) ? text.replaceAll(sign, '') : undefined;
}

function ambiguous(text: string, before: string, fraction: string): ReadAmount {
  return {
    problem: `${text} may be ${before}${fraction}, or ${before} and a fraction. Write ${before}${fraction} or ${before}.${fraction}0.`,
  };
}

function unreadable(text: string): ReadAmount {
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return { problem: `${shown} is no amount. Write digits only, with a point before the decimals, such as 5000 or 49.99.` };
}
