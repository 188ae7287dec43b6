import * as z from 'zod';
import { parseEmail } from '../../domain/email.ts';
import { rateLimited } from '../../domain/errors.ts';
import type { Ids } from '../../domain/ids.ts';
import { type ImportRow, type LenderImport, outcomeOf, PART_ROWS, ROW_OUTCOMES } from '../../domain/imports/lender-import.ts';
import type { Query, QueryServices, UseCaseContext } from '../../execution/use-case.ts';
import { readFilteredPage, type ScannedRow } from '../../pagination/filtered-page.ts';
import * as fields from '../../schemas/input-fields.ts';
import { presentImportRow } from '../../schemas/presenters.ts';
import { importRowsResponse } from '../../schemas/responses.ts';
import { importPartsOf } from '../../storage/keys.ts';
import type { Store } from '../../storage/store.ts';
import { requireImport } from './import-access.ts';

/** Exports of one user that are read at a time, each of which takes about 5 MB of memory. */
export const EXPORTS_PER_USER_MAX = 2;

const OUTCOME_RULE = `must be one of ${ROW_OUTCOMES.join(', ')}`;
const outcome = z.enum(ROW_OUTCOMES, { error: OUTCOME_RULE }).optional().meta({ description: 'Only rows with this outcome.' });

const exportInput = z.object({ loan_id: fields.loanId, import_id: fields.importId, outcome });
const input = exportInput.extend({ limit: fields.limit, cursor: fields.cursor });

export const listImportRows: Query<z.output<typeof input>> = {
  kind: 'query',
  endpoint: 'ListImportRows',
  summary:
    'The outcome of each row of an import, in the order of the file: as pages in JSON, or all as CSV with "Accept: text/csv". With an outcome, only such rows.',
  input,
  output: importRowsResponse,

  async read(context, services) {
    const { input, caller, ids } = context;
    const { store, cursors, budget } = services;
    const scope = [caller.userId, listImportRows.endpoint, input.loan_id, input.import_id, input.outcome];
    const after = await cursors.decode(input.cursor, scope, 'cursor');
    const { job } = await requireImport(context, services);
    const { rows, next } = await readFilteredPage<NumberedRow>({
      limit: input.limit,
      after,
      budget,
      matches: ({ row }) => input.outcome === undefined || outcomeOf(job, row) === input.outcome,
      read: (position) => readPart(store, job, Number(position ?? 0)),
    });
    return {
      success: true,
      rows: rows.map((row) => present(job, row, ids)),
      next_cursor: next === undefined ? null : cursors.encode(next, scope),
    };
  },
};

export const exportImportRows: Query<z.output<typeof exportInput>> = {
  kind: 'query',
  endpoint: 'ListImportRows',
  summary: listImportRows.summary,
  input: exportInput,
  output: importRowsResponse,

  async read(context, services) {
    const { caller } = context;
    if (services.exports.isFull(caller.userId)) throw tooManyExports();
    const release = services.exports.take(caller.userId);
    try {
      const { job } = await requireImport(context, services);
      return { success: true, rows: await exportedRows(job, context, services), next_cursor: null };
    } finally {
      release();
    }
  },
};

async function exportedRows(
  job: LenderImport,
  { input, ids }: UseCaseContext<z.output<typeof exportInput>>,
  { store, budget }: QueryServices,
) {
  const rows: ReturnType<typeof present>[] = [];
  for (let after = 0; after < job.rowsTotal; after += PART_ROWS) {
    const part = await readPart(store, job, after);
    await budget.spend(PART_ROWS);
    for (const { row } of part.rows)
      if (input.outcome === undefined || outcomeOf(job, row.row) === input.outcome) rows.push(present(job, row, ids));
  }
  return rows;
}

function tooManyExports() {
  return rateLimited(
    `You have ${EXPORTS_PER_USER_MAX} exports under way, the most there may be. Please retry when one of them has ended.`,
    1,
  );
}

interface NumberedRow {
  readonly row: ImportRow;
  /** From 1. */
  readonly number: number;
}

/** Reads the rows after a row number, to the end of their part. */
async function readPart(
  store: Pick<Store, 'list'>,
  { importId, rowsTotal }: LenderImport,
  after: number,
): Promise<{ rows: ScannedRow<NumberedRow>[]; isLast: boolean }> {
  const part = Math.floor(after / PART_ROWS);
  const [item] = await store.list(importPartsOf(importId, part, 1));
  const numbered = (item?.data.rows ?? []).map((row, index) => ({ row, number: part * PART_ROWS + index + 1 }));
  return {
    rows: numbered.filter(({ number }) => number > after).map((row) => ({ row, position: String(row.number) })),
    isLast: (part + 1) * PART_ROWS >= rowsTotal,
  };
}

function present(job: LenderImport, { row, number }: NumberedRow, ids: Ids) {
  const email = row.outcome === 'added' ? parseEmail(row.email) : undefined;
  return presentImportRow(job, row, number, email && ids.lender(job.loanId, email));
}
