/** Rows that one request reads before it returns what it has found, with a position to continue from. */
export const ROWS_SCANNED_MAX = 1000;

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
}

/** Reads up to `limit` matching rows. `next` is the position to continue after; undefined at the end. */
export async function readFilteredPage<Row>({ limit, after, matches, read }: Scan<Row>) {
  const rows: Row[] = [];
  let next = after;
  for (let scanned = 0; scanned < ROWS_SCANNED_MAX; ) {
    const batch = await read(next);
    for (const { row, position } of batch.rows) {
      if (matches(row)) {
        if (rows.length === limit) return { rows, next };
        rows.push(row);
      }
      next = position;
    }
    if (batch.isLast) return { rows, next: undefined };
    scanned += batch.rows.length;
  }
  return { rows, next };
}

/** Rows to read at a time: one page and one more where all match, more where few may. */
export function scanPageSize(limit: number, allMatch: boolean): number {
  return allMatch ? limit + 1 : ROWS_SCANNED_MAX / 4;
}
