import { readFile, stat, writeFile } from 'node:fs/promises';
import { followImport, type LendingClient, type ReadImportResponse } from '@private-lending/client';
import { ConfigError } from '../config/config.ts';
import { IMPORT_BYTES_MAX } from '../usecases/imports/import-lenders.ts';
import type { ProgressReporter } from './progress.ts';

export interface ImportOptions {
  readonly loan: string;
  readonly dryRun?: true;
  readonly mode?: 'all_or_nothing' | 'per_row';
  readonly key?: string;
  /** Where to write what became of each row. */
  readonly rows?: string;
}

interface Telling {
  readonly tell: ProgressReporter;
  /** A line of its own. */
  readonly say: (line: string) => void;
}

/** Sends a file of lenders, and follows its import to the end. */
export async function importFile(
  client: LendingClient,
  file: string,
  { loan, dryRun, mode, key, rows, tell, say }: ImportOptions & Telling,
): Promise<ReadImportResponse> {
  const csv = await contentOf(file);
  const query = { ...(mode && { mode }), ...(dryRun && { dry_run: 'true' as const }) };
  const sent = await client.importLenders(loan, csv, query, { idempotencyKey: key });
  let { import: now } = sent;
  for await (now of followImport(client, loan, now.import_id)) {
    tell(dryRun ? 'checking' : 'importing', now.rows_done, now.rows_total);
    if (now.status === 'waiting')
      say(`The invitations of this hour are used up. It goes on at ${now.resumes_at}; this may be stopped meanwhile.`);
  }
  if (rows !== undefined) await writeFile(rows, await client.exportImportRows(loan, now.import_id));
  return { success: true, import: now };
}

async function contentOf(file: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const { size } = await stat(file);
    if (size > IMPORT_BYTES_MAX)
      throw new ConfigError([`${file} has ${size} bytes; at most ${IMPORT_BYTES_MAX} are taken. Split it`]);
    return new Uint8Array(await readFile(file));
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError([`${file} can't be read: ${error instanceof Error ? error.message : String(error)}`]);
  }
}
