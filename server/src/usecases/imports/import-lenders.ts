import * as z from 'zod';
import { invalid, payloadTooLarge, rateLimited } from '../../domain/errors.ts';
import type { UserId } from '../../domain/ids.ts';
import {
  countsOf,
  IMPORT_MODES,
  type ImportMode,
  type ImportPart,
  type ImportRow,
  PART_ROWS,
  ROWS_PER_COMMIT,
} from '../../domain/imports/lender-import.ts';
import { requireOpen } from '../../domain/loan.ts';
import { ZERO } from '../../domain/money.ts';
import { NO_PERIOD, periodEndAfter, type UsageCounter, usedIn } from '../../domain/usage-counter.ts';
import type { Rules } from '../../execution/services.ts';
import type { Command, CommandHead, CounterChange } from '../../execution/use-case.ts';
import type { View } from '../../execution/view.ts';
import * as fields from '../../schemas/input-fields.ts';
import { presentImport } from '../../schemas/presenters.ts';
import { importResponse } from '../../schemas/responses.ts';
import { importBytesCounterKey, importCounterKey, loanKey, openImportCounterKey } from '../../storage/keys.ts';
import type { Key } from '../../storage/store.ts';
import { requireBorrower, requireId, requireLoan } from '../authorization.ts';
import { countUsage } from '../usage-limit.ts';
import { requireOwnLoan } from './import-access.ts';
import { type ParsedImportRow, toImportRows } from './parse-import-rows.ts';

export const IMPORT_ROWS_MAX = 10_000;
export const IMPORT_BYTES_MAX = 4 * 1024 * 1024;
/** All rows of a file as stored: one commit writes them, and a DynamoDB transaction holds 4 MB. */
const ROWS_BYTES_MAX = 3_800_000;
/** Files and bytes of rows that one user may store, as an import takes megabytes of the store even if it invites nobody. */
const IMPORTS_PER_HOUR = 100;
const IMPORT_BYTES_PER_DAY = 50_000_000;
/** Imports of one user that may wait for their next hour, when each takes a step. */
const OPEN_IMPORTS_MAX = 100;

const MODE_RULE = 'must be "all_or_nothing" or "per_row"';
const DRY_RUN_RULE = 'must be "true" or "false"';

const input = z.object({
  loan_id: fields.loanId,
  mode: z
    .enum(IMPORT_MODES, { error: MODE_RULE })
    .optional()
    .meta({
      description: `all_or_nothing adds all rows in one transaction, at most ${ROWS_PER_COMMIT}, or none; per_row adds each row that can be added. Default: all_or_nothing for a file that one transaction holds, else per_row.`,
    }),
  dry_run: z
    .enum(['true', 'false'], { error: DRY_RUN_RULE })
    .prefault('false')
    .transform((text) => text === 'true')
    .meta({ description: 'Only determines the outcome of each row: nobody is invited.' }),
  rows: z.array(z.custom<ParsedImportRow>()).min(1).max(IMPORT_ROWS_MAX),
});

/** Megabytes follow: they are read only for the borrower of the loan. */
const head: CommandHead<Omit<z.output<typeof input>, 'rows'>> = { input: input.omit({ rows: true }), authorize: requireOwnLoan };

