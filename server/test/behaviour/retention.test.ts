import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { parseImportId } from '../../src/domain/ids.ts';
import { DEAD_LETTER_KEPT_MS, DRY_RUN_KEPT_MS, IMPORT_KEPT_MS, MAIL_KEPT_MS } from '../../src/domain/records/retention.ts';
import { mailLinks } from '../../src/mail/action-links.ts';
import { enqueueMailHandler } from '../../src/mail/enqueue-mail-handler.ts';
import { MailSender } from '../../src/mail/mail-sender.ts';
import { parseMailbox } from '../../src/mail/message.ts';
import { OutboxDispatcher } from '../../src/outbox/dispatcher.ts';
import { wrapStore } from '../../src/storage/instrumented-store.ts';
import { kindOf } from '../../src/storage/item-kinds.ts';
import { fixedKeyRing } from '../../src/storage/key-ring.ts';
import { importKey, importPartsOf } from '../../src/storage/keys.ts';
import { openSqlite } from '../../src/storage/sqlite/sqlite-store.ts';
import { EXPIRED_KEPT_MS, isDelete, type Key, keyText, type Store } from '../../src/storage/store.ts';
import { found } from '../../src/testing/app/domain-fixtures.ts';
import { csv, lines, runToEnd, upload } from '../../src/testing/app/import-helpers.ts';
import { lenders, openTestApp, type TestApp } from '../../src/testing/app/test-app.ts';
import { LOAN, type TestUser } from '../../src/testing/app/test-user.ts';
import { engines } from '../../src/testing/dynamodb/engines.ts';
import { memoryTransport } from '../../src/testing/mail/memory-transport.ts';
import { removeExpiredImports } from '../../src/usecases/imports/remove-expired-imports.ts';

/* How long records are kept: domain/records/retention.ts. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

function rethrow(error: unknown): void {
  throw error;
}

describe.each(engines)('expired imports on $name', ({ open }) => {
  async function openFixture() {
    const testApp = await openTestApp({ store: await open(), usesViewCache: false });
    onTestFinished(() => testApp.close());
    const borrower = await testApp.as('borrower@example.com');
    return { testApp, borrower, loanId: await borrower.postsLoan() };
  }

  /** @returns whether the import's own item is stored, and the number of its parts */
  async function storedOf({ store }: TestApp, id: string) {
    const importId = found(parseImportId(id), id);
    const [job] = await store.get([importKey(importId)]);
    return { job: job !== undefined, parts: (await store.list(importPartsOf(importId, 0, 100))).length };
  }

  const removeExpired = (testApp: TestApp, signal?: AbortSignal, store: Store = testApp.store) =>
    removeExpiredImports({ ...testApp.app.services, store }, rethrow, signal);

  async function startImport(user: TestUser, loanId: string, file: string, query = '') {
    const { headers, body } = await upload(user, loanId, file, query);
    return { path: headers.get('Location') ?? '', id: String(body.import.import_id) };
  }

  it.each([
    ['a real import', '?mode=per_row', IMPORT_KEPT_MS],
    ['a dry run', '?dry_run=true', DRY_RUN_KEPT_MS],
  ])('deletes %s with its rows at its end, not before', async (_name, query, keptMs) => {
    const { testApp, borrower, loanId } = await openFixture();
    const { path, id } = await startImport(borrower, loanId, csv(...lines(190)), query);
    await runToEnd(testApp, id);
    testApp.advance(keptMs - 1);
    await removeExpired(testApp);
    expect(await storedOf(testApp, id)).toEqual({ job: true, parts: 2 });
    expect((await borrower.get(path)).status).toBe(200);
    expect((await borrower.get(`${path}/rows`)).body.rows).toHaveLength(20);
    testApp.advance(1);
    const removed = async () => {
      await removeExpired(testApp); // repeatedly, as the index may be behind
      return storedOf(testApp, id);
    };
    await expect.poll(removed).toEqual({ job: false, parts: 0 });
  });

  it('responds 404 from the end of an import on, before it is deleted', async () => {
    const { testApp, borrower, loanId } = await openFixture();
    const { path, id } = await startImport(borrower, loanId, csv(...lines(2)), '?dry_run=true');
    await runToEnd(testApp, id);
    testApp.advance(DRY_RUN_KEPT_MS);
    for (const url of [path, `${path}/rows`]) expect((await borrower.get(url)).status).toBe(404);
    expect((await borrower.send('GET', `${path}/rows`, { headers: { Accept: 'text/csv' } })).status).toBe(404);
  });

  it('keeps an import that still waits for its hour, however old it is', async () => {
    const { testApp, borrower, loanId } = await openFixture();
    const { path, id } = await startImport(borrower, loanId, csv(...lines(250)));
    await runToEnd(testApp, id);
    testApp.advance(2 * IMPORT_KEPT_MS);
    await removeExpired(testApp);
    expect((await borrower.get(path)).body.import).toMatchObject({ status: 'waiting', rows_done: 200 });
    await runToEnd(testApp, id);
    expect((await borrower.get(path)).body.import).toMatchObject({ status: 'completed', rows_done: 250 });
  });

  it('deletes a large import some rows at a time, and a later sweep what an aborted one left', async () => {
    const { testApp, borrower, loanId } = await openFixture();
    const { id } = await startImport(borrower, loanId, csv(...lines(1900)));
    await borrower.post(`/loans/${loanId}/cancel`);
    await runToEnd(testApp, id); // one step: the import fails
    testApp.advance(IMPORT_KEPT_MS);
    const stopping = new AbortController();
    const deletes: number[] = [];
    const store: Store = {
      ...wrapStore(testApp.store, (_verb, call) => call()),
      commit(command, writes) {
        deletes.push(writes.length);
        stopping.abort();
        return testApp.store.commit(command, writes);
      },
    };
    const deleted = async () => {
      await removeExpired(testApp, stopping.signal, store);
      return deletes;
    };
    await expect.poll(deleted).toEqual([10]);
    expect(await storedOf(testApp, id)).toEqual({ job: true, parts: 1 });
    await Promise.all([removeExpired(testApp), removeExpired(testApp)]); // two processes
    expect(await storedOf(testApp, id)).toEqual({ job: false, parts: 0 });
  });
});

