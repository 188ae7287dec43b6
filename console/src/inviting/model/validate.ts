import type { Currency } from '@private-lending/locale/currencies';
import type { Language } from '@private-lending/locale/languages';
import { type AmountProblem, parseAmount, type ReadAmount, readAmount } from '@private-lending/locale/read-amount';
import { NAME_LENGTH_MAX } from '../../app/name-limits.ts';
import type { Field } from '../paste/paste.ts';
import { emailKey, isEmailForm } from './email-form.ts';
import { isBlankRow, type Rejection, type Row } from './rows.ts';
import { toUnits } from './shares.ts';

/** Control characters, and marks that change the writing direction, as the server has them. */
const FORBIDDEN_IN_NAME = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

/** Why a cell is not accepted. */
export type CellProblem =
  | {
      readonly kind:
        | 'email missing'
        | 'email form'
        | 'own address'
        | 'amount missing'
        | 'name too long'
        | 'name form'
        | 'leftovers';
    }
  /** @property row the number of the first row with the address, from 1 */
  | { readonly kind: 'duplicate'; readonly row: number }
  | { readonly kind: 'already invited'; readonly status: 'pending' | 'accepted' }
  | { readonly kind: 'amount'; readonly problem: AmountProblem; readonly text: string }
  | { readonly kind: 'rejected'; readonly rejection: Rejection };

/** Of a row, by the cell in which it is marked. */
export type RowProblems = Readonly<Partial<Record<Field, CellProblem>>>;

/** What the rows are judged by. */
export interface ValidationContext {
  readonly currency: Currency;
  readonly language: Language;
  readonly ownEmail: string;
  /** The state of each address's invitation, by `emailKey`; undefined while it is not known. */
  readonly invited: ReadonlyMap<string, 'pending' | 'accepted' | 'ended'> | undefined;
}

export interface Validation {
  /** By the id of the row; rows without problems are left out. */
  readonly problems: ReadonlyMap<number, RowProblems>;
  /** Of all amounts that can be read, in minor units. */
  readonly total: number;
  /** Rows with such an amount. */
  readonly totalCount: number;
  /** Rows that are not blank. */
  readonly filled: readonly Row[];
}

/** Judges the rows as the server will, as far as that is known before. */
export function validateRows(rows: readonly Row[], context: ValidationContext): Validation {
  const problems = new Map<number, RowProblems>();
  const filled = rows.filter((row) => !isBlankRow(row));
  const firstRows = new Map<string, number>();
  let [total, totalCount] = [0, 0];
  for (const [index, row] of rows.entries()) {
    if (isBlankRow(row)) continue;
    const amount = amountOf(row, context);
    if (amount !== undefined) {
      total += toUnits(amount, context.currency);
      totalCount += 1;
    }
    const found = problemsOf(row, firstRows, context);
    if (Object.keys(found).length > 0) problems.set(row.id, found);
    const key = emailKey(row.email);
    if (row.email.trim() !== '' && !firstRows.has(key)) firstRows.set(key, index + 1);
  }
  return { problems, total, totalCount, filled };
}

/** @returns a decimal in major units, in the format of the API; undefined where there is none */
export function amountOf(row: Row, context: ValidationContext): string | undefined {
  const read = readRowAmount(row, context);
  return 'amount' in read ? read.amount : undefined;
}

function readRowAmount({ amount, hasOpenMark }: Row, { currency, language }: ValidationContext): ReadAmount {
  return hasOpenMark ? readAmount(amount, { currency }) : parseAmount(amount, currency, language);
}

function problemsOf(row: Row, firstRows: ReadonlyMap<string, number>, context: ValidationContext): RowProblems {
  const email = emailProblem(row, firstRows, context);
  const name = nameProblem(row);
  const amount = amountProblem(row, context);
  return { ...(email && { email }), ...(name && { name }), ...(amount && { amount }) };
}

function emailProblem(
  { email, rejected }: Row,
  firstRows: ReadonlyMap<string, number>,
  { ownEmail, invited }: ValidationContext,
): CellProblem | undefined {
  if (email.trim() === '') return { kind: 'email missing' };
  if (!isEmailForm(email)) return { kind: 'email form' };
  const key = emailKey(email);
  const first = firstRows.get(key);
  if (first !== undefined) return { kind: 'duplicate', row: first };
  if (key === emailKey(ownEmail)) return { kind: 'own address' };
  const status = invited?.get(key);
  if (status !== undefined && status !== 'ended') return { kind: 'already invited', status };
  return rejected.email && { kind: 'rejected', rejection: rejected.email };
}

function nameProblem({ name, rejected, leftovers }: Row): CellProblem | undefined {
  if ([...name.trim()].length > NAME_LENGTH_MAX) return { kind: 'name too long' };
  if (FORBIDDEN_IN_NAME.test(name.trim())) return { kind: 'name form' };
  if (leftovers.length > 0) return { kind: 'leftovers' };
  return rejected.name && { kind: 'rejected', rejection: rejected.name };
}

function amountProblem(row: Row, context: ValidationContext): CellProblem | undefined {
  const { amount, rejected } = row;
  if (amount.trim() === '') return { kind: 'amount missing' };
  const read = readRowAmount(row, context);
  if ('problem' in read) return { kind: 'amount', problem: read.problem, text: amount };
  return rejected.amount && { kind: 'rejected', rejection: rejected.amount };
}

/** Not a mistake while the user is typing or has pasted a list: it may come next. */
export function isMissing({ kind }: CellProblem): boolean {
  return kind === 'email missing' || kind === 'amount missing';
}
