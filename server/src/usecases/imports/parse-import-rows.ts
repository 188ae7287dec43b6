import { setImmediate } from 'node:timers/promises';
import { hasInvisibleCharacter } from '../../domain/email/invisible-characters.ts';
import { emailRule, parseEmail } from '../../domain/email.ts';
import type { Caller } from '../../domain/identity.ts';
import type { ImportRow } from '../../domain/imports/lender-import.ts';
import type { RowError, RowReason } from '../../domain/imports/row-reason.ts';
import { AMOUNT_RULE, parseAmount } from '../../domain/money.ts';
import { parseSingleLine } from '../../domain/single-line-text.ts';
import { NAME_LENGTH_MAX } from '../../schemas/input-fields.ts';

/** A row as in the file, with an error where a cell could not be read. */
export interface ImportRowInput {
  readonly line: number;
  readonly email: string;
  readonly contribution_amount: string;
  readonly name: string | null;
  readonly error?: CellError;
}

/** Why a row can't be read. */
export interface CellError {
  readonly message: string;
  readonly reason: RowReason;
}

/** A row, and the result of parsing it, without regard to the loan and the other rows. */
export interface ParsedImportRow {
  readonly input: ImportRowInput;
  readonly result: ImportRow | RowError;
}

/** Rows that are parsed before other requests run: parsing thousands of addresses at once would keep them waiting. */
const SLICE_ROWS = 250;

/** Characters stored of each cell of an invalid row. */
const INVALID_LENGTH_MAX = 60;

/** Parses the cells of each row, in slices between which other requests run. */
export async function parseImportRows(inputs: readonly ImportRowInput[]): Promise<ParsedImportRow[]> {
  const parsed: ParsedImportRow[] = [];
  for (const input of inputs) {
    parsed.push({ input, result: parseRow(input) });
    if (parsed.length % SLICE_ROWS === 0) await setImmediate();
  }
  return parsed;
}

/** Of a repeated address the first valid row counts. Invalid rows get an outcome. */
export function toImportRows(parsed: readonly ParsedImportRow[], caller: Caller): ImportRow[] {
  const lineByEmail = new Map<string, number>();
  return parsed.map(({ input, result: row }) => {
    if ('code' in row) return invalidRow(input, row);
    if (row.email === caller.email)
      return invalidRow(input, { code: 'SELF_INVITATION', message: 'You cannot invite yourself to your own loan' });
    const first = lineByEmail.get(row.email);
    if (first !== undefined) {
      const message = `${truncate(row.email)} is already in line ${first}. Each address is invited once.`;
      return invalidRow(input, { code: 'DUPLICATE_IN_REQUEST', message });
    }
    lineByEmail.set(row.email, row.line);
    return row;
  });
}

function parseRow(input: ImportRowInput): ImportRow | RowError {
  const { line, contribution_amount: amount, error } = input;
  if (error) return { code: 'INVALID', ...error };
  const email = parseEmail(input.email);
  if (!email) {
    const isInvisible = hasInvisibleCharacter(input.email);
    return invalid(isInvisible ? 'EMAIL_INVISIBLE_CHARACTER' : 'EMAIL_INVALID', `email ${emailRule(input.email)}.`);
  }
  if (!parseAmount(amount)) return invalid('AMOUNT_MALFORMED', `contribution_amount must be ${AMOUNT_RULE}.`);
  const name = parseSingleLine(input.name ?? '', NAME_LENGTH_MAX);
  if (name === undefined) {
    const rule = `must be text of at most ${NAME_LENGTH_MAX} characters on one line, without control characters`;
    return invalid('NAME_INVALID', `name ${rule}.`);
  }
  return { line, email, amount, ...(name !== null && { name }) };
}

function invalid(reason: RowReason, message: string): RowError {
  return { code: 'INVALID', message, reason };
}

function invalidRow({ line, email, contribution_amount, name }: ImportRowInput, error: RowError): ImportRow {
  return {
    line,
    email: truncate(email),
    amount: truncate(contribution_amount),
    ...(name && { name: truncate(name) }),
    outcome: 'invalid',
    error,
  };
}

function truncate(text: string): string {
  const characters = [...text];
  return characters.length > INVALID_LENGTH_MAX ? `${characters.slice(0, INVALID_LENGTH_MAX - 1).join('')}…` : text;
}
