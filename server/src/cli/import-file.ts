import { constants, createReadStream } from 'node:fs';
import { access, realpath, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { followImport, type LendingClient } from '@private-lending/client';
import { IMPORT_BYTES_MAX } from '../usecases/imports/import-lenders.ts';
import { type LendingCommand, UsageError } from './lending-command.ts';
import type { Progress } from './progress.ts';
import { type ImportResult, listRejectedRows } from './rejected-rows.ts';
import { onInterrupt } from './streams.ts';

export interface ImportFileOptions {
  readonly dryRun?: true;
  readonly mode?: 'all_or_nothing' | 'per_row';
  readonly key?: string;
  /** File for the outcome of each row; `-`: the caller prints it. */
  readonly rows?: string;
}

/** Uploads a CSV file of lenders and follows its import to the end. @returns the rows as CSV for `--rows -` */
export async function importFile(
  client: LendingClient,
  file: string,
  { loan, dryRun, mode, key, rows }: ImportFileOptions & { readonly loan: string },
  { report, printLine }: Progress,
): Promise<{ readonly result: ImportResult; readonly csv?: string }> {
  const csv = await readCsv(file);
  const query = { ...(mode && { mode }), ...(dryRun && { dry_run: 'true' as const }) };
  let { import: current } = await client.importLenders(loan, csv, query, { idempotencyKey: key });
  const stopped = `Stopped. Import ${current.import_id} continues where the store is open, in a server or another command.`;
  const ignoreSignals = onInterrupt(() => printLine(stopped));
  try {
    for await (current of followImport(client, loan, current.import_id)) {
      report(dryRun ? 'checking' : 'importing', current.rows_done, current.rows_total);
      if (current.status === 'waiting')
        printLine(
          `The hourly limit of invitations is reached. The import continues at ${current.resumes_at}; this command may be stopped.`,
        );
    }
  } finally {
    ignoreSignals();
  }
  const result = { success: true, import: current, rejected_rows: await listRejectedRows(client, loan, current) } as const;
  if (rows === undefined) return { result };
  const outcome = await client.exportImportRows(loan, current.import_id);
  if (rows === '-') return { result, csv: outcome };
  await writeFile(rows, outcome);
  return { result };
}

/** Before anything is sent. @throws UsageError */
export async function requireWritable(rows: string, file: string, command: LendingCommand): Promise<void> {
  const [target, source] = await Promise.all([rows, file].map((path) => realpath(path).catch(() => resolve(path))));
  if (target === source) command.error(`--rows would overwrite ${file}. Name another file.`);
  try {
    const existing = await stat(rows).catch(ignoreMissing);
    if (existing?.isDirectory()) throw new Error('it is a folder');
    await access(existing ? rows : dirname(rows), constants.W_OK);
  } catch (error) {
    command.error(`--rows ${rows} can't be written: ${reasonOf(error)}.`);
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

async function readCsv(file: string): Promise<Uint8Array<ArrayBuffer>> {
  const name = file === '-' ? 'Standard input' : file;
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of file === '-' ? process.stdin : createReadStream(file)) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > IMPORT_BYTES_MAX) break;
    }
  } catch (error) {
    throw new UsageError(`${name} can't be read: ${reasonOf(error)}.`);
  }
  if (length > IMPORT_BYTES_MAX)
    throw new UsageError(`${name} has more than ${IMPORT_BYTES_MAX} bytes, which is the maximum. Split it.`);
  return new Uint8Array(Buffer.concat(chunks));
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return `there is no such file or folder in ${process.cwd()}`;
  if (code === 'EISDIR') return 'it is a folder';
  return error instanceof Error ? error.message : String(error);
}
