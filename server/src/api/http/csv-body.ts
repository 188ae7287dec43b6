import type { HonoRequest } from 'hono';
import { contention, DomainError, payloadTooLarge, unsupportedMediaType } from '../../domain/errors.ts';
import type { JsonBody } from '../../execution/json-body.ts';
import { importRowsResponse } from '../../schemas/responses.ts';
import { IMPORT_BYTES_MAX } from '../../usecases/imports/import-lenders.ts';
import { type LenderFile, readLenderRows } from '../csv/read-lenders.ts';
import { csvText } from '../csv/write-csv.ts';
import { bodyIncomplete, requireIdentity } from './request-body.ts';

/** Files that may be on their way in at once: some 10 MB each while they are. */
const UPLOADS_MAX = 16;

/** Keeps files from filling the memory together. */
export class UploadLimiter {
  #underWay = 0;

  /** @throws DomainError where too many are under way */
  async take<Result>(read: () => Promise<Result>): Promise<Result> {
    if (this.#underWay >= UPLOADS_MAX) throw contention();
    this.#underWay += 1;
    try {
      return await read();
    } finally {
      this.#underWay -= 1;
    }
  }
}

/** The type of a body without its parameters; CSV where none is named. */
export function requireCsv(request: HonoRequest): string {
  if (Number(request.header('Content-Length') ?? 0) > IMPORT_BYTES_MAX) throw payloadTooLarge(IMPORT_BYTES_MAX);
  requireIdentity(request);
  const [type = '', ...parameters] = (request.header('Content-Type') ?? 'text/csv').toLowerCase().split(';');
  const charset = parameters.map((parameter) => /^\s*charset="?([\w-]+)"?\s*$/.exec(parameter)?.[1]).find(Boolean) ?? 'utf-8';
  if (type.trim() !== 'text/csv' || !['utf-8', 'utf8', 'us-ascii'].includes(charset))
    throw unsupportedMediaType('Send the file as "Content-Type: text/csv", in UTF-8.');
  return 'text/csv';
}

/** Reads a file as it arrives. */
export async function readLenderFile(request: HonoRequest): Promise<LenderFile> {
  try {
    return await readLenderRows(request.raw.body ?? []);
  } catch (fault) {
    throw fault instanceof DomainError ? fault : bodyIncomplete();
  }
}

/** Whether CSV is named among what the client takes, and JSON is not. */
export function acceptsCsv(request: HonoRequest): boolean {
  const accepted = (request.header('Accept') ?? '').toLowerCase();
  return accepted.includes('text/csv') && !accepted.includes('json');
}

const COLUMNS = ['row', 'line', 'email', 'contribution_amount', 'name', 'outcome', 'code', 'message', 'lender_id'] as const;

/** The rows of an import, as a file for a spreadsheet. @param body of `listImportRows` */
export function importRowsAsCsv(body: JsonBody): string {
  const { rows } = importRowsResponse.parse(body.value);
  return csvText([COLUMNS, ...rows.map((row) => COLUMNS.map((column) => row[column] ?? null))]);
}
