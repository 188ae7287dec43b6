import type { Import, ImportRow, LendingClient, ReadImportResponse } from '@private-lending/client';
import { padTo, showControls } from './terminal-text.ts';

/** Rejected rows that are shown; `--rows` has all of them. */
const SHOWN_MAX = 10;
const EMAIL_COLUMNS = 32;
const REJECTED = ['invalid', 'already_invited', 'over_funding'] as const;

/** What `lenders import --json` prints: the API's response, and the first rows that were rejected. */
export type ImportResult = ReadImportResponse & { readonly rejected_rows: readonly ImportRow[] };

/** The first rejected rows, in the order of the file: one request for each outcome that there is. */
export async function listRejectedRows(
  client: Pick<LendingClient, 'listImportRows'>,
  loan: string,
  { import_id, outcomes }: Import,
): Promise<readonly ImportRow[]> {
  const present = REJECTED.filter((outcome) => outcomes[outcome] > 0);
  const pages = await Promise.all(present.map((outcome) => client.listImportRows(loan, import_id, { outcome, limit: SHOWN_MAX })));
  return pages
    .flatMap(({ rows }) => rows)
    .toSorted((a, b) => a.row - b.row)
    .slice(0, SHOWN_MAX);
}

/** @param rowsFile the value of --rows */
export function importedLines({ import: imported, rejected_rows }: ImportResult, rowsFile: string | undefined): string[] {
  const { status, dry_run, mode_reason, rows_total, outcomes, amount_added, failure } = imported;
  const subject = `${dry_run ? 'Dry run' : 'Import'} of ${rows_total} rows`;
  const counts = Object.entries(outcomes).filter(([, count]) => count > 0);
  const table = [...counts, ['amount', amount_added] as const].map(
    ([name, figure]) => `  ${name.replaceAll('_', ' ').padEnd(18)} ${String(figure).padStart(8)}`,
  );
  const rejected = REJECTED.reduce((sum, outcome) => sum + outcomes[outcome], 0);
  return [
    failure === null ? `${subject} is ${status}.` : `${subject} failed: ${failure}`,
    `  ${mode_reason}`,
    ...table,
    ...(rejected === 0
      ? []
      : ['Rejected rows:', ...rejected_rows.map(rowLine), ...moreLines(rejected - rejected_rows.length, rowsFile)]),
  ];
}

function rowLine({ line, email, message, outcome }: ImportRow): string {
  const reason = message ?? outcome.replaceAll('_', ' ');
  return `  line ${String(line).padEnd(6)} ${padTo(showControls(email), EMAIL_COLUMNS)}  ${showControls(reason)}`;
}

function moreLines(others: number, rowsFile: string | undefined): string[] {
  if (others <= 0) return [];
  const advice = rowsFile === undefined ? '; --rows FILE writes them all' : rowsFile === '-' ? '' : `; ${rowsFile} has them all`;
  return [`  and ${others} more${advice}`];
}
