import { existsSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeSqlite } from '../server/src/storage/sqlite/bulk.ts';
import { openSqlite } from '../server/src/storage/sqlite/sqlite-store.ts';
import { openTestApp } from '../server/src/testing/app/test-app.ts';
import { runInProcess } from '../server/src/testing/process/cli-in-process.ts';
import { openWorkplace, PROGRAM, type Workplace } from '../server/src/testing/process/cli-process.ts';
import { signIn } from './http-client.ts';

const LENDING = `'${process.execPath}' '${PROGRAM}'`;
const SOON = { timeout: 20_000, interval: 50 };

let work: Workplace;

beforeEach(() => {
  work = openWorkplace();
  makeSqlite(work.path('data', 'lending.db'));
});

afterEach(() => work.close());

/** Runs a command whose standard output nobody reads. @returns its exit code and standard error */
async function unread(command: string): Promise<string> {
  const { stdout } = await work.paste(`{ ${LENDING} ${command} 2>err; echo $? >code; } | true; cat code err`);
  return stdout;
}

describe('lending in a pipe', () => {
  it.each([
    ['help', '--help', '0'],
    ['a result', 'invitations --as ana@example.com', '0'],
    ['a result as JSON', 'version --json', '0'],
    ['a failure as JSON', 'accept L1 --as ana@example.com --json', '3'],
  ])('ends quietly, with its exit code, when the reader has gone: %s', async (_, command, code) => {
    expect(await unread(command)).toBe(`${code}\n`);
  });

  it('makes its change although nobody reads the result', async () => {
    await unread('loan create --amount 5 --interest-rate 1 --term-months 1 --as ana@example.com');
    const testApp = await openTestApp({ store: openSqlite(work.path('data', 'lending.db')) });
    testApp.advance(Date.now() - testApp.now);
    const { stdout: token } = await runInProcess(work.path(), ['token', 'ana@example.com']);
    expect((await testApp.withToken(token.trim()).get('/loans')).body).toMatchObject({ loans: [{ amount: 5 }] });
    await testApp.close();
  });

  it('ends with its exit code when standard error is closed', async () => {
    const { stdout } = await work.paste(
      `{ ${LENDING} accept --as ana@example.com 2>&1 >/dev/null; echo $? >code; } | true; cat code`,
    );
    const closed = await work.paste(`${LENDING} accept 2>&-; echo $?`);
    expect([stdout, closed.stdout]).toEqual(['2\n', '2\n']);
  });

  it.skipIf(!existsSync('/dev/full'))('fails when the disk of its output is full', async () => {
    const { code, stderr } = await work.paste(`${LENDING} version > /dev/full`);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^The output can't be written: .*ENOSPC.*\n$/)]);
  });
});

describe('lending serve in a pipe', () => {
  it('serves on when the reader of its first lines has gone, and of its log', async () => {
    const server = work.started(['serve', '--json'], { PORT: '0' });
    const url = JSON.parse(await server.printed('\n')).url;
    server.closeOutput();
    const borrower = await signIn(url, 'ana@example.com');
    for (const _request of [1, 2]) await borrower.postsLoan({}); // each writes a line of the log
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    expect((await server.stop()).code).toBe(0);
  });
});

describe('lending watch in a pipe', () => {
  it('ends quietly at the first event that nobody reads, and by SIGINT', async () => {
    const server = await work.serve();
    const borrower = await signIn(server.url, 'owner@example.com');
    const loan = await borrower.postsLoan({ lenders: [{ email: 'ana@example.com', contribution_amount: 1 }] });
    const command = `{ ${LENDING} watch ${loan} --as owner@example.com --url ${server.url} --json 2>err; echo $? >code; } | head -1`;
    const piped = work.paste(command);
    await expect.poll(() => readFileSync(work.path('err'), { encoding: 'utf8', flag: 'a+' }), SOON).toContain('Watching');
    const interrupted = work.started(['watch', '--loan', loan, '--as', 'owner@example.com', '--url', server.url]);
    await expect.poll(() => interrupted.text.stderr, SOON).toContain('Watching');
    for (const email of ['ben@example.com', 'carl@example.com'])
      await borrower.post(`/loans/${loan}/lenders`, { lenders: [{ email, contribution_amount: 1 }] });
    expect((await piped).stdout.trim().split('\n')).toHaveLength(1);
    expect(readFileSync(work.path('code'), 'utf8')).toBe('0\n');
    expect(readFileSync(work.path('err'), 'utf8')).toBe(`Watching loan ${loan}.\n`);
    await expect.poll(() => interrupted.text.stdout, SOON).toContain('carl@example.com');
    expect(await interrupted.stop('SIGINT')).toMatchObject({ code: null, stderr: `Watching loan ${loan}.\n` });
  });
});
