import type { PastedRow } from './paste/paste.ts';

/* Rows that another page passes to the table of people. Not in the address of the page, as browsers keep and send that. */

const prefills = new Map<string, readonly PastedRow[]>();

export function keepPrefill(loanId: string, rows: readonly PastedRow[]): void {
  prefills.set(loanId, rows);
}

/** @returns the people, once */
export function takePrefill(loanId: string): readonly PastedRow[] | undefined {
  const rows = prefills.get(loanId);
  prefills.delete(loanId);
  return rows;
}
