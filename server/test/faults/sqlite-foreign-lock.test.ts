import Sqlite from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { wrapStore } from '../../src/storage/instrumented-store.ts';
import { openSqlite } from '../../src/storage/sqlite/sqlite-store.ts';
import type { Store } from '../../src/storage/store.ts';
import { lenders, openTestApp } from '../../src/testing/app/test-app.ts';
import { openedSqlite, tempFile } from '../../src/testing/process/temp-store.ts';

const LOCK_WAIT_MS = 1000;
const WAITERS = 12;

/** Holds SQLite's write lock, as another process would. @returns releases it */
function lock(path: string): () => void {
  const other = new Sqlite(path);
  onTestFinished(() => void other.close());
  other.exec('BEGIN IMMEDIATE');
  return () => void other.exec('COMMIT');
}

async function openLoan(path: string, lockWaitMs: number) {
  const testApp = await openTestApp({ store: openedSqlite(path), lockWaitMs });
  const ana = await testApp.as('ana@example.com');
  const { body } = await ana.post('/loans', { amount: 20_000, interest_rate: 4.5, term_months: 36 });
  const add = (name: string) => ana.post(`/loans/${body.loan.loan_id}/lenders`, { lenders: lenders(1, 100, name) });
  return { testApp, ana, loanId: body.loan.loan_id, add };
}

describe('commands on one loan while another process holds the write lock', () => {
  it('fail with 503 at one deadline each, not one after the other', async () => {
    const path = tempFile();
    const { add } = await openLoan(path, LOCK_WAIT_MS);
    const release = lock(path);
    const startedAt = performance.now();
    const responses = await Promise.all(Array.from({ length: WAITERS }, (_, index) => add(`waiter${index}-`)));
    // One after the other they would take twelve times the wait of one.
    expect(performance.now() - startedAt).toBeLessThan((WAITERS / 2) * LOCK_WAIT_MS);
    const failure = [503, 'SERVICE_UNAVAILABLE', '1'];
    expect(responses.map(({ status, body, headers }) => [status, body.error, headers.get('Retry-After')])).toEqual(
      responses.map(() => failure),
    );
    release();
    expect((await add('late')).status).toBe(200);
  });

  it('succeed where the lock is released before their deadline', async () => {
    const path = tempFile();
    const { add } = await openLoan(path, 10 * LOCK_WAIT_MS);
    const release = lock(path);
    const adding = Promise.all([add('one'), add('two')]);
    setTimeout(release, 100);
    expect((await adding).map(({ status }) => status)).toEqual([200, 200]);
  });

  it('free the amounts of expired invitations within their own deadline', async () => {
    const engine = openSqlite(':memory:');
    const deadlines: (number | undefined)[] = [];
    const store: Store = {
      ...wrapStore(engine, (_, call) => call()),
      commit(command, writes, deadline) {
        deadlines.push(deadline);
        return engine.commit(command, writes, deadline);
      },
    };
    const testApp = await openTestApp({ store });
    onTestFinished(() => testApp.close());
    const ana = await testApp.as('ana@example.com');
    const loanId = await ana.postsLoan({ lenders: lenders(1, 20_000) });
    testApp.advance(31 * 86_400_000);
    deadlines.length = 0;
    expect((await ana.post(`/loans/${loanId}/lenders`, { lenders: lenders(1, 100, 'late') })).status).toBe(200);
    expect(deadlines).toEqual([deadlines[1], expect.any(Number)]); // the expiry's and the command's
  });

  it('leave readers alone', async () => {
    const path = tempFile();
    const { ana, loanId } = await openLoan(path, 10 * LOCK_WAIT_MS);
    lock(path);
    expect((await ana.get(`/loans/${loanId}`)).status).toBe(200);
  });
});
