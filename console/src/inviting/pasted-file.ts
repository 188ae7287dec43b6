import type { PastedRow } from './paste/paste.ts';

/* A paste that is too long for the table, passed to the page for files. In memory only, as it may be megabytes. */

const files = new Map<string, File>();

export function keepPastedFile(loanId: string, rows: readonly PastedRow[]): void {
  files.set(loanId, new File([formatCsv(rows)], 'pasted.csv', { type: 'text/csv' }));
}

/** @returns the file, once */
export function takePastedFile(loanId: string): File | undefined {
  const file = files.get(loanId);
  files.delete(loanId);
  return file;
}

/**
 * Writes rows as a file of the import. What did not fit may be a part of the amount, as `50` of `1200,50`: it is written beside it, so
 * that the check finds a row to correct. @internal exported for tests
 */
export function formatCsv(rows: readonly PastedRow[]): string {
  const lines = rows.map(({ email = '', amount = '', name = '', leftovers = [], notes = [] }) => [
    email,
    [amount, ...leftovers].join('; '),
    name,
    notes.join('; '),
  ]);
  return [['email', 'contribution_amount', 'name', 'note'], ...lines]
    .map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(','))
    .join('\r\n');
}
