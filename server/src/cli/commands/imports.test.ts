import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseImportId } from '../../domain/ids.ts';
import { importKey } from '../../storage/keys.ts';
import { makeSqlite } from '../../storage/sqlite/bulk.ts';
import { openSqlite } from '../../storage/sqlite/sqlite-store.ts';
import { found } from '../../testing/app/domain-fixtures.ts';
import { csv, lines, runStep, upload } from '../../testing/app/import-helpers.ts';
import { rewrite } from '../../testing/app/store-edits.ts';
import { openTestApp, TEST_NOW, type TestApp } from '../../testing/app/test-app.ts';
import { runInProcess } from '../../testing/process/cli-in-process.ts';
import { openWorkplace, type Workplace } from '../../testing/process/cli-process.ts';

let work: Workplace;
let testApp: TestApp;

beforeEach(async () => {
  work = openWorkplace();
  makeSqlite(work.path('data', 'lending.db'));
  testApp = await openTestApp({ store: openSqlite(work.path('data', 'lending.db')) });
  testApp.advance(Date.now() - TEST_NOW);
});

afterEach(async () => {
  await testApp.close();
  await work.close();
});

/** An import of which one step was taken. */
async function startImport() {
  const borrower = await testApp.as('borrower@example.com');
  const id = await borrower.postsLoan();
  const { body } = await upload(borrower, id, csv(...lines(120)));
  const importId = found(parseImportId(body.import.import_id), 'an import');
  await runStep(testApp, importId);
  return { importId, loanId: id };
}

const imports = (...args: string[]) => runInProcess(work.path(), ['imports', ...args]);

describe('lending imports', () => {
  it('lists a failed import, and resumes it for a server to complete', async () => {
    const { importId, loanId } = await startImport();
    const failed = { name: 'failed', at: Date.now(), reason: 'An unexpected error.', code: 'INTERNAL_ERROR' };
    await rewrite(testApp.store, importKey(importId), { state: failed }, () => ({ partition: 'removal#0', sort: '0' }));
    const text = await imports('list');
    expect(text.stdout).toMatch(new RegExp(`^${importId}  failed at \\S+Z  90 of 120 rows  request \\S+\n$`));
    const { code, stdout } = await imports('list', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).imports).toEqual([
      {
        import_id: importId,
        loan_id: loanId,
        request_id: expect.any(String),
        status: 'failed',
        rows_done: 90,
        rows_total: 120,
        failed_at: new Date(failed.at).toISOString(),
        retried_at: null,
      },
    ]);
    const resumed = await imports('resume', importId);
    expect(resumed).toEqual({ code: 0, stdout: `Import ${importId} continues after row 90 of 120.\n`, stderr: '' });
    const server = await work.serve();
    const stateOf = async () => (await testApp.store.get([importKey(importId)]))[0]?.data;
    await expect.poll(stateOf, { timeout: 30_000 }).toMatchObject({ state: { name: 'completed' }, counts: { added: 120 } });
    await server.stop();
    expect((await work.lending(['imports', 'list'])).stdout).toBe('No import has failed.\n');
  });

  it('reports an import that has not failed, an unknown one, and an invalid id', async () => {
    const { importId } = await startImport();
    const unknown = '00000000-0000-7000-8000-000000000000';
    const results = [];
    for (const id of [importId, unknown, 'x']) results.push(await imports('resume', id));
    expect(results.map(({ code, stdout, stderr }) => [code, stdout, stderr.split('\n')[0]])).toEqual([
      [3, '', 'This import is running: only one that an unexpected error ended can be resumed.'],
      [3, '', 'There is no such import, or you have no part in it.'],
      [2, '', expect.stringContaining('error: IMPORT must be an id that "imports list" prints.')],
    ]);
  });
});
