import type { ImportRow } from '@private-lending/client';
import type { Currency } from '@private-lending/locale/currencies';
import type { Language } from '@private-lending/locale/languages';
import { emptyRow } from '../inviting/model/rows.ts';
import { type CellProblem, validateRows } from '../inviting/model/validate.ts';
import type { PastedRow } from '../inviting/paste/paste.ts';

type ProblemRow = Pick<ImportRow, 'code' | 'contribution_amount' | 'email' | 'message' | 'name' | 'reason'>;

/** Says a problem in the user's language. */
type Describe = (problem: CellProblem) => string;

/** The mark at the end of a cell that the server stores only the start of. */
const TRUNCATED = '…';

/**
 * Why a row is invalid, found as in the table of people, which says more than the server's reason.
 * @returns that reason where nothing is found
 */
export function problemOfRow(row: ProblemRow, currency: Currency, language: Language): CellProblem {
  const { code = '', reason = code, message = '', email, name = '', contribution_amount: amount } = row;
  const rejected: CellProblem = { kind: 'rejected', rejection: { code: reason, message } };
  const isTruncated = [email, name, amount].some((cell) => cell.endsWith(TRUNCATED));
  if (code !== 'INVALID' || isTruncated) return rejected;
  const context = { currency, language, ownEmail: '', invited: new Map<string, 'accepted'>() };
  // The language of the page says nothing about the marks of the file.
  const rows = [{ ...emptyRow(1), email, name, amount, hasOpenMark: true }];
  const found = validateRows(rows, context).problems.get(1);
  return found?.email ?? found?.name ?? found?.amount ?? rejected;
}

/**
 * A row for the table of people. A name that is not known to its end is not sent. A problem that only
 * the server finds may be that the row has more cells than columns, with a part of the amount beyond them: the user has to remove it
 * before the row is sent.
 */
export function toPastedRow(
  row: ProblemRow,
  { currency, language, describe }: { readonly currency: Currency; readonly language: Language; readonly describe: Describe },
): PastedRow {
  const { email, contribution_amount: amount, name, code } = row;
  const problem = problemOfRow(row, currency, language);
  const isUnexplained = code === 'INVALID' && problem.kind === 'rejected';
  return {
    email,
    amount,
    ...(name !== undefined && (name.endsWith(TRUNCATED) ? { notes: [name] } : { name })),
    ...(isUnexplained && { leftovers: [describe(problem)] }),
  };
}