export const importLenders: Command<z.output<typeof input>> = {
  kind: 'command',
  endpoint: 'ImportLenders',
  summary: `Accepts a CSV file of up to ${IMPORT_ROWS_MAX} lenders and invites them row by row, in the background: follow it at Location. A row that can’t be added does not stop the others, unless the mode is all_or_nothing.`,
  input,
  head,
  output: importResponse,
  success: 202,
  actor: 'borrower',

  viewKeys({ input, caller }) {
    return [loanKey(requireId(input.loan_id, 'loan')), ...usageKeys(caller.userId)];
  },

  authorize: requireBorrower,

  plan(view, { input, caller, now, ids, rules }) {
    const loan = requireLoan(view, input.loan_id).data;
    requireOpen(loan);
    const rows = toImportRows(input.rows, caller);
    const importId = ids.import();
    const { parts, bytes } = partsOf(rows);
    const job = {
      importId,
      loanId: loan.loanId,
      borrowerId: caller.userId,
      ...modeOf(input.mode, rows.length, rules),
      isDryRun: input.dry_run,
      rowsTotal: rows.length,
      rowsDone: 0,
      counts: countsOf(rows),
      amountAdded: ZERO,
      state: { name: 'running' } as const,
      createdAt: now,
    };
    return {
      newImport: { job, parts },
      counters: countImport(view, caller.userId, bytes, now),
      location: `/loans/${loan.loanId}/lenders/imports/${importId}`,
      body: { success: true, import: presentImport(loan, job) },
    };
  },
};

/** @throws DomainError where `all_or_nothing` is requested for more rows than one transaction, or one hour, allows */
function modeOf(
  requested: ImportMode | undefined,
  rows: number,
  { invitesPerHour }: Rules,
): { mode: ImportMode; modeReason: string } {
  if (requested === 'per_row') return { mode: requested, modeReason: 'As requested: each row is added or not by itself.' };
  const rowsMax = Math.min(ROWS_PER_COMMIT, invitesPerHour);
  const limit =
    invitesPerHour < ROWS_PER_COMMIT ? `You may send ${rowsMax} invitations an hour` : `One transaction holds ${rowsMax} rows`;
  if (rows > rowsMax) {
    if (!requested) return { mode: 'per_row', modeReason: `${limit} and this file has ${rows}: each is added or not by itself.` };
    const message = `${limit} and this file has ${rows}, so it cannot be all or nothing. Send mode=per_row, or split the file.`;
    throw invalid([{ path: 'mode', code: 'INVALID', message }]);
  }
  const modeReason = requested
    ? 'As requested: all rows are added, or none.'
    : `${limit}: all rows of this file are added, or none.`;
  return { mode: 'all_or_nothing', modeReason };
}

function usageKeys(userId: UserId) {
  return [importCounterKey(userId), importBytesCounterKey(userId), openImportCounterKey(userId)] as const;
}

/** @throws DomainError `TOO_MANY_REQUESTS` where a limit of the user does not allow another import */
function countImport(view: View, userId: UserId, bytes: number, now: number): CounterChange[] {
  const [files, storedBytes, open] = usageKeys(userId);
  return [
    countUsage(view, { key: files, period: 'hour', unit: 'files', count: 1, max: IMPORTS_PER_HOUR }, now),
    countUsage(view, { key: storedBytes, period: 'day', unit: 'bytes of rows', count: bytes, max: IMPORT_BYTES_PER_DAY }, now),
    countOpenImport(view, open, now),
  ];
}

function countOpenImport(view: View, key: Key<UsageCounter>, now: number): CounterChange {
  const count = usedIn(NO_PERIOD, view.at(key)?.data) + 1;
  if (count <= OPEN_IMPORTS_MAX) return { key, data: { period: NO_PERIOD, count } };
  throw rateLimited(
    `You have ${OPEN_IMPORTS_MAX} imports that have not ended, the most there may be. Send this file when one has.`,
    Math.ceil((periodEndAfter('hour', now) - now) / 1000),
  );
}

/** @throws DomainError where one commit can't store them */
function partsOf(rows: readonly ImportRow[]): { parts: ImportPart[]; bytes: number } {
  const parts = Array.from({ length: Math.ceil(rows.length / PART_ROWS) }, (_, number) => ({
    rows: rows.slice(number * PART_ROWS, (number + 1) * PART_ROWS),
  }));
  const bytes = parts.reduce((sum, part) => sum + Buffer.byteLength(JSON.stringify(part)), 0);
  if (bytes > ROWS_BYTES_MAX) throw payloadTooLarge(ROWS_BYTES_MAX, 'This file, as stored with its errors,');
  return { parts, bytes };
}
