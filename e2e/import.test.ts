import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { csv } from '../server/src/testing/app/import-helpers.ts';
import { openWorkplace } from '../server/src/testing/process/cli-process.ts';
import { engines } from './engines.ts';
import { call, signIn } from './http-client.ts';

/* An import has the same outcome, row by row, when the program is killed several times. */

const SETTINGS = { INVITES_PER_HOUR: '1000000', REQUESTS_PER_SECOND: '0' };

interface ImportRow {
  readonly outcome: string;
  readonly lender_id?: string;
}

/** Rows with every outcome; the loan is fully invited before the last one. */
function createFile(rows: number): string {
  const line = (row: number): string => {
    if (row % 97 === 0) return `nobody${row},10,`;
    if (row % 89 === 0) return `p${row - 1}@example.com,10,`;
    if (row % 83 === 0) return `invited@example.com,10,`;
    return `p${row}@example.com,${row % 71 === 0 ? 1_000_000 : 10},"TestUser ${row}, of many"`;
  };
  return csv(...Array.from({ length: rows }, (_, row) => line(row + 1)));
}

async function uploadFile(url: string, token: string, file: string): Promise<{ loanId: string; path: string }> {
  const rows = file.split('\n').length - 2;
  const created = await call(url, token, 'POST', '/loans', {
    amount: rows * 9,
    interest_rate: 4,
    term_months: 12,
    lenders: [{ email: 'invited@example.com', contribution_amount: 5 }],
  });
  const loanId: string = created.body.loan.loan_id;
  const response = await fetch(`${url}/loans/${loanId}/lenders/imports`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'text/csv' },
    body: file,
  });
  expect(response.status).toBe(202);
  return { loanId, path: response.headers.get('Location') ?? '' };
}

describe.each(engines)('import on $name', ({ name, settings }) => {
  const [rows, kills] = name.includes('SQLite') ? [5000, 5] : [300, 3];

  it(`imports ${rows} rows with the same outcomes when the program is killed ${kills} times`, async () => {
    const work = openWorkplace();
    onTestFinished(() => work.close());
    const serverSettings = { ...SETTINGS, ...(await settings()) };
    let server = await work.serve(serverSettings);
    const { token } = await signIn(server.url, 'owner@example.com');
    const importAt = async (path: string) => (await call(server.url, token, 'GET', path)).body.import;
    const completion = (path: string) =>
      expect.poll(async () => (await importAt(path)).status, { timeout: 90_000 }).toBe('completed');
    const rowsAt = async (path: string): Promise<ImportRow[]> => {
      const found: ImportRow[] = [];
      for (let cursor = ''; ; ) {
        const { body } = await call(server.url, token, 'GET', `${path}/rows?limit=100${cursor && `&cursor=${cursor}`}`);
        found.push(...body.rows);
        if (body.next_cursor === null) return found;
        cursor = body.next_cursor;
      }
    };
    const file = createFile(rows);
    const interrupted = await uploadFile(server.url, token, file);
    const doneAt: number[] = [];

    for (let kill = 1; kill <= kills; kill += 1) {
      const wanted = (rows / (kills + 2)) * kill;
      await vi.waitUntil(async () => (await importAt(interrupted.path)).rows_done >= wanted, { timeout: 60_000, interval: 5 });
      await server.stop('SIGKILL');
      server = await work.serve(serverSettings);
      const { rows_done, status } = await importAt(interrupted.path);
      expect(status).toBe('running');
      doneAt.push(rows_done);
    }
    expect(doneAt).toEqual([...doneAt].sort((a, b) => a - b));
    await completion(interrupted.path);

    const undisturbed = await uploadFile(server.url, token, file);
    await completion(undisturbed.path);
    const withoutIds = (found: ImportRow[]) => found.map(({ lender_id: _, ...row }) => row);
    const found = await rowsAt(interrupted.path);
    expect(found).toHaveLength(rows);
    expect(withoutIds(found)).toEqual(withoutIds(await rowsAt(undisturbed.path)));
    const { import_id: _a, loan_id: _b, created_at: _c, ended_at: _d, ...summary } = await importAt(interrupted.path);
    expect(await importAt(undisturbed.path)).toMatchObject(summary);
    expect(Object.values(summary.outcomes).filter((count) => count === 0)).toHaveLength(3); // would_be_added, pending, not_added

    const added = found.filter(({ outcome }) => outcome === 'added').length;
    for (const { loanId } of [interrupted, undisturbed]) {
      const { loan } = (await call(server.url, token, 'GET', `/loans/${loanId}`)).body;
      expect(loan).toMatchObject({ lender_count: added + 1, total_invited: added * 10 + 5 });
    }
    expect((await server.stop()).code).toBe(0);
  }, 240_000);
});
