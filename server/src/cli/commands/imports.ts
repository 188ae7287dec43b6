import { InvalidArgumentError } from 'commander';
import { openStore } from '../../composition/open-store.ts';
import { readStoreConfig } from '../../config/config.ts';
import { type ImportId, parseImportId } from '../../domain/ids.ts';
import { type LenderImport, resumesAt } from '../../domain/imports/lender-import.ts';
import type { CoreServices } from '../../execution/services.ts';
import { listFailedImports } from '../../usecases/imports/list-failed-imports.ts';
import { resumeImport } from '../../usecases/imports/resume-import.ts';
import type { LendingCommand } from '../lending-command.ts';
import { type JsonOption, print, printResult } from '../output.ts';

/** imports list and resume. */
export function addImportCommands(program: LendingCommand): void {
  const imports = program.command('imports').description('imports in STORE that failed for an unexpected error');

  imports
    .command('list')
    .description('lists those that have failed and can be resumed, and those that are being retried')
    .option('--json', 'print the result, or the error, as JSON')
    .example('imports list')
    .action(async (options: JsonOption) => {
      const failed = (await withServices(listFailedImports)).map(toStatus);
      printResult(options, { imports: failed }, () =>
        print(...(failed.length > 0 ? failed.map(lineOf) : ['No import has failed.'])),
      );
    });

  imports
    .command('resume')
    .description('continues one after its last processed row, within a minute, where the server or its functions run')
    .argument('<import>', 'the import’s id', parseId)
    .option('--json', 'print the result, or the error, as JSON')
    .example('imports resume IMPORT')
    .action(async (importId: ImportId, options: JsonOption) => {
      const resumed = toStatus(await withServices((services) => resumeImport(services, importId)));
      printResult(options, { import: resumed }, ({ import: { rows_done, rows_total } }) =>
        print(`Import ${importId} continues after row ${rows_done} of ${rows_total}.`),
      );
    });
}

async function withServices<Result>(work: (services: CoreServices) => Promise<Result>): Promise<Result> {
  const [{ createCore }, { makeLog }] = await Promise.all([import('../../composition/core.ts'), import('../../telemetry/log.ts')]);
  const store = await openStore(readStoreConfig(), { mustExist: true });
  try {
    const { services } = await createCore({ store, log: makeLog({ write() {} }) });
    return await work(services);
  } finally {
    await store.close();
  }
}

type ImportStatus = ReturnType<typeof toStatus>;

function toStatus(job: LenderImport) {
  const { importId, loanId, requestId, rowsDone, rowsTotal, state } = job;
  return {
    import_id: importId,
    loan_id: loanId,
    request_id: requestId,
    status: state.name,
    rows_done: rowsDone,
    rows_total: rowsTotal,
    failed_at: state.name === 'failed' ? timeText(state.at) : null,
    retried_at: timeText(resumesAt(job)),
  };
}

function lineOf({ import_id, status, rows_done, rows_total, failed_at, retried_at, request_id }: ImportStatus): string {
  const at = failed_at === null ? `retried at ${retried_at}` : `${status} at ${failed_at}`;
  return `${import_id}  ${at}  ${rows_done} of ${rows_total} rows  request ${request_id}`;
}

function timeText(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}

function parseId(text: string): ImportId {
  const id = parseImportId(text);
  if (id === undefined) throw new InvalidArgumentError('IMPORT must be an id that "imports list" prints.');
  return id;
}
