import type { PastedRow } from './paste/paste.ts';

/* Rows that another page passes to the table of people. Not in the address of the page, as browsers keep and send that. */

export interface Prefill {
  /** Rows of a file to correct, or people whose invitation has ended. */
  readonly source: 'file' | 'ended';
  readonly rows: readonly PastedRow[];
}

const prefills = new Map<string, Prefill>();

export function keepPrefill(loanId: string, rows: readonly PastedRow[], source: Prefill['source'] = 'ended'): void {
  prefills.set(loanId, { source, rows });
}

export function hasPrefill(loanId: string): boolean {
  return prefills.has(loanId);
}

/** @returns the rows, once */
export function takePrefill(loanId: string): Prefill | undefined {
  const prefill = prefills.get(loanId);
  prefills.delete(loanId);
  return prefill;
}
