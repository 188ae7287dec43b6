import { readFile, stat, writeFile } from 'node:fs/promises';
import { followImport, type LendingClient, type ReadImportResponse } from '@private-lending/client';
import { ConfigError } from '../config/config.ts';
import { IMPORT_BYTES_MAX } from '../usecases/imports/import-lenders.ts';
import type { Progress } from './progress.ts';

export interface ImportFileOptions {
  readonly loan: string;
  readonly dryRun?: true;
  readonly mode?: 'all_or_nothing' | 'per_row';
  readonly key?: string;
  /** File for the outcome of each row. */
  readonly rows?: string;
}

/** Uploads a CSV file of lenders and follows its import to the end. */
export async function importFile(
  client: LendingClient,
  file: string,
  { loan, dryRun, mode, key, rows }: ImportFileOptions,
  { report, printLine }: Progress,
): Promise<ReadImportResponse> {
  const csv = await readCsv(file);
  const query = { ...(mode && { mode }), ...(dryRun && { dry_run: 'true' as const }) };
  let { import: current } = await client.importLenders(loan, csv, query, { idempotencyKey: key });
  for await (current of followImport(client, loan, current.import_id)) {
    report(dryRun ? 'checking' : 'importing', current.rows_done, current.rows_total);
    if (current.status === 'waiting')
      printLine(
        `The hourly limit of invitations is reached. The import continues at ${current.resumes_at}; this command may be stopped.`,
      );
  }
  if (rows !== undefined) await writeFile(rows, await client.exportImportRows(loan, current.import_id));
  return { success: true, import: current };
}

async function readCsv(file: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const { size } = await stat(file);
    if (size > IMPORT_BYTES_MAX) throw new ConfigError([`${file} has ${size} bytes; the maximum is ${IMPORT_BYTES_MAX}. Split it`]);
    return new Uint8Array(await readFile(file));
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError([`${file} can't be read: ${error instanceof Error ? error.message : String(error)}`]);
  }
}
