import * as z from 'zod';
import { type Email, parseEmail } from '../../domain/email.ts';
import type { FieldError } from '../../domain/errors.ts';
import type { Caller } from '../../domain/identity.ts';
import type { ImportRow } from '../../domain/lender-import.ts';
import { AMOUNT_RULE, parseAmount } from '../../domain/money.ts';
import { parseSingleLine } from '../../domain/single-line-text.ts';
import { NAME_LENGTH_MAX } from '../../schemas/input-fields.ts';

/** A row as a file has it. What its reader could not make out, it says. */
export const importRowInput = z.object({
  line: z.int(),
  email: z.string(),
  contribution_amount: z.string(),
  name: z.string().nullable(),
  problem: z.object({ message: z.string() }).optional(),
});

export type ImportRowInput = z.output<typeof importRowInput>;

/** So much of what is no address, amount or name is kept, to be shown. */
const SHOWN_LENGTH_MAX = 60;

/** Tells the rows that may be invited from those that no loan could take; an address counts once, where it is first fit. */
export function parseImportRows(sent: readonly ImportRowInput[], caller: Caller): ImportRow[] {
  const lineOf = new Map<Email, number>();
  return sent.map((row) => {
    const read = readRow(row, caller);
    if (typeof read === 'object' && 'code' in read) return unfit(row, read);
    const { email } = read;
    const first = lineOf.get(email);
    if (first !== undefined) {
      const message = `${email} stands in line ${first} already. Each address is invited once.`;
      return unfit(row, { code: 'DUPLICATE_IN_REQUEST', message });
    }
    lineOf.set(email, row.line);
    return read;
  });
}

type Reason = Pick<FieldError, 'code' | 'message'>;

function readRow({ line, email: written, contribution_amount: amount, name: called, problem }: ImportRowInput, caller: Caller) {
  if (problem) return invalid(problem.message);
  const email = parseEmail(written);
  if (!email) return invalid('email must be an e-mail address such as ana@example.com.');
  if (!parseAmount(amount)) return invalid(`contribution_amount must be ${AMOUNT_RULE}.`);
  const name = parseSingleLine(called ?? '', NAME_LENGTH_MAX);
  if (name === undefined)
    return invalid(`name must be text of at most ${NAME_LENGTH_MAX} characters on one line, without control characters.`);
  if (email === caller.email) return { code: 'SELF_INVITATION', message: 'You cannot invite yourself to your own loan' } as const;
  return { line, email, amount, ...(name !== null && { name }) };
}

function invalid(message: string): Reason {
  return { code: 'INVALID', message };
}

function unfit({ line, email, contribution_amount, name }: ImportRowInput, error: Reason): ImportRow {
  const shown = name ? { name: cut(name) } : {};
  return { line, email: cut(email), amount: cut(contribution_amount), ...shown, outcome: 'invalid', error };
}

function cut(text: string): string {
  const characters = [...text];
  return characters.length > SHOWN_LENGTH_MAX ? `${characters.slice(0, SHOWN_LENGTH_MAX - 1).join('')}…` : text;
}
