import type { Currency } from '@private-lending/locale/currencies';
import { type DecimalMark, decimalMarkIn } from '@private-lending/locale/decimal-mark';
import type { Language } from '@private-lending/locale/languages';
import { formatAmount } from '@private-lending/locale/numbers';
import { readAmount } from '@private-lending/locale/read-amount';

/** How the amounts of a paste are written. `unknown`: `1,234` may be 1234, or a little more than one: the user decides. */
export type Notation = DecimalMark | 'unknown';

/** Finds the decimal mark of a paste in the amounts that have one reading only. */
export function notationOf(
  amounts: readonly string[],
  currency: Currency,
): { readonly notation: Notation; readonly example: string } {
  const marks = new Set(amounts.map(decimalMarkIn).filter((mark) => mark !== undefined));
  const [mark] = marks;
  const ambiguous = amounts.find((amount) => isAmbiguous(amount, currency)) ?? '';
  return { notation: marks.size === 1 && mark !== undefined ? mark : 'unknown', example: ambiguous };
}

export function isAmbiguous(amount: string, currency: Currency): boolean {
  const read = readAmount(amount, { currency });
  return 'problem' in read && read.problem.kind === 'ambiguous';
}

/** Writes an amount as the user's language does. @returns undefined for what is not an amount in this notation */
export function rewriteAmount(text: string, notation: Notation, currency: Currency, language: Language): string | undefined {
  const read = readAmount(text, { currency, ...marksOf(notation) });
  return 'amount' in read ? formatAmount(read.amount, currency, language) : undefined;
}

/**
 * Reads an amount by the decimal mark that the user has decided on, `1.000` as 1 too.
 * @returns a decimal; undefined where the currency has fewer decimals
 */
export function decideAmount(text: string, mark: DecimalMark, currency: Currency): string | undefined {
  const read = readAmount(text, { currency });
  if ('amount' in read) return read.amount;
  if (read.problem.kind !== 'ambiguous') return undefined;
  const { whole, parts } = read.problem;
  if (ambiguousMarkIn(text) !== mark) return whole;
  return parts[1].length <= currency.decimals ? parts.join('.') : undefined;
}

/** The mark of an ambiguous amount, beside a currency too: `Rs. 1,234`. */
export function ambiguousMarkIn(text: string): DecimalMark {
  return /\d,\d/.test(text) ? ',' : '.';
}

function marksOf(notation: Notation): { readonly decimalMark?: DecimalMark; readonly groupMark?: DecimalMark } {
  if (notation === 'unknown') return {};
  return { decimalMark: notation, groupMark: notation === '.' ? ',' : '.' };
}