describe('records that the engine deletes', () => {
  /** A store that sweeps by the app's clock, and the keys of all that was written to it. */
  async function openFixture() {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const keys = new Map<string, Key>();
    const time = { now: () => 0 };
    const engine = openSqlite(':memory:', { clock: () => time.now() });
    const store: Store = {
      ...wrapStore(engine, (_verb, call) => call()),
      commit(command, writes) {
        for (const write of writes) if (!isDelete(write)) keys.set(keyText(write.key), write.key);
        return engine.commit(command, writes);
      },
    };
    const testApp = await openTestApp({ store });
    onTestFinished(() => testApp.close());
    time.now = () => testApp.now;
    return {
      testApp,
      /** The kinds of items that are stored now. */
      async kinds() {
        const all = [...keys.values()];
        const items = await engine.get(all.slice(0, 100));
        expect(all.length).toBeLessThan(100);
        return new Set(items.flatMap((item, index) => (item ? [kindOf(all[index] ?? item.key)] : [])));
      },
      /** Lets the engine sweep once. */
      async sweep() {
        vi.advanceTimersByTime(MINUTE_MS);
        await new Promise(setImmediate);
      },
    };
  }

  it('exist until the end of their kind, and what a loan consists of exists for good', async () => {
    const { testApp, kinds, sweep } = await openFixture();
    const { services } = testApp.app;
    const borrower = await testApp.as('borrower@example.com');
    const failing = { name: 'failing', handle: () => Promise.reject(new Error('no good')) };
    const options = { store: testApp.store, ids: services.ids, clock: () => testApp.now };
    const dispatcher = new OutboxDispatcher({
      ...options,
      handlers: [enqueueMailHandler(options), failing],
      onFailure: () => {},
      onError: rethrow,
    });
    const { transport } = memoryTransport();
    const links = mailLinks({ publicUrl: 'https://lending.example.org', keys: fixedKeyRing(Buffer.alloc(32, 5)) });
    const from = found(parseMailbox('mail@lending.example.org'), 'from');
    const { limits } = readConfig({}).mail;
    const sender = new MailSender({ services, transport, from, language: 'en', links, limits, onAttempt: () => {} });

    await borrower.post('/loans', { ...LOAN, lenders: lenders(1, 1) }, { 'Idempotency-Key': 'k' });
    for (let attempt = 0; attempt < 8; attempt += 1) {
      testApp.advance(MINUTE_MS);
      await dispatcher.deliverAbandoned(rethrow);
    }
    await sender.sendDue(rethrow);
    const start = testApp.now;
    const isLater = async (ms: number) => {
      testApp.advance(start + ms - testApp.now);
      await sweep();
    };
    const kept = ['loan', 'lender', 'eventBatch', 'counter', 'expiry', 'mailQueueEnd', 'installation'];
    const ends = [
      { kinds: ['record', 'mailCount'], after: DAY_MS },
      { kinds: ['mailing', 'mailbox'], after: MAIL_KEPT_MS },
      { kinds: ['deadLetter'], after: DEAD_LETTER_KEPT_MS },
    ];
    for (const [index, { kinds: ending, after }] of ends.entries()) {
      const later = ends.slice(index + 1).flatMap((end) => end.kinds);
      await isLater(after - 9 * MINUTE_MS);
      expect(await kinds()).toEqual(new Set([...kept, ...ending, ...later]));
      await isLater(after + EXPIRED_KEPT_MS + 1);
      expect(await kinds()).toEqual(new Set([...kept, ...later]));
    }
  });
});
