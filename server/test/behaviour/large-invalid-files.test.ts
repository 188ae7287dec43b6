import { parse } from 'csv-parse/sync';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openSqlite } from '../../src/storage/sqlite/sqlite-store.ts';
import { runStep, upload } from '../../src/testing/app/import-helpers.ts';
import { openTestApp } from '../../src/testing/app/test-app.ts';
import { engines } from '../../src/testing/dynamodb/engines.ts';

/* Files of the greatest size with rows that can't be added: accepted whole, or rejected with a clear error. */

const FILE_BYTES_MAX = 4 * 1024 * 1024;
const ROWS_MAX = 10_000;
const HEADER = 'email,contribution_amount,name,note\n';
const CONTROLS = '\u0001'.repeat(60);
const PAGE_BYTES_MAX = 256 * 1024;

/** A file of at most 4 MiB that repeats a line, as often as it fits. */
function fileOf(line: string, rows = Number.POSITIVE_INFINITY): string {
  const fitting = Math.floor((FILE_BYTES_MAX - HEADER.length) / Buffer.byteLength(line));
  return HEADER + line.repeat(Math.min(rows, fitting));
}

/** A line of a file with so many rows and nearly 4 MiB: the note, which is ignored, has what is left. */
function wideLine(cells: string, rows = ROWS_MAX): string {
  const length = Math.floor((FILE_BYTES_MAX - HEADER.length) / rows);
  return `${cells},${'n'.repeat(length - Buffer.byteLength(cells) - 2)}\n`;
}

async function openFixture({ open }: Pick<(typeof engines)[number], 'open'>) {
  const testApp = await openTestApp({ store: await open(), usesViewCache: false });
  onTestFinished(() => testApp.close());
  const borrower = await testApp.as('borrower@example.com');
  const loanId = await borrower.postsLoan();
  return { testApp, borrower, send: (file: string, query = '') => upload(borrower, loanId, file, query) };
}

describe('a file near 4 MiB', () => {
  it('is rejected before anything is stored where it has too many rows, one endless cell, or too many bytes of errors', async () => {
    const { send, testApp } = await openFixture({ open: async () => openSqlite(':memory:') });
    const files = [
      ['short rows', fileOf('a,b\n'), 400, 'The file has more than 10000 rows.'],
      ['one-byte addresses', fileOf('x,1,\n'), 400, 'The file has more than 10000 rows.'],
      ['one quoted cell', fileOf(`"${'x'.repeat(FILE_BYTES_MAX - 100)}",1\n`), 400, 'has more than 65536 bytes'],
      ['an unclosed quote', `${fileOf(wideLine('x,1,'), 9000)}"`, 400, 'A quote is opened and never closed'],
      ['blank rows', fileOf(',,,\n'), 400, 'The file has more than 100000 rows, blank ones included.'],
      ['control characters', fileOf(`${CONTROLS},${CONTROLS},${CONTROLS},\n`, ROWS_MAX), 413, '3800000 bytes'],
    ] as const;
    for (const [name, file, status, message] of files) {
      const calls = await testApp.callsOf(async () => {
        const { body } = await send(file);
        expect([name, body.status, body.message]).toEqual([name, status, expect.stringContaining(message)]);
      });
      expect([name, calls]).toEqual([name, calls.filter((verb) => verb === 'get')]);
    }
  });
});

describe.each(engines)('a file near 4 MiB of invalid rows on $name', ({ open }) => {
  it.each([
    ['repeated addresses', `${'d'.repeat(60)}@example.com,1,${'n'.repeat(40)}`, ROWS_MAX, 'DUPLICATE_IN_REQUEST'],
    // As stored, with escapes in JSON, nearly the 3.8 MB that one import may have.
    ['control characters', `${CONTROLS},${CONTROLS},${CONTROLS}`, 2400, 'INVALID'],
  ])('is accepted with rows of %s, whose outcomes are complete', async (_name, cells, count, code) => {
    const { testApp, borrower, send } = await openFixture({ open });
    const file = fileOf(wideLine(cells, count), count);
    expect(Buffer.byteLength(file)).toBeGreaterThan(0.98 * FILE_BYTES_MAX);
    const { status, headers, body } = await send(file, '?mode=per_row');
    const valid = code === 'DUPLICATE_IN_REQUEST' ? 1 : 0; // the first of them
    expect([status, body.import?.outcomes]).toEqual([202, expect.objectContaining({ invalid: count - valid, pending: valid })]);
    const path = headers.get('Location') ?? '';
    const page = await borrower.get(`${path}/rows?limit=100`);
    expect(page.body.rows).toHaveLength(100);
    expect(Buffer.byteLength(page.text)).toBeLessThan(PAGE_BYTES_MAX);
    const exported: Record<string, string>[] = parse((await borrower.get(`${path}/rows`, { Accept: 'text/csv' })).text, {
      bom: true,
      columns: true,
    });
    expect(exported.map(({ row, code }) => [row, code])).toEqual(
      Array.from({ length: count }, (_, index) => [String(index + 1), index < valid ? '' : code]),
    );
    expect(await runStep(testApp, body.import.import_id)).toBe(valid);
  });
});
