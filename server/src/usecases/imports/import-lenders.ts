import * as z from 'zod';
import { invalid, payloadTooLarge, rateLimited } from '../../domain/errors.ts';
import {
  countsOf,
  IMPORT_MODES,
  type ImportMode,
  type ImportPart,
  type ImportRow,
  PART_ROWS,
  ROWS_PER_COMMIT,
} from '../../domain/lender-import.ts';
import { requireOpen } from '../../domain/loan.ts';
import { ZERO } from '../../domain/money.ts';
import { hourOf, usedIn } from '../../domain/usage-counter.ts';
import type { Rules } from '../../execution/services.ts';
import type { Command, CommandContext, CounterChange } from '../../execution/use-case.ts';
import type { View } from '../../execution/view.ts';
import * as fields from '../../schemas/input-fields.ts';
import { presentImport, presentTime } from '../../schemas/presenters.ts';
import { importResponse } from '../../schemas/responses.ts';
import { importCounterKey, loanKey } from '../../storage/keys.ts';
import { requireBorrower, requireId, requireLoan } from '../authorization.ts';
import { hourEndAfter } from '../lenders/invitation-request.ts';
import { importRowInput, parseImportRows } from './parse-import-rows.ts';

export const IMPORT_ROWS_MAX = 10_000;
export const IMPORT_BYTES_MAX = 4 * 1024 * 1024;
/** As they are kept, all rows of a file: one commit takes them in, and DynamoDB's transactions end at 4 MB. */
const ROWS_BYTES_MAX = 3_800_000;
/** Each may fill some megabytes of the store, also where nobody is invited. */
const IMPORTS_PER_HOUR = 100;

const MODE_RULE = 'must be "all_or_nothing" or "per_row"';
const DRY_RUN_RULE = 'must be "true" or "false"';

const input = z.object({
  loan_id: fields.loanId,
  mode: z
    .enum(IMPORT_MODES, { error: MODE_RULE })
    .optional()
    .meta({
      description: `Whether one row that can not be added keeps out all. all_or_nothing takes one transaction, so at most ${ROWS_PER_COMMIT} rows; left out, it is that for as many, else per_row.`,
    }),
  dry_run: z
    .enum(['true', 'false'], { error: DRY_RUN_RULE })
    .prefault('false')
    .transform((sent) => sent === 'true')
    .meta({ description: 'Only finds out what would become of the rows: nobody is invited.' }),
  rows: z.array(importRowInput).min(1).max(IMPORT_ROWS_MAX),
});

type Input = z.output<typeof input>;

export const importLenders: Command<Input> = {
  kind: 'command',
  endpoint: 'ImportLenders',
  summary: `Takes a CSV file of up to ${IMPORT_ROWS_MAX} lenders and invites them row by row, in the background: follow it at Location.`,
  input,
  output: importResponse,
  success: 202,
  actor: 'borrower',

  view({ input, caller }) {
    return [loanKey(requireId(input.loan_id, 'loan')), importCounterKey(caller.userId)];
  },

  authorize: requireBorrower,

  plan(view, context) {
    const { input, caller, now, ids, rules } = context;
    const loan = requireLoan(view, input.loan_id).data;
    requireOpen(loan);
    const rows = parseImportRows(input.rows, caller);
    const importId = ids.import();
    const job = {
      ...{ importId, loanId: loan.loanId, borrowerId: caller.userId, ...modeOf(input.mode, rows.length, rules) },
      ...{ isDryRun: input.dry_run, rowsTotal: rows.length, rowsDone: 0, counts: countsOf(rows), amountAdded: ZERO },
      ...{ state: { name: 'running' } as const, createdAt: now },
    };
    return {
      newImport: { job, parts: partsOf(rows) },
      counter: countImport(view, context),
      location: `/loans/${loan.loanId}/lenders/imports/${importId}`,
      body: { success: true, import: presentImport(loan, job) },
    };
  },
};

/** @throws DomainError where all or nothing is asked for and one transaction, or one hour, does not hold it */
function modeOf(
  context: ImportMode | undefined,
  rows: number,
  { invitesPerHour }: Rules,
): { mode: ImportMode; modeReason: string } {
  const most = Math.min(ROWS_PER_COMMIT, invitesPerHour);
  const limit =
    invitesPerHour < ROWS_PER_COMMIT ? `You may send ${most} invitations an hour` : `One transaction holds ${most} rows`;
  if (context === 'per_row') return { mode: context, modeReason: 'As asked for: each row is added or not by itself.' };
  if (rows <= most)
    return {
      mode: 'all_or_nothing',
      modeReason: context
        ? 'As asked for: all rows are added, or none.'
        : `${limit}, so that all rows of this file are added, or none.`,
    };
  if (context === undefined)
    return { mode: 'per_row', modeReason: `${limit} and this file has ${rows}, so that each is added or not by itself.` };
  const message = `${limit} and this file has ${rows}, so it can not be all or nothing. Send mode=per_row, or split the file.`;
  throw invalid([{ path: 'mode', code: 'INVALID', message }]);
}

/** @throws DomainError where one commit does not hold them */
function partsOf(rows: readonly ImportRow[]): ImportPart[] {
  const parts = Array.from({ length: Math.ceil(rows.length / PART_ROWS) }, (_, number) => ({
    rows: rows.slice(number * PART_ROWS, (number + 1) * PART_ROWS),
  }));
  const bytes = parts.reduce((sum, part) => sum + Buffer.byteLength(JSON.stringify(part)), 0);
  if (bytes > ROWS_BYTES_MAX) throw payloadTooLarge(ROWS_BYTES_MAX, 'What is kept of the rows, with what is wrong with them,');
  return parts;
}

function countImport(view: View, { caller, now }: CommandContext<Input>): CounterChange {
  const key = importCounterKey(caller.userId);
  const period = hourOf(now);
  const count = usedIn(period, view.at(key)?.data) + 1;
  const hourEnd = hourEndAfter(now);
  if (count > IMPORTS_PER_HOUR) {
    const message = `You may send ${IMPORTS_PER_HOUR} files an hour. Please retry after ${presentTime(hourEnd)}.`;
    throw rateLimited(message, Math.ceil((hourEnd - now) / 1000));
  }
  return { key, data: { period, count } };
}
