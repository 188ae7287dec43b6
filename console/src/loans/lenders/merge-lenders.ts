import type { Lender, Loan } from '@private-lending/client';

export type LenderStatus = Lender['status'];

interface Merging {
  /** What came since the rows were read, by lender id. */
  readonly changes: ReadonlyMap<string, Lender>;
  /** Of the list, if it is filtered. */
  readonly status: LenderStatus | undefined;
  /** Whether there are no more rows to read. */
  readonly isComplete: boolean;
  readonly loanStatus: Loan['status'];
  /** Epoch milliseconds. */
  readonly now: number;
}

/**
 * Brings rows that were read up to date, so that a change does not mean to read thousands of rows again. New rows are inserted
 * where the API lists them: by lender id.
 * @param rows of all pages, in order
 */
export function mergeLenders(
  rows: readonly Lender[],
  { changes, status, isComplete, loanStatus, now }: Merging,
): readonly Lender[] {
  const time = new Date(now).toISOString();
  const present = (lender: Lender) => withStatus(lender, loanStatus, time);
  const matches = (lender: Lender) => status === undefined || lender.status === status;
  const current = rows.map((row) => present(changes.get(row.lender_id) ?? row)).filter(matches);
  const last = rows.at(-1)?.lender_id ?? '';
  const added = [...changes.values()].filter(({ lender_id: id }) => (isComplete || id < last) && !hasRow(rows, id));
  const shown = added.map(present).filter(matches);
  return shown.length === 0 ? current : [...current, ...shown].sort(byId);
}

/** By bisection: there may be 100,000 rows, and an event each moment. */
function hasRow(rows: readonly Lender[], id: string): boolean {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.lender_id ?? '') < id) low = middle + 1;
    else high = middle;
  }
  return rows[low]?.lender_id === id;
}

function byId({ lender_id: a }: Lender, { lender_id: b }: Lender): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/**
 * The status as the API would return it now: what ends with the loan, or with time, is not an event of each lender.
 * @param time as the API writes it, so that texts compare as times do
 */
function withStatus(lender: Lender, loanStatus: Loan['status'], time: string): Lender {
  const status = statusNow(lender, loanStatus, time);
  return status === lender.status ? lender : { ...lender, status };
}

function statusNow({ status, expires_at: expiry }: Lender, loanStatus: Loan['status'], time: string): LenderStatus {
  if (status === 'accepted' && loanStatus === 'cancelled') return 'revoked';
  if (status !== 'pending') return status;
  if (expiry <= time) return 'expired';
  return loanStatus === 'open' ? 'pending' : 'revoked';
}
