import { describe, expect, it } from 'vitest';
import { csv } from '../server/src/testing/app/import-helpers.ts';
import { engines } from './engines.ts';
import { call, type Program, signIn, start, temporaryFolder } from './program.ts';

/*
 * Ten thousand rows, imported while the program is killed and started again five times, come to the same as when nobody
 * disturbs them, row for row.
 */

const KILLS = 5;
const SETTINGS = { INVITES_PER_HOUR: '1000000', REQUESTS_PER_SECOND: '0' };

interface ImportRow {
  readonly outcome: string;
  readonly lender_id?: string;
}

/** Rows of every outcome; what remains of the loan is gone before their end. */
function fileOf(rows: number): string {
  const line = (row: number): string => {
    if (row % 97 === 0) return `nobody${row},10,`;
    if (row % 89 === 0) return `p${row - 1}@example.com,10,`;
    if (row % 83 === 0) return `invited@example.com,10,`;
    return `p${row}@example.com,${row % 71 === 0 ? 1_000_000 : 10},"Person ${row}, of many"`;
  };
  return csv(...Array.from({ length: rows }, (_, row) => line(row + 1)));
}

async function sendFile(url: string, token: string, file: string): Promise<{ loanId: string; path: string }> {
  const rows = file.split('\n').length - 2;
  const made = await call(url, token, 'POST', '/loans', {
    ...{ amount: rows * 9, interest_rate: 4, term_months: 12 },
    lenders: [{ email: 'invited@example.com', contribution_amount: 5 }],
  });
  const loanId: string = made.body.loan.loan_id;
  const answer = await fetch(`${url}/loans/${loanId}/lenders/imports`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'text/csv' },
    body: file,
  });
  expect(answer.status).toBe(202);
  return { loanId, path: answer.headers.get('Location') ?? '' };
}

describe.each(engines)('an import into $name', ({ name, settings }) => {
  const rows = name.includes('SQLite') ? 10_000 : 1000;

  it(`of ${rows} rows, killed ${KILLS} times, comes to the same as one that is left alone`, async () => {
    const folder = await temporaryFolder();
    const set = { ...SETTINGS, ...(await settings()) };
    let program: Program = await start(folder.path, set);
    const { token } = await signIn(program.url, 'owner@example.com');
    const importAt = async (path: string) => (await call(program.url, token, 'GET', path)).body.import;
    const ended = (path: string) => expect.poll(async () => (await importAt(path)).status, { timeout: 90_000 }).toBe('completed');
    const rowsAt = async (path: string): Promise<ImportRow[]> => {
      const found: ImportRow[] = [];
      for (let cursor = ''; ; ) {
        const { body } = await call(program.url, token, 'GET', `${path}/rows?limit=100${cursor && `&cursor=${cursor}`}`);
        found.push(...body.rows);
        if (body.next_cursor === null) return found;
        cursor = body.next_cursor;
      }
    };
    const file = fileOf(rows);
    const disturbed = await sendFile(program.url, token, file);
    const doneAt: number[] = [];

    for (let kill = 1; kill <= KILLS; kill += 1) {
      const wanted = (rows / (KILLS + 2)) * kill;
      while ((await importAt(disturbed.path)).rows_done < wanted) await new Promise(setImmediate);
      await program.kill();
      program = await start(folder.path, set);
      const { rows_done, status } = await importAt(disturbed.path);
      expect(status).toBe('running');
      doneAt.push(rows_done);
    }
    expect(doneAt).toEqual([...doneAt].sort((a, b) => a - b));
    await ended(disturbed.path);

    const calm = await sendFile(program.url, token, file);
    await ended(calm.path);
    const withoutIds = (found: ImportRow[]) => found.map(({ lender_id: _, ...row }) => row);
    const found = await rowsAt(disturbed.path);
    expect(found).toHaveLength(rows);
    expect(withoutIds(found)).toEqual(withoutIds(await rowsAt(calm.path)));
    const { import_id: _a, loan_id: _b, created_at: _c, ended_at: _d, ...summary } = await importAt(disturbed.path);
    expect(await importAt(calm.path)).toMatchObject(summary);
    expect(Object.values(summary.outcomes).filter((count) => count === 0)).toHaveLength(3); // would_be_added, pending, not_added

    const added = found.filter(({ outcome }) => outcome === 'added').length;
    for (const { loanId } of [disturbed, calm]) {
      const { loan } = (await call(program.url, token, 'GET', `/loans/${loanId}`)).body;
      expect(loan).toMatchObject({ lender_count: added + 1, total_invited: added * 10 + 5 });
    }
    expect(await program.stop()).toBe(0);
    await folder.remove();
  }, 240_000);
});
