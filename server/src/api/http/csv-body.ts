import type { Currency } from '@private-lending/locale/currencies';
import type { HonoRequest } from 'hono';
import * as z from 'zod';
import { unsupportedMediaType } from '../../domain/errors.ts';
import type { JsonBody } from '../../execution/json-body.ts';
import type { EventLoopBudget } from '../../pagination/event-loop-budget.ts';
import { importRowsResponse } from '../../schemas/responses.ts';
import { IMPORT_BYTES_MAX } from '../../usecases/imports/import-lenders.ts';
import { type ParsedImportRow, parseImportRows } from '../../usecases/imports/parse-import-rows.ts';
import { readLenderRows } from '../csv/read-lenders.ts';
import { csvLines, csvText } from '../csv/write-csv.ts';
import { requireDeclaredSize, requireUncompressed } from './request-body.ts';
import { chunksInTime } from './uploads.ts';

/**
 * Checks the headers of a CSV body; one without a media type counts as CSV.
 * @returns the media type without its parameters
 */
export function requireCsv(request: HonoRequest): string {
  requireDeclaredSize(request, IMPORT_BYTES_MAX);
  requireUncompressed(request);
  const [type = '', ...parameters] = (request.header('Content-Type') ?? 'text/csv').toLowerCase().split(';');
  const charset = parameters.map((parameter) => /^\s*charset="?([\w-]+)"?\s*$/.exec(parameter)?.[1]).find(Boolean) ?? 'utf-8';
  if (type.trim() !== 'text/csv' || !['utf-8', 'utf8', 'us-ascii'].includes(charset))
    throw unsupportedMediaType('Send the file as "Content-Type: text/csv", in UTF-8.');
  return 'text/csv';
}

/**
 * Parses a file while it arrives.
 * @throws DomainError for an invalid file, or a connection that is broken or too slow; any other error is one of the program
 */
export async function readLenderFile(
  request: HonoRequest,
  currency: Currency,
): Promise<{ readonly rows: readonly ParsedImportRow[]; readonly digest: string }> {
  const { rows, digest } = await readLenderRows(chunksInTime(request.raw.body), currency);
  return { rows: await parseImportRows(rows), digest };
}

/** Whether the client accepts CSV and does not mention JSON. */
export function acceptsCsv(request: HonoRequest): boolean {
  const accepted = (request.header('Accept') ?? '').toLowerCase();
  return accepted.includes('text/csv') && !accepted.includes('json');
}

const COLUMNS = ['row', 'line', 'email', 'contribution_amount', 'name', 'outcome', 'code', 'message', 'lender_id'] as const;

/** Rows that are written before other work runs. */
const SLICE_ROWS = 200;

const allRows = z.object({ rows: z.array(z.unknown()) });

/** Import rows as a CSV file. */
export async function importRowsCsv(body: JsonBody, budget: EventLoopBudget): Promise<string> {
  const { rows } = allRows.parse(body.value);
  const texts = [csvText([COLUMNS])];
  for (let start = 0; start < rows.length; start += SLICE_ROWS) {
    await budget.spend(SLICE_ROWS);
    const slice = importRowsResponse.shape.rows.parse(rows.slice(start, start + SLICE_ROWS));
    texts.push(csvLines(slice.map((row) => COLUMNS.map((column) => row[column] ?? null))));
  }
  return texts.join('');
}
