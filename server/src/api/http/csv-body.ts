import type { HonoRequest } from 'hono';
import { DomainError, unsupportedMediaType } from '../../domain/errors.ts';
import type { JsonBody } from '../../execution/json-body.ts';
import { importRowsResponse } from '../../schemas/responses.ts';
import { IMPORT_BYTES_MAX } from '../../usecases/imports/import-lenders.ts';
import { type ParsedImportRow, parseImportRows } from '../../usecases/imports/parse-import-rows.ts';
import { readLenderRows } from '../csv/read-lenders.ts';
import { csvText } from '../csv/write-csv.ts';
import { incompleteBody, requireDeclaredSize, requireUncompressed } from './request-body.ts';
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

/** Parses a file while it arrives. @throws DomainError for an invalid file, or a connection that is broken or too slow */
export async function readLenderFile(
  request: HonoRequest,
): Promise<{ readonly rows: readonly ParsedImportRow[]; readonly digest: string }> {
  try {
    const { rows, digest } = await readLenderRows(chunksInTime(request.raw.body));
    return { rows: await parseImportRows(rows), digest };
  } catch (error) {
    throw error instanceof DomainError ? error : incompleteBody();
  }
}

/** Whether the client accepts CSV and does not mention JSON. */
export function acceptsCsv(request: HonoRequest): boolean {
  const accepted = (request.header('Accept') ?? '').toLowerCase();
  return accepted.includes('text/csv') && !accepted.includes('json');
}

const COLUMNS = ['row', 'line', 'email', 'contribution_amount', 'name', 'outcome', 'code', 'message', 'lender_id'] as const;

/** Import rows as a CSV file. */
export function importRowsCsv(body: JsonBody): string {
  const { rows } = importRowsResponse.parse(body.value);
  return csvText([COLUMNS, ...rows.map((row) => COLUMNS.map((column) => row[column] ?? null))]);
}
