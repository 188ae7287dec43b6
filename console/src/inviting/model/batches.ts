import type { Field } from '../paste/paste.ts';
import { emailKey } from './email-form.ts';
import type { Rejection, Row } from './rows.ts';
import { amountOf, type ValidationContext } from './validate.ts';

/** People in one request, of which all are invited or none. */
const BATCH_SIZE = 20;

export interface BatchLender {
  readonly rowId: number;
  readonly email: string;
  readonly contribution_amount: string;
  readonly name?: string;
  /** An invitation of this person to the loan may have ended. Not sent. */
  readonly isAgain?: true;
}

/** One request, as it is sent each time until its outcome is known. */
export interface Batch {
  readonly key: string;
  readonly lenders: readonly BatchLender[];
}

/**
 * Groups valid rows into requests. The keys follow from the draft and from what is sent, so that two tabs with one draft that send the
 * same have one effect.
 * @param seed of the draft
 */
export function createBatches(rows: readonly Row[], seed: string, context: ValidationContext): Batch[] {
  const lenders = rows.map((row): BatchLender => {
    const name = row.name.trim();
    const contributionAmount = amountOf(row, context) ?? '';
    const isAgain = context.invited === undefined || context.invited.get(emailKey(row.email)) === 'ended';
    return {
      rowId: row.id,
      email: row.email.trim(),
      contribution_amount: contributionAmount,
      ...(name !== '' && { name }),
      ...(isAgain && { isAgain }),
    };
  });
  const groups = Array.from({ length: Math.ceil(lenders.length / BATCH_SIZE) }, (_, index) =>
    lenders.slice(index * BATCH_SIZE, (index + 1) * BATCH_SIZE),
  );
  return groups.map((group) => ({ key: `invite-${seed}-${fingerprint(bodyOf(group))}`, lenders: group }));
}

/** The lenders as the API takes them. */
export function bodyOf(lenders: readonly BatchLender[]): { lenders: Omit<BatchLender, 'rowId' | 'isAgain'>[] } {
  return { lenders: lenders.map(({ rowId: _, isAgain: __, ...lender }) => lender) };
}

interface Violation {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** What the server has found, by row. */
export interface Rejections {
  readonly byRow: ReadonlyMap<number, Readonly<Partial<Record<Field, Rejection>>>>;
  /** That which is of no row, such as over-funding. */
  readonly others: readonly Rejection[];
}

/** With the reason that the server gives for a row of a file with the same problem, as a request has only the code `INVALID`. */
const FIELDS_BY_NAME: ReadonlyMap<string, { readonly field: Field; readonly reason: string }> = new Map([
  ['email', { field: 'email', reason: 'EMAIL_INVALID' }],
  ['name', { field: 'name', reason: 'NAME_INVALID' }],
  ['contribution_amount', { field: 'amount', reason: 'AMOUNT_MALFORMED' }],
]);

/** Finds the cells of violations such as `lenders[1].email`, and why their texts are invalid. */
export function rejectionsOf(lenders: readonly BatchLender[], violations: readonly Violation[]): Rejections {
  const byRow = new Map<number, Partial<Record<Field, Rejection>>>();
  const others: Rejection[] = [];
  for (const { path, code, message } of violations) {
    const [, index = '', name = ''] = /^lenders\[(\d+)\](?:\.(\w+))?$/.exec(path) ?? [];
    const rowId = index === '' ? undefined : lenders[Number(index)]?.rowId;
    if (rowId === undefined) {
      others.push({ code, message });
      continue;
    }
    const fields = byRow.get(rowId) ?? {};
    const { field, reason } = FIELDS_BY_NAME.get(name) ?? { field: 'email', reason: code };
    fields[field] ??= { code: code === 'INVALID' ? reason : code, message };
    byRow.set(rowId, fields);
  }
  return { byRow, others };
}

/** 53 bits of a text, by cyrb53 (public domain). Distinguishes the requests of one draft; it protects nothing. */
function fingerprint(value: unknown): string {
  let [high, low] = [0xdeadbeef, 0x41c6ce57];
  for (const character of JSON.stringify(value)) {
    const code = character.codePointAt(0) ?? 0;
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return (4294967296 * (2097151 & low) + (high >>> 0)).toString(36);
}
