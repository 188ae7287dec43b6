import type { EventLoopBudget } from './event-loop-budget.ts';

/** Rows, about, that one request reads before it returns what it has found, with a position to continue from. */
export const ROWS_SCANNED_MAX = 5000;
/** Reads of rows that one request makes at most. */
export const READS_MAX = 20;
/** Rows of one read where few may match. @internal exported for tests */
export const SCAN_PAGE_SIZE = 500;

export interface ScannedRow<Row> {
  readonly row: Row;
  readonly position: string;
}

interface Scan<Row> {
  readonly limit: number;
  readonly after: string | undefined;
  readonly matches: (row: Row) => boolean;
  /** Reads the next rows after a position. */
  readonly read: (after: string | undefined) => Promise<{ readonly rows: readonly ScannedRow<Row>[]; readonly isLast: boolean }>;
  /** From which each read after the first is spent, so that a scan of many rows does not delay other requests. */
  readonly budget: EventLoopBudget;
}

/**
 * Reads up to `limit` matching rows. `next` is the position to continue after; undefined at the end. `reached` is the same, but
 * at the end the position of the last row there is, for a list that grows; undefined where there is none and `after` is too.
 */
export async function readFilteredPage<Row>({ limit, after, matches, read, budget }: Scan<Row>) {
  const rows: Row[] = [];
  let reached = after;
  let scanned = 0;
  for (let reads = 0; reads < READS_MAX && scanned < ROWS_SCANNED_MAX; reads += 1) {
    const batch = await read(reached);
    for (const { row, position } of batch.rows) {
      if (matches(row)) {
        if (rows.length === limit) return { rows, next: reached, reached };
        rows.push(row);
      }
      reached = position;
    }
    if (batch.isLast) return { rows, next: undefined, reached };
    scanned += batch.rows.length;
    await budget.spend(batch.rows.length);
  }
  return { rows, next: reached, reached };
}

/** Rows to read at a time: one page and one more where all match, more where few may. */
export function scanPageSize(limit: number, allMatch: boolean): number {
  return allMatch ? limit + 1 : SCAN_PAGE_SIZE;
}
