import type { ImportRow } from '@private-lending/client';
import type { Currency } from '@private-lending/locale/currencies';
import type { Language } from '@private-lending/locale/languages';
import { emptyRow } from '../inviting/model/rows.ts';
import { type CellProblem, validateRows } from '../inviting/model/validate.ts';
import type { PastedRow } from '../inviting/paste/paste.ts';

type ProblemRow = Pick<ImportRow, 'code' | 'contribution_amount' | 'email' | 'message' | 'name'>;

/** The mark at the end of a cell that the server stores only the start of. */
const TRUNCATED = '…';

/**
 * Why a row is invalid, found as in the table of people, so that it can be shown in the user's language.
 * @returns the server's own text where nothing is found
 */
export function problemOfRow(row: ProblemRow, currency: Currency, language: Language): CellProblem {
  const { code = '', message = '', email, name = '', contribution_amount: amount } = row;
  const rejected: CellProblem = { kind: 'rejected', rejection: { code, message } };
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
export function toPastedRow(row: ProblemRow, currency: Currency, language: Language): PastedRow {
  const { email, contribution_amount: amount, name, code, message } = row;
  const isUnexplained = code === 'INVALID' && problemOfRow(row, currency, language).kind === 'rejected';
  return {
    email,
    amount,
    ...(name !== undefined && (name.endsWith(TRUNCATED) ? { notes: [name] } : { name })),
    ...(isUnexplained && message !== undefined && { leftovers: [message] }),
  };
}
