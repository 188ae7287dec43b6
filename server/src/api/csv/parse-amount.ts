import type { Currency } from '@private-lending/locale/currencies';
import { describeCurrency } from '@private-lending/locale/currency-signs';
import type { DecimalMark } from '@private-lending/locale/decimal-mark';
import { type AmountProblem, readAmount } from '@private-lending/locale/read-amount';
import type { RowReason } from '../../domain/imports/row-reason.ts';
import { amountError } from '../../domain/invitation.ts';
import { formatMoney, MINOR_UNITS_MAX, parseAmount } from '../../domain/money.ts';
import type { CellError } from '../../usecases/imports/parse-import-rows.ts';

export type CsvAmount = { readonly amount: string } | CellError;

const REASONS: Readonly<Record<AmountProblem['kind'], RowReason>> = {
  malformed: 'AMOUNT_MALFORMED',
  negative: 'AMOUNT_NEGATIVE',
  percentage: 'AMOUNT_PERCENTAGE',
  zero: 'AMOUNT_ZERO',
  'other currency': 'AMOUNT_OTHER_CURRENCY',
  ambiguous: 'AMOUNT_AMBIGUOUS',
  'too many decimals': 'AMOUNT_TOO_MANY_DECIMALS',
  'too much': 'AMOUNT_TOO_MUCH',
};

/** How the amounts of a file are read. */
export interface AmountFormat {
  /** Of the loan. */
  readonly currency: Currency;
  /**
   * The mark that separates decimals also where it is the only one, before three digits: that of the file's other amounts, else the
   * point, as in the API; undefined where the file's delimiter is a semicolon, as its decimal separator may be a comma.
   */
  readonly decimalMark: DecimalMark | undefined;
  /** Whether the file's other amounts show it: then the other mark separates thousands. */
  readonly isShown: boolean;
}

/**
 * Parses an amount as spreadsheets write it, with an error in words. `1,234` is rejected where it may be 1234 or 1.234.
 * @returns the amount in the API's format, in major units, valid in the currency
 */
export function parseCsvAmount(text: string, format: AmountFormat): CsvAmount {
  const { currency, decimalMark, isShown } = format;
  const groupMark = isShown ? (decimalMark === ',' ? '.' : ',') : undefined;
  const read = readAmount(text, { currency, decimalMark, groupMark });
  if ('amount' in read) return read;
  return { reason: REASONS[read.problem.kind], message: describeProblem(read.problem, text.trim(), format) };
}

/** @param shown the whole cell */
function describeProblem(problem: AmountProblem, shown: string, format: AmountFormat): string {
  const { code } = format.currency;
  switch (problem.kind) {
    case 'malformed':
      return invalidAmount(shown, 'is not an amount', format);
    case 'negative':
      return invalidAmount(shown, 'is negative', format);
    case 'percentage':
      return invalidAmount(shown, 'is a percentage, not an amount', format);
    case 'zero':
      return invalidAmount(shown, 'is not above 0', format);
    case 'other currency': {
      const found = describeCurrency(problem.text, problem.codes);
      return `${cut(shown)} is in ${found}, but the loan is in ${code}. Convert it to ${code}, and write digits only.`;
    }
    case 'ambiguous':
      return describeAmbiguity(problem, shown, format);
    case 'too many decimals':
    case 'too much':
      return describeExcess(problem.kind, problem.amount, shown, format);
  }
}

function describeExcess(kind: 'too many decimals' | 'too much', amount: string, shown: string, format: AmountFormat): string {
  const parsed = parseAmount(amount);
  if (parsed) {
    const { message } = amountError(parsed, format.currency, '');
    return kind === 'too many decimals' ? `${message} ${advice(format)}` : message;
  }
  if (!/^\d{14}/.test(amount)) return invalidAmount(shown, 'is not an amount', format);
  return `${cut(shown)} is too much: at most ${formatMoney(MINOR_UNITS_MAX, format.currency)}.`;
}

/** Advises only what the parser accepts in the same column. */
function describeAmbiguity(problem: AmountProblem & { kind: 'ambiguous' }, shown: string, format: AmountFormat): string {
  const { code, decimals } = format.currency;
  const [before, exact] = problem.parts;
  const decimal = exact === '' ? before : `${before}.${exact.length === 3 && format.decimalMark !== '.' ? `${exact}0` : exact}`;
  const hasDecimal = exact.length <= decimals;
  if (problem.isDecimalMark) {
    const otherwise = hasDecimal ? `, else ${decimal}` : '';
    const [mark, name] = format.decimalMark === ',' ? [',', 'comma'] : ['.', 'point'];
    const written = `${before}${mark}${problem.whole.slice(before.length)}`;
    return `${written} ${code} has more decimals than ${code} allows: ${decimals}. If its ${name} separates thousands, write ${problem.whole}${otherwise}.`;
  }
  const limit = `; ${code} has at most ${decimals} decimal${decimals === 1 ? '' : 's'}`;
  return `${shown} may be ${problem.whole}, or ${before} and a fraction. Write ${problem.whole}${hasDecimal ? ` or ${decimal}` : limit}.`;
}

function invalidAmount(text: string, reason: string, format: AmountFormat): string {
  return `${cut(text)} ${reason}. ${advice(format)}`;
}

function advice({ currency }: AmountFormat): string {
  return currency.decimals === 0
    ? 'Write digits only, such as 5000.'
    : 'Write digits only, with a point before the decimals, such as 5000 or 49.99.';
}

function cut(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
