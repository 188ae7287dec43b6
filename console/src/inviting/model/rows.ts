import type { Currency } from '@private-lending/locale/currencies';
import type { Language } from '@private-lending/locale/languages';
import { formatAmount } from '@private-lending/locale/numbers';
import { decideAmount, isAmbiguous, type Notation, notationOf, rewriteAmount } from '../paste/notation.ts';
import { FIELDS, type Field, type Paste, type PastedRow } from '../paste/paste.ts';

/** A person to invite, as the table has it. */
export interface Row {
  readonly id: number;
  readonly email: string;
  readonly name: string;
  readonly amount: string;
  /** Of a paste, with no column to be in: to be removed before the row is sent. */
  readonly leftovers: readonly string[];
  /** Of a paste, from columns that are none of ours. Not sent. */
  readonly notes: readonly string[];
  /** The amount is of a paste, and has a mark that may separate decimals or thousands. */
  readonly hasOpenMark: boolean;
  /** Why the server did not invite this person, by field; cleared when the field is changed. */
  readonly rejected: Readonly<Partial<Record<Field, Rejection>>>;
}

export interface Rejection {
  readonly code: string;
  /** By the server, in English. */
  readonly message: string;
}

/** More rows are sent as a file, which the server works through by itself. */
export const ROWS_MAX = 500;
const ROWS_AT_START = 3;

export function emptyRow(id: number): Row {
  return { id, email: '', name: '', amount: '', leftovers: [], notes: [], hasOpenMark: false, rejected: {} };
}

export function isBlankRow({ email, name, amount, leftovers, notes }: Row): boolean {
  return leftovers.length === 0 && notes.length === 0 && [email, name, amount].every((text) => text.trim() === '');
}

export interface Rows {
  readonly rows: readonly Row[];
  /** Id of the next row. */
  readonly nextId: number;
}

/** Adds blank rows, so that there are a few to begin with, and always one below the last person. */
export function withBlankRows({ rows, nextId }: Rows): Rows {
  const last = rows.at(-1);
  const missing = Math.max(ROWS_AT_START - rows.length, last && isBlankRow(last) ? 0 : 1);
  const count = Math.max(0, Math.min(missing, ROWS_MAX - rows.length));
  return { rows: [...rows, ...Array.from({ length: count }, (_, index) => emptyRow(nextId + index))], nextId: nextId + count };
}

/** What a paste needs to be read. */
export interface PasteFormat {
  readonly currency: Currency;
  readonly language: Language;
}

/** A paste in the table. */
interface Filled extends Rows {
  /** An amount that the user has to decide on. */
  readonly question: string | undefined;
}

/**
 * Puts a paste into the table, from the focused row down. People go into blank cells, and get new rows where cells are filled: only
 * a column of amounts or names replaces what is in it.
 * @param rowId of the focused row
 */
export function fillIn({ rows, nextId }: Rows, paste: Paste, rowId: number, format: PasteFormat): Filled {
  const amounts = paste.rows.flatMap(({ amount }) => (amount ? [amount] : []));
  const { notation, example } = notationOf(amounts, format.currency);
  const start = Math.max(
    0,
    rows.findIndex(({ id }) => id === rowId),
  );
  const result = rows.slice(0, start);
  const rest = rows.slice(start);
  let id = nextId;
  for (const pasted of paste.rows) {
    const target = rest[0];
    const fits = target !== undefined && (paste.kind === 'cells' || hasRoom(target, pasted));
    result.push(merge(fits ? target : emptyRow(id), pasted, notation, format));
    if (fits) rest.shift();
    else id += 1;
  }
  const question = notation === 'unknown' && example !== '' ? example : undefined;
  return { rows: [...result, ...rest], nextId: id, question };
}

function hasRoom(target: Row, pasted: PastedRow): boolean {
  return FIELDS.every((field) => !pasted[field] || target[field].trim() === '');
}

function merge(target: Row, pasted: PastedRow, notation: Notation, { currency, language }: PasteFormat): Row {
  const rejected = { ...target.rejected };
  const next = { ...target, rejected };
  for (const field of FIELDS) {
    if (!pasted[field]) continue; // a blank cell removes nothing
    next[field] = pasted[field];
    delete rejected[field];
  }
  if (pasted.amount) {
    next.amount = rewriteAmount(pasted.amount, notation, currency, language) ?? pasted.amount;
    next.hasOpenMark = notation === 'unknown' && isAmbiguous(pasted.amount, currency);
  }
  return {
    ...next,
    leftovers: [...target.leftovers, ...(pasted.leftovers ?? [])],
    notes: [...target.notes, ...(pasted.notes ?? [])],
  };
}

/** Reads the amounts that were waiting for the user's decision. What has too many decimals then stays as it was written. */
export function decideMark(rows: readonly Row[], mark: '.' | ',', { currency, language }: PasteFormat): Row[] {
  return rows.map((row) => {
    if (!row.hasOpenMark) return row;
    const amount = decideAmount(row.amount, mark, currency);
    return amount === undefined ? row : { ...row, amount: formatAmount(amount, currency, language), hasOpenMark: false };
  });
}
