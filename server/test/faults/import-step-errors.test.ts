import { describe, expect, it, onTestFinished } from 'vitest';
import { type Background, openBackground } from '../../src/composition/background.ts';
import { startImportWorker } from '../../src/composition/import-worker.ts';
import { readBackgroundConfig } from '../../src/config/config.ts';
import { contention } from '../../src/domain/errors.ts';
import { type ImportId, parseImportId } from '../../src/domain/ids.ts';
import { STEP_FAILURES_MAX } from '../../src/domain/imports/step-failure.ts';
import { DRY_RUN_KEPT_MS, IMPORT_KEPT_MS } from '../../src/domain/records/retention.ts';
import { importWrite } from '../../src/execution/commit-writes.ts';
import { ClockCheck } from '../../src/storage/due-items.ts';
import { importKey, openImportCounterKey } from '../../src/storage/keys.ts';
import { type Key, StoreError } from '../../src/storage/store.ts';
import { makeLog } from '../../src/telemetry/log.ts';
import { PrometheusMetrics } from '../../src/telemetry/prometheus.ts';
import { found } from '../../src/testing/app/domain-fixtures.ts';
import { csv, lines, rowsOf, upload } from '../../src/testing/app/import-helpers.ts';
import { linesOf } from '../../src/testing/app/log-lines.ts';
import { openTestApp } from '../../src/testing/app/test-app.ts';
import { engines } from '../../src/testing/dynamodb/engines.ts';
import { findDueImports } from '../../src/usecases/imports/find-due-imports.ts';
import { listFailedImports } from '../../src/usecases/imports/list-failed-imports.ts';
import { resumeImport } from '../../src/usecases/imports/resume-import.ts';
import { IMPORT_AHEAD_MS_MAX, type ImportServices } from '../../src/usecases/imports/run-import-step.ts';

/* Imports whose steps fail: for a bug, or because the store does. */

const HOUR_MS = 3_600_000;
const BUG = new TypeError('a bug at row ann95@example.com');

type TestEngine = (typeof engines)[number];

interface Faults {
  /** Thrown by each step with the row of ann95@example.com. */
  bug?: Error | undefined;
  /** Thrown by the next commit. */
  nextCommit?: Error | undefined;
  afterGet?: ((keys: readonly Key[]) => Promise<void>) | undefined;
  /** In place of random numbers. */
  random: number;
}

function withFaults<Services extends ImportServices>(services: Services, faults: Faults): Services {
  const { ids, store } = services;
  return {
    ...services,
    random: () => faults.random,
    ids: {
      ...ids,
      lender(loanId, email) {
        if (faults.bug && email === 'ann95@example.com') throw faults.bug;
        return ids.lender(loanId, email);
      },
    },
    store: {
      ...store,
      async get(keys) {
        const items = await store.get(keys);
        await faults.afterGet?.(keys);
        return items;
      },
      async commit(...args) {
        const error = faults.nextCommit;
        faults.nextCommit = undefined;
        if (error) throw error;
        return store.commit(...args);
      },
    },
  };
}

