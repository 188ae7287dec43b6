import * as z from 'zod';
import { parseEmail } from '../../domain/email.ts';
import type { Ids } from '../../domain/ids.ts';
import { type ImportRow, type LenderImport, outcomeOf, PART_ROWS, ROW_OUTCOMES } from '../../domain/lender-import.ts';
import type { Query } from '../../execution/use-case.ts';
import { readFilteredPage, type ScannedRow } from '../../pagination/filtered-page.ts';
import * as fields from '../../schemas/input-fields.ts';
import { presentImportRow } from '../../schemas/presenters.ts';
import { importRowsResponse } from '../../schemas/responses.ts';
import { importPartsOf } from '../../storage/keys.ts';
import type { Store } from '../../storage/store.ts';
import { requireImport } from './import-access.ts';

const OUTCOME_RULE = `must be one of ${ROW_OUTCOMES.join(', ')}`;
const outcome = z.enum(ROW_OUTCOMES, { error: OUTCOME_RULE }).optional().meta({ description: 'Only rows with this outcome.' });

const input = z.object({
  loan_id: fields.loanId,
  import_id: fields.importId,
  outcome,
  limit: fields.limit,
  cursor: fields.cursor,
});

export const listImportRows: Query<z.output<typeof input>> = {
  kind: 'query',
  endpoint: 'ListImportRows',
  summary:
    'What has become of each row of an import, in the order of the file: as pages in JSON, or whole as CSV with "Accept: text/csv".',
  input,
  output: importRowsResponse,

  async read(context, reading) {
    const { input, caller, ids } = context;
    const scope = [caller.userId, listImportRows.endpoint, input.loan_id, input.import_id, input.outcome];
    const after = reading.cursors.decode(input.cursor, scope, 'cursor');
    const { job } = await requireImport(context, reading);
    const { rows, last } = await readFilteredPage<Numbered>({
      limit: input.limit,
      after,
      matches: ({ row }) => input.outcome === undefined || outcomeOf(job, row) === input.outcome,
      read: (position) => partBehind(reading.store, job, Number(position ?? 0)),
    });
    return {
      success: true,
      rows: rows.map((numbered) => presented(job, numbered, ids)),
      next_cursor: last === undefined ? null : reading.cursors.encode(last, scope),
    };
  },
};

const wholeInput = z.object({ loan_id: fields.loanId, import_id: fields.importId, outcome });

/** The same, for whoever wants a file of it. */
export const exportImportRows: Query<z.output<typeof wholeInput>> = {
  kind: 'query',
  endpoint: 'ListImportRows',
  summary: listImportRows.summary,
  input: wholeInput,
  output: importRowsResponse,

  async read(context, reading) {
    const { job } = await requireImport(context, reading);
    const rows: Numbered[] = [];
    for (let behind = 0; behind < job.rowsTotal; behind += PART_ROWS) {
      const { found } = await partBehind(reading.store, job, behind);
      rows.push(...found.map(({ row }) => row));
    }
    const wanted = rows.filter(({ row }) => context.input.outcome === undefined || outcomeOf(job, row) === context.input.outcome);
    return { success: true, rows: wanted.map((numbered) => presented(job, numbered, context.ids)), next_cursor: null };
  },
};

interface Numbered {
  readonly row: ImportRow;
  /** From 1. */
  readonly number: number;
}

/** The rows behind a row's number, to the end of their part. */
async function partBehind(
  store: Pick<Store, 'list'>,
  { importId, rowsTotal }: LenderImport,
  behind: number,
): Promise<{ found: ScannedRow<Numbered>[]; end: boolean }> {
  const part = Math.floor(behind / PART_ROWS);
  const [item] = await store.list(importPartsOf(importId, part, 1));
  const numbered = (item?.data.rows ?? []).map((row, index) => ({ row, number: part * PART_ROWS + index + 1 }));
  return {
    found: numbered.filter(({ number }) => number > behind).map((row) => ({ row, position: String(row.number) })),
    end: (part + 1) * PART_ROWS >= rowsTotal,
  };
}

function presented(job: LenderImport, { row, number }: Numbered, ids: Ids) {
  const email = row.outcome === 'added' ? parseEmail(row.email) : undefined;
  return presentImportRow(job, row, number, email && ids.lender(job.loanId, email));
}
