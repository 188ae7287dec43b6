/** How many rows one request looks at before it hands back what it has found, and a position to go on from. */
export const ROWS_SCANNED_MAX = 1000;

export interface ScannedRow<Row> {
  readonly row: Row;
  readonly position: string;
}

interface Scan<Row> {
  readonly limit: number;
  readonly after: string | undefined;
  readonly matches: (row: Row) => boolean;
  /** The rows behind a position, a page at a time. */
  readonly read: (after: string | undefined) => Promise<{ readonly found: readonly ScannedRow<Row>[]; readonly end: boolean }>;
}

/** Gathers wanted rows. `last` is where to go on from; undefined at the end. */
export async function readFilteredPage<Row>({
  limit,
  after,
  matches,
  read,
}: Scan<Row>): Promise<{ rows: Row[]; last: string | undefined }> {
  const rows: Row[] = [];
  let last = after;
  for (let scanned = 0; scanned < ROWS_SCANNED_MAX; ) {
    const { found, end } = await read(last);
    for (const { row, position } of found) {
      if (matches(row)) {
        if (rows.length === limit) return { rows, last };
        rows.push(row);
      }
      last = position;
    }
    if (end) return { rows, last: undefined };
    scanned += found.length;
  }
  return { rows, last };
}

/** Pages of the size that is asked for where every row is wanted; larger ones where few may be. */
export function scanPageSize(limit: number, wantsAll: boolean): number {
  return wantsAll ? limit + 1 : ROWS_SCANNED_MAX / 4;
}