/** A test app with its background work, which has these faults. */
async function openFixture({ open }: TestEngine) {
  const testApp = await openTestApp({ store: await open(), usesViewCache: false });
  onTestFinished(() => testApp.close());
  const borrower = await testApp.as('borrower@example.com');
  const faults: Faults = { random: 1 };
  const services = withFaults(testApp.app.services, faults);
  const { store } = testApp.app.services;
  const logged: string[] = [];
  const log = makeLog({ write: (line) => void logged.push(line) });
  const { mail, ...limits } = readBackgroundConfig({ STORE: 'dynamodb:lending' });
  const metrics = new PrometheusMetrics();
  const background = await openBackground({ core: { ...testApp.app, services }, mail, limits, url: '', log, metrics });
  onTestFinished(() => background.close());
  const importAt = async (path: string) => (await borrower.get(path)).body.import;
  const unfinished = async () => {
    const [item] = await store.get([openImportCounterKey(borrower.userId)]);
    return item?.data.count;
  };

  async function start(file: string, query = '?mode=per_row', loanId?: string) {
    const id = loanId ?? (await borrower.postsLoan());
    const { status, headers, body } = await upload(borrower, id, file, query);
    expect(status).toBe(202);
    const importId = found(parseImportId(body.import.import_id), body.import.import_id);
    return { id, importId, path: headers.get('Location') ?? '' };
  }

  /** Has an import fail already so often that two attempts are left. */
  async function skipAttempts(importId: ImportId): Promise<void> {
    const [item] = await store.get([importKey(importId)]);
    const { data, version } = found(item, importId);
    const retry = { failures: STEP_FAILURES_MAX - 2, at: testApp.now };
    await store.commit(services.ids.command(), [importWrite({ ...data, state: { name: 'running', retry } }, version, testApp.now)]);
  }

  /** Waits for each attempt of an import, until it has ended. @returns the pauses between them */
  async function failToEnd(importId: ImportId, path: string): Promise<number[]> {
    const pauses: number[] = [];
    for (;;) {
      await advance(background, importId);
      const { status, resumes_at } = await importAt(path);
      if (status === 'failed') return pauses;
      const pause = Date.parse(resumes_at) - testApp.now;
      pauses.push(pause);
      testApp.advance(pause);
    }
  }

  const findDue = async () => {
    const due: ImportId[] = [];
    await findDueImports(services, new ClockCheck(IMPORT_AHEAD_MS_MAX), (importId) => due.push(importId));
    return due;
  };

  const readers = { importAt, unfinished, findDue };
  return { testApp, borrower, faults, services, background, metrics, logged, start, skipAttempts, failToEnd, ...readers };
}

/** Runs steps until none may follow. */
async function advance({ advanceImport }: Background, importId: ImportId): Promise<void> {
  while (await advanceImport(importId));
}

