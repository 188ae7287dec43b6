import { describe, expect, it } from 'vitest';
import { EventLoopBudget } from './event-loop-budget.ts';
import { READS_MAX, ROWS_SCANNED_MAX, readFilteredPage, SCAN_PAGE_SIZE } from './filtered-page.ts';

/** Reads all pages of the numbers from 0 that match, in reads of `size`. @returns the pages, and the reads that each took */
async function readPages(total: number, matches: (row: number) => boolean, { limit = 10, size = SCAN_PAGE_SIZE } = {}) {
  const pages: number[][] = [];
  const reads: number[] = [];
  let after: string | undefined;
  for (let isLast = false; !isLast; ) {
    let count = 0;
    const { rows, next, reached } = await readFilteredPage<number>({
      limit,
      after,
      matches,
      budget: new EventLoopBudget(),
      async read(position) {
        count += 1;
        const start = position === undefined ? 0 : Number(position) + 1;
        const numbers = Array.from({ length: Math.min(size, total - start) }, (_, index) => start + index);
        return { rows: numbers.map((row) => ({ row, position: String(row) })), isLast: numbers.length < size };
      },
    });
    pages.push(rows);
    reads.push(count);
    after = reached;
    isLast = next === undefined;
  }
  return { pages, reads, reached: after };
}

describe('readFilteredPage', () => {
  it('fills pages of 100,000 rows of which one in a hundred matches', async () => {
    const { pages, reads } = await readPages(100_000, (row) => row % 100 === 99);
    expect(pages.flat()).toHaveLength(1000);
    expect(pages.slice(0, 100).every(({ length }) => length === 10)).toBe(true);
    expect(Math.max(...reads)).toBeLessThanOrEqual(3);
  });

  it.each([
    [ROWS_SCANNED_MAX / SCAN_PAGE_SIZE, SCAN_PAGE_SIZE],
    [READS_MAX, 100],
  ])('ends a page without matches after %i reads of %i rows', async (readsMax, size) => {
    const { pages, reads } = await readPages(20_000, (row) => row === 19_999, { size });
    expect(pages.flat()).toEqual([19_999]);
    expect(Math.max(...reads)).toBe(readsMax);
    expect(pages.length).toBeLessThanOrEqual(Math.ceil(20_000 / (readsMax * size)) + 1);
  });

  it('reaches the last row at the end, whether or not it matches', async () => {
    expect((await readPages(2500, (row) => row === 7)).reached).toBe('2499');
    expect((await readPages(0, () => true)).reached).toBeUndefined();
  });

  it.each([1, 3, 7, 100])('returns each match once in pages of %i', async (limit) => {
    const { pages } = await readPages(2500, (row) => row % 7 === 0, { limit });
    expect(pages.flat()).toEqual(Array.from({ length: Math.ceil(2500 / 7) }, (_, index) => index * 7));
    expect(pages.slice(0, -1).every(({ length }) => length === limit)).toBe(true);
  });
});
