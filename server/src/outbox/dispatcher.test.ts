import { describe, expect, it, onTestFinished } from 'vitest';
import type { EventBatch } from '../domain/event-batch.ts';
import { type LoanId, parseLoanId } from '../domain/ids.ts';
import { deadLetterKey, outboxOf } from '../storage/keys.ts';
import { type Store, StoreError } from '../storage/store.ts';
import type { HandlerFailure } from '../telemetry/background-log.ts';
import { lenders, openTestApp } from '../testing/app/test-app.ts';
import { engines } from '../testing/dynamodb/engines.ts';
import { type EventHandler, OutboxDispatcher } from './dispatcher.ts';
import type { Pause } from './pause.ts';

const MINUTE_MS = 60_000;

async function openFixture(open: () => Promise<Store>) {
  const testApp = await openTestApp({ store: await open(), config: { invitesPerHour: 10_000 } });
  onTestFinished(() => testApp.close());
  const borrower = await testApp.as('borrower@example.com');
  const failures: HandlerFailure[] = [];
  const errors: unknown[] = [];
  const pauses: (() => void)[] = [];
  const pause: Pause = (_, signal) =>
    new Promise((resolve, reject) => {
      pauses.push(() => resolve(undefined));
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  let added = 0;
  return {
    testApp,
    failures,
    errors,
    onError: (error: unknown) => void errors.push(error),
    async postLoan(): Promise<LoanId> {
      const loanId = parseLoanId(await borrower.postsLoan());
      if (!loanId) throw new Error('the loan has no id');
      return loanId;
    },
    /** Commits a further event batch of the loan. */
    addLender(loanId: LoanId): Promise<unknown> {
      added += 1;
      return borrower.post(`/loans/${loanId}/lenders`, { lenders: lenders(1, 1, `a${added}-`) });
    },
    dispatcherOf(handlers: readonly EventHandler[], store: Store = testApp.store): OutboxDispatcher {
      const { ids } = testApp.app.services;
      const onFailure = (one: HandlerFailure) => void failures.push(one);
      const onError = (error: unknown) => void errors.push(error);
      return new OutboxDispatcher({ store, ids, clock: () => testApp.now, handlers, onFailure, onError, pause });
    },
    /** Hands over what is committed from now on, and delivers it. */
    deliverOwn(dispatcher: OutboxDispatcher): void {
      const { changes } = testApp.app.services;
      changes.watchCommits((writes) => dispatcher.handOver(writes));
      changes.watchAll((loanId) => void dispatcher.deliver(loanId));
    },
    /** Ends the pauses of all dispatchers. */
    endPauses(): void {
      for (const end of pauses.splice(0)) end();
    },
    outboxLength: async (loanId: LoanId) => (await testApp.store.list(outboxOf(loanId, 100))).length,
  };
}

function recordingHandler(name = 'recording') {
  const versions: number[] = [];
  const batches: EventBatch[] = [];
  const handle = async (batch: EventBatch): Promise<void> => {
    batches.push(batch);
    versions.push(batch.version);
  };
  return { name, handle, versions, batches };
}

function failingHandler(version: number, error: unknown = new Error('no good')) {
  const handler = recordingHandler('failing');
  const state: { fails: boolean } = { fails: true };
  const handle = async (batch: EventBatch): Promise<void> => {
    if (state.fails && batch.version === version) throw error;
    await handler.handle(batch);
  };
  return { ...handler, handle, state };
}

describe.each(engines)('outbox dispatcher on $name', ({ open }) => {
  it('delivers every event batch of a loan to every handler once and in order', async () => {
    const { postLoan, addLender, dispatcherOf, outboxLength } = await openFixture(open);
    const loanId = await postLoan();
    for (let version = 2; version <= 24; version += 1) await addLender(loanId);
    const [one, other] = [recordingHandler('one'), recordingHandler('other')];
    await dispatcherOf([one, other]).deliver(loanId);
    expect(one.versions).toEqual(Array.from({ length: 24 }, (_, index) => index + 1));
    expect(other.versions).toEqual(one.versions);
    expect(one.batches[1]?.events).toMatchObject([{ type: 'lender.invited', lender: { email: 'a1-0@example.com' } }]);
    expect(await outboxLength(loanId)).toBe(0);
    await dispatcherOf([one]).deliver(loanId);
    expect(one.versions).toHaveLength(24);
  });

  it('leaves a batch in the outbox, without a failure, when it is stopped while a handler works', async () => {
    const { postLoan, dispatcherOf, outboxLength, failures } = await openFixture(open);
    const loanId = await postLoan();
    const started = Promise.withResolvers<void>();
    const waiting: EventHandler = {
      name: 'waiting',
      handle: (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
          started.resolve();
        }),
    };
    const dispatcher = dispatcherOf([waiting]);
    const delivery = dispatcher.deliver(loanId);
    await started.promise;
    await dispatcher.stop();
    expect(await delivery).toBe(false);
    expect(failures).toEqual([]);
    expect(await outboxLength(loanId)).toBe(1);
    const handler = { ...recordingHandler(), name: 'waiting' };
    expect(await dispatcherOf([handler]).deliver(loanId)).toBe(true);
    expect(handler.versions).toEqual([1]);
  });

  it('finds abandoned event batches of any loan and any age', async () => {
    const { testApp, postLoan, addLender, dispatcherOf, onError, outboxLength } = await openFixture(open);
    const loanIds = [await postLoan(), await postLoan(), await postLoan()];
    for (const loanId of loanIds) await addLender(loanId);
    const handler = recordingHandler();
    await dispatcherOf([handler]).deliverAbandoned(onError);
    expect(handler.versions).toEqual([]); // left to the process that committed them
    testApp.advance(3 * 365 * 24 * 60 * MINUTE_MS);
    await dispatcherOf([handler]).deliverAbandoned(onError);
    expect(handler.versions.toSorted((a, b) => a - b)).toEqual([1, 1, 1, 2, 2, 2]);
    for (const loanId of loanIds) expect(await outboxLength(loanId)).toBe(0);
  });

  it('delivers event batches and retries that were scheduled while the clock was ahead', async () => {
    const { testApp, postLoan, dispatcherOf, onError } = await openFixture(open);
    const failing = failingHandler(1);
    testApp.advance(365 * 24 * 60 * MINUTE_MS);
    const loanIds = [await postLoan(), await postLoan()];
    const dispatcher = dispatcherOf([failing]);
    for (const loanId of loanIds.slice(1)) await dispatcher.deliver(loanId);
    failing.state.fails = false;
    await dispatcher.deliverAbandoned(onError);
    expect(failing.versions).toEqual([]); // none is due
    testApp.advance(-365 * 24 * 60 * MINUTE_MS);
    await dispatcher.deliverAbandoned(onError);
    expect(failing.versions).toEqual([1, 1]);
  });

  it('delivers an event batch as soon as its commit is notified', async () => {
    const { testApp, postLoan, addLender, dispatcherOf, outboxLength } = await openFixture(open);
    const handler = recordingHandler();
    const dispatcher = dispatcherOf([handler]);
    testApp.app.services.changes.watchAll((loanId) => void dispatcher.deliver(loanId));
    const loanId = await postLoan();
    await addLender(loanId);
    await expect.poll(() => outboxLength(loanId)).toBe(0);
    expect(handler.versions).toEqual([1, 2]);
    await dispatcher.stop();
  });

  it('deletes the entries of fast deliveries together, after a pause', async () => {
    const { testApp, postLoan, addLender, dispatcherOf, deliverOwn, endPauses, outboxLength } = await openFixture(open);
    const handler = recordingHandler();
    deliverOwn(dispatcherOf([handler]));
    const loanIds = [await postLoan(), await postLoan(), await postLoan()];
    for (const loanId of loanIds) await addLender(loanId);
    await expect.poll(() => handler.versions).toEqual([1, 1, 1, 2, 2, 2]);
    for (const loanId of loanIds) expect(await outboxLength(loanId)).toBe(2);
    const calls = await testApp.callsOf(async () => {
      endPauses();
      await expect.poll(() => outboxLength(loanIds[2] as LoanId)).toBe(0);
    });
    expect(calls.filter((verb) => verb === 'commit')).toHaveLength(1);
    for (const loanId of loanIds) expect(await outboxLength(loanId)).toBe(0);
  });

  it('deletes the entries of what it has delivered when it is stopped', async () => {
    const { postLoan, dispatcherOf, deliverOwn, outboxLength } = await openFixture(open);
    const handler = recordingHandler();
    const dispatcher = dispatcherOf([handler]);
    deliverOwn(dispatcher);
    const loanId = await postLoan();
    await expect.poll(() => handler.versions).toEqual([1]);
    await dispatcher.stop();
    expect(await outboxLength(loanId)).toBe(0);
  });

  it('does not deliver again what it has delivered and not deleted yet', async () => {
    const { testApp, postLoan, dispatcherOf, deliverOwn, onError, outboxLength } = await openFixture(open);
    const handler = recordingHandler();
    const dispatcher = dispatcherOf([handler]);
    deliverOwn(dispatcher);
    const loanId = await postLoan();
    await expect.poll(() => handler.versions).toEqual([1]);
    testApp.advance(MINUTE_MS);
    await dispatcher.deliverAbandoned(onError);
    expect(handler.versions).toEqual([1]);
    expect(await outboxLength(loanId)).toBe(0);
  });

  it('reports entries that it could not delete, and delivers their batches again', async () => {
    const { testApp, postLoan, dispatcherOf, deliverOwn, endPauses, errors, onError, outboxLength } = await openFixture(open);
    const handler = recordingHandler();
    const failure = new StoreError('unavailable', 'database down');
    const state: { fails: boolean } = { fails: true };
    const commit: Store['commit'] = async (...options) => {
      if (state.fails) throw failure;
      return testApp.store.commit(...options);
    };
    const dispatcher = dispatcherOf([handler], { ...testApp.store, commit });
    deliverOwn(dispatcher);
    const loanId = await postLoan();
    await expect.poll(() => handler.versions).toEqual([1]);
    endPauses();
    await expect.poll(() => errors).toEqual([failure]);
    state.fails = false;
    testApp.advance(MINUTE_MS);
    await dispatcher.deliverAbandoned(onError);
    expect(handler.versions).toEqual([1, 1]);
    expect(await outboxLength(loanId)).toBe(0);
  });

  it('delivers a batch again if the process died before it recorded the delivery', async () => {
    const { testApp, postLoan, addLender, dispatcherOf } = await openFixture(open);
    const loanId = await postLoan();
    await addLender(loanId);
    const [first, second] = [recordingHandler(), recordingHandler()];
    const killed: Store = { ...testApp.store, commit: () => Promise.reject(new StoreError('unavailable', 'killed')) };
    await expect(dispatcherOf([first], killed).deliver(loanId)).rejects.toThrow('killed');
    await dispatcherOf([second]).deliver(loanId);
    expect(first.versions).toEqual([1, 2]);
    expect(second.versions).toEqual([1, 2]);
  });

  it('blocks a loan behind a failing event batch, and no other loan', async () => {
    const { testApp, postLoan, addLender, dispatcherOf, failures, onError, outboxLength } = await openFixture(open);
    const [blocked, other] = [await postLoan(), await postLoan()];
    for (const loanId of [blocked, blocked, other]) await addLender(loanId);
    const handler = failingHandler(2);
    const dispatcher = dispatcherOf([handler]);
    await dispatcher.deliver(blocked);
    expect(handler.versions).toEqual([1]);
    await dispatcher.deliver(blocked); // before the next attempt is due
    expect(failures).toHaveLength(1);
    handler.state.fails = false;
    await dispatcher.deliver(other);
    expect(handler.versions).toEqual([1, 1, 2]);
    testApp.advance(MINUTE_MS);
    await dispatcher.deliverAbandoned(onError);
    expect(handler.versions).toEqual([1, 1, 2, 2, 3]);
    expect(await outboxLength(blocked)).toBe(0);
  });

  it('moves an event batch to dead letters after eight attempts, and continues with the rest', async () => {
    const { testApp, postLoan, addLender, dispatcherOf, failures, onError, outboxLength } = await openFixture(open);
    const loanId = await postLoan();
    await addLender(loanId);
    await addLender(loanId);
    const [before, failing, after] = [
      recordingHandler('before'),
      failingHandler(2, new TypeError('poison')),
      recordingHandler('after'),
    ];
    const dispatcher = dispatcherOf([before, failing, after]);
    for (let attempt = 0; attempt < 8; attempt += 1) {
      await dispatcher.deliverAbandoned(onError);
      await dispatcher.deliver(loanId);
      testApp.advance(2 * MINUTE_MS);
    }
    expect(failures.map(({ isLast }) => isLast)).toEqual([false, false, false, false, false, false, false, true]);
    expect(failures[7]).toMatchObject({ handler: 'failing', batch: { version: 2 } });
    expect(await testApp.store.get([deadLetterKey(loanId, 2, 'failing')])).toMatchObject([
      { data: { handler: 'failing', version: 2, error: 'TypeError: poison' } },
    ]);
    expect([before.versions, failing.versions, after.versions]).toEqual([
      [1, 2, 3],
      [1, 3],
      [1, 2, 3],
    ]);
    expect(await outboxLength(loanId)).toBe(0);
  });

  it('does not count a database error as a failure of the handler', async () => {
    const { postLoan, dispatcherOf, failures } = await openFixture(open);
    const loanId = await postLoan();
    const handler = failingHandler(1, new StoreError('unavailable', 'database down'));
    const dispatcher = dispatcherOf([handler]);
    for (let attempt = 0; attempt < 10; attempt += 1) await expect(dispatcher.deliver(loanId)).rejects.toThrow('database down');
    expect(failures).toEqual([]);
    handler.state.fails = false;
    await dispatcher.deliver(loanId);
    expect(handler.versions).toEqual([1]);
  });

  it('reports the error of one abandoned loan and delivers the others', async () => {
    const { testApp, postLoan, dispatcherOf, errors, onError } = await openFixture(open);
    const [broken, other] = [await postLoan(), await postLoan()];
    testApp.advance(MINUTE_MS);
    const handler = recordingHandler();
    const list: Store['list'] = async (range) => {
      if (range.partition === outboxOf(broken, 1).partition) throw new StoreError('unavailable', 'partition down');
      return testApp.store.list(range);
    };
    await dispatcherOf([handler], { ...testApp.store, list }).deliverAbandoned(onError);
    expect(errors).toEqual([new StoreError('unavailable', 'partition down')]);
    expect(handler.batches.map(({ loan }) => loan.loanId)).toEqual([other]);
  });

  it('returns false when it stops early, and starts nothing after the deadline', async () => {
    const { testApp, postLoan, dispatcherOf, onError } = await openFixture(open);
    const loanId = await postLoan();
    const handler = recordingHandler();
    expect(await dispatcherOf([handler]).deliver(loanId, AbortSignal.abort())).toBe(false);
    testApp.advance(MINUTE_MS);
    await dispatcherOf([handler]).deliverAbandoned(onError, AbortSignal.abort());
    expect(handler.versions).toEqual([]);
    expect(await dispatcherOf([failingHandler(1)]).deliver(loanId)).toBe(true); // postponed within the outbox
    testApp.advance(MINUTE_MS);
    expect(await dispatcherOf([handler]).deliver(loanId)).toBe(true);
    expect(handler.versions).toEqual([1]);
  });

  it('leaves nothing undelivered when two dispatchers run at the same time', async () => {
    const { postLoan, addLender, dispatcherOf, outboxLength } = await openFixture(open);
    const loanId = await postLoan();
    for (let version = 2; version <= 30; version += 1) await addLender(loanId);
    const [one, other] = [recordingHandler(), recordingHandler()];
    await Promise.all([one, other].map((handler) => dispatcherOf([handler]).deliver(loanId)));
    const all = Array.from({ length: 30 }, (_, index) => index + 1);
    for (const handler of [one, other]) expect(handler.versions).toEqual(handler.versions.toSorted((a, b) => a - b));
    expect(new Set([...one.versions, ...other.versions])).toEqual(new Set(all));
    expect(await outboxLength(loanId)).toBe(0);
  });
});