describe.each(engines)('an import whose step fails on $name', (engine) => {
  it('retries a step that fails unexpectedly after growing pauses, and not before', async () => {
    const { testApp, faults, background, start, importAt, findDue } = await openFixture(engine);
    const { importId, path } = await start(csv(...lines(120)));
    faults.bug = BUG;
    const pauses: number[] = [];
    for (const random of [1, 0.5]) {
      faults.random = random;
      await advance(background, importId);
      const { status, rows_done, resumes_at, failure } = await importAt(path);
      expect({ status, rows_done, failure }).toEqual({ status: 'running', rows_done: 90, failure: null });
      pauses.push(Date.parse(resumes_at) - testApp.now);
      testApp.advance((pauses.at(-1) ?? 0) - 1);
      faults.bug = undefined; // would succeed, but is not due
      await advance(background, importId);
      expect((await importAt(path)).rows_done).toBe(90);
      expect(await findDue()).toEqual([]);
      testApp.advance(1);
      await expect.poll(findDue).toEqual([importId]);
      faults.bug = BUG;
    }
    expect(pauses).toEqual([1000, 1500]);
    faults.bug = undefined;
    await advance(background, importId);
    expect(await importAt(path)).toMatchObject({ status: 'completed', outcomes: { added: 120 }, resumes_at: null });
  });

  it('fails after its last attempt, without internals in the message, and keeps the rows so far', async () => {
    const { borrower, faults, background, start, skipAttempts, importAt, failToEnd, unfinished, logged, metrics } =
      await openFixture(engine);
    const { id, importId, path } = await start(csv(...lines(120), 'nobody,1,'));
    faults.bug = BUG;
    await advance(background, importId);
    await skipAttempts(importId);
    expect(await failToEnd(importId, path)).toEqual([HOUR_MS]);
    const failed = await importAt(path);
    expect(failed).toMatchObject({ status: 'failed', failure_code: 'INTERNAL_ERROR', rows_done: 90, resumes_at: null });
    expect(failed.ended_at).toEqual(expect.any(String));
    expect(failed.outcomes).toMatchObject({ added: 90, not_added: 30, invalid: 1, pending: 0 });
    expect(failed.failure).toMatch(/90 of 121 rows.*request id [\w-]+\.$/);
    expect(failed.failure).not.toMatch(/bug|TypeError|@/);
    expect(await unfinished()).toBe(0);
    const exported = await borrower.send('GET', `${path}/rows`, { headers: { Accept: 'text/csv' } });
    expect(exported.text.trim().split('\n')).toHaveLength(122);
    expect((await borrower.get(`/loans/${id}`)).body.loan.lender_count).toBe(90);
    await advance(background, importId); // does nothing
    const failures = linesOf({ logged }).filter(({ err }) => err);
    expect(failures.map(({ level }) => level)).toEqual([40, 40, 50]);
    expect(failures.at(-1)).toMatchObject({ import_id: importId, loan_id: id, request_id: expect.any(String), status: 'failed' });
    expect(failed.failure).toContain(failures.at(-1)?.['request_id']);
    expect(await metrics.page.text()).toContain('imports_failed_total{code="INTERNAL_ERROR"} 1');
  });

  it('continues a failed import where it stopped once it is resumed: no row twice, none skipped', async () => {
    const { testApp, borrower, faults, services, background, start, skipAttempts, importAt, failToEnd, unfinished, findDue } =
      await openFixture(engine);
    const { id, importId, path } = await start(csv(...lines(120)));
    faults.bug = BUG;
    await advance(background, importId);
    await skipAttempts(importId);
    await failToEnd(importId, path);
    await expect.poll(() => listFailedImports(services)).toMatchObject([{ importId, state: { name: 'failed' } }]);
    testApp.advance(24 * HOUR_MS);
    faults.bug = undefined;
    expect(await resumeImport(services, importId)).toMatchObject({ importId, rowsDone: 90 });
    expect(await unfinished()).toBe(1);
    expect(await importAt(path)).toMatchObject({ status: 'running', rows_done: 90, outcomes: { added: 90, pending: 30 } });
    testApp.advance(2000);
    await expect.poll(findDue).toEqual([importId]);
    await advance(background, importId);
    expect(await importAt(path)).toMatchObject({ status: 'completed', rows_done: 120, outcomes: { added: 120 } });
    expect(await unfinished()).toBe(0);
    expect((await borrower.get(`/loans/${id}`)).body.loan).toMatchObject({ lender_count: 120, total_invited: 120, version: 3 });
    expect(new Set((await rowsOf(borrower, path)).map((row) => row['lender_id'])).size).toBe(120);
    await expect.poll(() => listFailedImports(services)).toEqual([]);
    await expect(resumeImport(services, importId)).rejects.toMatchObject({ code: 'CONFLICT', message: /is completed/ });
  });

  it('resumes an import that waits for its next attempt, and none that has not failed or can not continue', async () => {
    const { testApp, borrower, faults, services, background, start, importAt, findDue } = await openFixture(engine);
    const { id, importId, path } = await start(csv(...lines(120)));
    await expect(resumeImport(services, importId)).rejects.toMatchObject({ code: 'CONFLICT', message: /is running/ });
    faults.bug = BUG;
    for (const pause of [1000, 2000, 0]) {
      await advance(background, importId);
      testApp.advance(pause);
    }
    expect(Date.parse((await importAt(path)).resumes_at) - testApp.now).toBe(4000);
    await expect.poll(() => listFailedImports(services)).toMatchObject([{ importId, state: { name: 'running' } }]);
    await resumeImport(services, importId);
    testApp.advance(2000);
    await expect.poll(findDue).toEqual([importId]);
    faults.bug = undefined;
    await borrower.post(`/loans/${id}/cancel`);
    await advance(background, importId);
    expect(await importAt(path)).toMatchObject({ status: 'failed', failure_code: 'LOAN_NOT_OPEN' });
    await expect(resumeImport(services, importId)).rejects.toMatchObject({ code: 'CONFLICT', message: /loan is cancelled/ });
    expect(await importAt(path)).toMatchObject({ status: 'failed', failure_code: 'LOAN_NOT_OPEN' });
    expect(await listFailedImports(services)).toEqual([]);
    const unknown = found(parseImportId('00000000-0000-7000-8000-000000000000'), 'an id');
    await expect(resumeImport(services, unknown)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('counts an error once that several workers meet in the same step', async () => {
    const { faults, services, background, start } = await openFixture(engine);
    const { importId } = await start(csv(...lines(100)));
    faults.bug = BUG;
    await background.advanceImport(importId); // succeeds
    const [arrived, released] = [new Set<object>(), Promise.withResolvers<void>()];
    faults.afterGet = async (keys) => {
      if (keys.length > 1 || keys[0]?.sort !== importKey(importId).sort) return;
      if (arrived.add(keys).size === 3) released.resolve(); // all have read the import before one records the error
      await released.promise;
    };
    await Promise.all([1, 2, 3].map(() => background.advanceImport(importId)));
    const [job] = await services.store.get([importKey(importId)]);
    expect(job).toMatchObject({ version: 3, data: { state: { name: 'running', retry: { failures: 1 } } } });
  });

  it('does not count an error in a step that another worker has processed meanwhile', async () => {
    const { faults, services, background, start, importAt } = await openFixture(engine);
    const { importId, path } = await start(csv(...lines(100)));
    await background.advanceImport(importId);
    faults.afterGet = async () => {
      faults.afterGet = undefined;
      await advance(background, importId);
      faults.afterGet = async () => {
        faults.afterGet = undefined;
        throw BUG;
      };
    };
    await advance(background, importId);
    expect(faults.afterGet).toBeUndefined();
    expect(await importAt(path)).toMatchObject({ status: 'completed', rows_done: 100, outcomes: { added: 100 } });
    expect((await services.store.get([importKey(importId)]))[0]?.version).toBe(3);
  });

  it.each([
    ['a throttled store', new StoreError('throttled', 'slow down')],
    ['an unavailable store', new StoreError('unavailable', 'down')],
    ['a locked store', new StoreError('busy', 'locked')],
    ['other writers', contention()],
  ])('does not count the errors of %s', async (_name, error) => {
    const { faults, services, background, start } = await openFixture(engine);
    const { importId } = await start(csv(...lines(2)));
    const [before] = await services.store.get([importKey(importId)]);
    faults.nextCommit = error;
    await expect(advance(background, importId)).rejects.toBe(error);
    expect(await services.store.get([importKey(importId)])).toEqual([before]);
    await advance(background, importId);
    expect((await services.store.get([importKey(importId)]))[0]?.data.state.name).toBe('completed');
  });

  it('stores nothing of a file whose upload fails unexpectedly, and takes it again under the same key', async () => {
    const { borrower, unfinished, testApp } = await openFixture(engine);
    const id = await borrower.postsLoan();
    const { store } = testApp.app.services;
    const { commit } = store;
    const key = { 'Idempotency-Key': 'spring' };
    store.commit = () => Promise.reject(BUG);
    for (let uploads = 0; uploads < 4; uploads += 1) {
      const { status, body } = await upload(borrower, id, csv(...lines(3)), '', key);
      expect([status, body.error]).toEqual([500, 'INTERNAL_ERROR']);
    }
    store.commit = commit;
    expect(await unfinished()).toBeUndefined();
    expect((await upload(borrower, id, csv(...lines(3)), '', key)).status).toBe(202);
  });
});

const sqlite = found(engines[0], 'SQLite');

describe('resumeImport', () => {
  it('retries an import for about a day, and again after it is resumed', async () => {
    const { faults, services, start, failToEnd } = await openFixture(sqlite);
    const { importId, path } = await start(csv(...lines(100)));
    faults.bug = BUG;
    const pauses = await failToEnd(importId, path);
    expect(pauses).toHaveLength(STEP_FAILURES_MAX - 1);
    expect(pauses.slice(0, 4)).toEqual([1000, 2000, 4000, 8000]);
    expect(Math.max(...pauses)).toBe(HOUR_MS);
    expect(pauses.reduce((sum, pause) => sum + pause, 0) / HOUR_MS).toBeCloseTo(28, 0);
    await resumeImport(services, importId);
    expect(await failToEnd(importId, path)).toEqual(pauses);
  });

  it.each([
    ['a real import', '?mode=per_row', IMPORT_KEPT_MS],
    ['a dry run', '?dry_run=true', DRY_RUN_KEPT_MS],
  ])('does not resume %s that is no longer kept', async (_name, query, keptMs) => {
    const { testApp, services, start, failToEnd, faults } = await openFixture(sqlite);
    const { importId, path } = await start(csv(...lines(100)), query);
    faults.bug = BUG;
    faults.random = 0;
    await failToEnd(importId, path);
    testApp.advance(keptMs);
    expect(await listFailedImports(services)).toEqual([]);
    await expect(resumeImport(services, importId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('import worker', () => {
  /** A worker whose periodic search finds nothing: imports are added by hand. */
  function startWorker(work: (importId: ImportId) => Promise<boolean>, clock: () => number) {
    const attempts: ImportId[] = [];
    const errors: unknown[] = [];
    let add: (importId: ImportId) => void = () => {};
    const stop = startImportWorker({
      changes: {
        watchImports(listener) {
          add = listener;
          return () => {};
        },
      },
      async advance(importId) {
        attempts.push(importId);
        return work(importId);
      },
      findDue: async () => undefined,
      onError: (error) => errors.push(error),
      clock,
      random: () => 1,
    });
    onTestFinished(stop);
    return { add: (importId: ImportId) => add(importId), attempts, errors };
  }

  it('leaves an import whose store fails alone for growing pauses of a minute at most', async () => {
    const time = { now: 1_000_000 };
    const { importId } = await (await openFixture(sqlite)).start(csv(...lines(1)));
    const database: { isDown: boolean } = { isDown: true };
    const work = async () => {
      if (database.isDown) throw new StoreError('unavailable', 'down');
      return false;
    };
    const { add, attempts, errors } = startWorker(work, () => time.now);
    for (let second = 0; second < 600; second += 1) {
      add(importId);
      await new Promise(setImmediate);
      time.now += 1000;
    }
    expect([attempts.length, errors.length]).toEqual([15, 15]); // at 0, 1, 3, 7, 15, 31 and 63 s, then each minute
    time.now -= 300 * 24 * HOUR_MS; // the clock is set back
    database.isDown = false;
    add(importId);
    await expect.poll(() => attempts.length).toBe(16);
    add(importId);
    await expect.poll(() => attempts.length).toBe(17);
  });

  it('does not delay other imports for one whose steps fail', async () => {
    const { testApp, borrower, faults, background, start, importAt } = await openFixture(sqlite);
    const failing = await start(csv(...lines(100)));
    const other = await start(csv(...lines(100, 1, 'ben')));
    faults.bug = BUG;
    const { add, attempts, errors } = startWorker(background.advanceImport, () => testApp.now);
    add(failing.importId);
    add(other.importId);
    await expect.poll(async () => (await importAt(other.path)).status).toBe('completed');
    expect(attempts).toEqual([failing, other, failing, other].map(({ importId }) => importId));
    expect(errors).toEqual([]);
    expect((await borrower.get(failing.path)).body.import).toMatchObject({ status: 'running', rows_done: 90 });
  });
});
