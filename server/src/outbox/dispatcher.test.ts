import { describe, expect, it, onTestFinished } from 'vitest';
import type { EventBatch } from '../domain/event-batch.ts';
import { type LoanId, parseLoanId } from '../domain/ids.ts';
import { deadLetterKey, outboxOf } from '../storage/keys.ts';
import { type Store, StoreError } from '../storage/store.ts';
import { lenders, openTestApp, type Person, type TestApp } from '../testing/app/test-app.ts';
import { engines } from '../testing/dynamodb/engines.ts';
import { type EventHandler, type Failed, OutboxDispatcher } from './dispatcher.ts';

const MINUTE_MS = 60_000;

interface Scene {
  readonly testApp: TestApp;
  readonly borrower: Person;
  readonly failed: Failed[];
  readonly faults: unknown[];
  postsLoan(): Promise<LoanId>;
  add(loanId: LoanId, count?: number): Promise<unknown>;
  dispatcher(...reactors: readonly EventHandler[]): OutboxDispatcher;
  waiting(loanId: LoanId): Promise<number>;
}

async function openScene(open: () => Promise<Store>): Promise<Scene> {
  const testApp = await openTestApp({ store: await open(), config: { invitesPerHour: 10_000 } });
  onTestFinished(() => testApp.close());
  const borrower = await testApp.as('borrower@example.com');
  const { ids } = testApp.app.services;
  const failed: Failed[] = [];
  const faults: unknown[] = [];
  let added = 0;
  return {
    ...{ testApp, borrower, failed, faults },
    async postsLoan() {
      const loanId = parseLoanId(await borrower.postsLoan());
      if (!loanId) throw new Error('a loan has an id');
      return loanId;
    },
    add(loanId, count = 1) {
      added += 1;
      return borrower.post(`/loans/${loanId}/lenders`, { lenders: lenders(count, 1, `a${added}-`) });
    },
    dispatcher(...handlers) {
      const told = { onFailure: (one: Failed) => void failed.push(one), onFault: (fault: unknown) => void faults.push(fault) };
      return new OutboxDispatcher({ store: testApp.store, ids, clock: () => testApp.now, handlers, ...told });
    },
    waiting: async (loanId) => (await testApp.store.list(outboxOf(loanId, 100))).length,
  };
}

/** Writes down what it gets. */
function noting(name = 'noting') {
  const versions: number[] = [];
  const batches: EventBatch[] = [];
  const handle = async (batch: EventBatch): Promise<void> => {
    batches.push(batch);
    versions.push(batch.version);
  };
  return { name, handle, versions, batches };
}

/** Fails at a version as long as it is told to. */
function failingAt(version: number, fault: unknown = new Error('no good')) {
  const handler = noting('failing');
  const state: { fails: boolean } = { fails: true };
  const handle = async (batch: EventBatch): Promise<void> => {
    if (state.fails && batch.version === version) throw fault;
    await handler.handle(batch);
  };
  return { ...handler, handle, state };
}

describe.each(engines)('a courier on $name', ({ open }) => {
  it('delivers every chapter of a loan to every reactor, in order, once nobody dies', async () => {
    const scene = await openScene(open);
    const loanId = await scene.postsLoan();
    for (let version = 2; version <= 24; version += 1) await scene.add(loanId);
    const [one, other] = [noting('one'), noting('other')];
    await scene.dispatcher(one, other).deliver(loanId);
    expect(one.versions).toEqual(Array.from({ length: 24 }, (_, index) => index + 1));
    expect(other.versions).toEqual(one.versions);
    expect(one.batches[1]?.events).toMatchObject([{ type: 'lender.invited', lender: { email: 'a1-0@example.com' } }]);
    expect(await scene.waiting(loanId)).toBe(0);
    await scene.dispatcher(one).deliver(loanId);
    expect(one.versions).toHaveLength(24);
  });

  it('finds what was left, of whatever loan and however long ago', async () => {
    const scene = await openScene(open);
    const loanIds = [await scene.postsLoan(), await scene.postsLoan(), await scene.postsLoan()];
    for (const loanId of loanIds) await scene.add(loanId);
    const handler = noting();
    await scene.dispatcher(handler).deliverAbandoned();
    expect(handler.versions).toEqual([]); // whoever has committed them is at it
    scene.testApp.advance(3 * 365 * 24 * 60 * MINUTE_MS);
    await scene.dispatcher(handler).deliverAbandoned();
    expect(handler.versions.toSorted((a, b) => a - b)).toEqual([1, 1, 1, 2, 2, 2]);
    for (const loanId of loanIds) expect(await scene.waiting(loanId)).toBe(0);
  });

  it('is told of a chapter in the moment of its commit', async () => {
    const scene = await openScene(open);
    const handler = noting();
    const dispatcher = scene.dispatcher(handler);
    scene.testApp.app.services.changes.watchAll((loanId) => void dispatcher.deliver(loanId));
    const loanId = await scene.postsLoan();
    await scene.add(loanId);
    await expect.poll(() => scene.waiting(loanId)).toBe(0);
    expect(handler.versions).toEqual([1, 2]);
    await dispatcher.stop();
  });

  it('delivers again what was delivered when it died before it could say so', async () => {
    const scene = await openScene(open);
    const loanId = await scene.postsLoan();
    await scene.add(loanId);
    const first = noting();
    const died: Store = { ...scene.testApp.store, commit: () => Promise.reject(new StoreError('unavailable', 'killed')) };
    const { ids } = scene.testApp.app.services;
    const told = { onFailure: () => {}, onFault: () => {} };
    await new OutboxDispatcher({ store: died, ids, clock: () => scene.testApp.now, handlers: [first], ...told }).deliver(loanId);
    const second = noting();
    await scene.dispatcher(second).deliver(loanId);
    expect([first.versions, second.versions]).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  it('holds a loan back behind a chapter that fails, and no other loan', async () => {
    const scene = await openScene(open);
    const [stuck, other] = [await scene.postsLoan(), await scene.postsLoan()];
    for (const loanId of [stuck, stuck, other]) await scene.add(loanId);
    const handler = failingAt(2);
    const dispatcher = scene.dispatcher(handler);
    await dispatcher.deliver(stuck);
    expect(handler.versions).toEqual([1]);
    await dispatcher.deliver(stuck); // too soon
    expect(scene.failed).toHaveLength(1);
    handler.state.fails = false;
    await dispatcher.deliver(other);
    expect(handler.versions).toEqual([1, 1, 2]);
    scene.testApp.advance(MINUTE_MS);
    await dispatcher.deliverAbandoned();
    expect(handler.versions).toEqual([1, 1, 2, 2, 3]);
    expect(await scene.waiting(stuck)).toBe(0);
  });

  it('sets a chapter aside with its error after eight tries, and goes on with the rest', async () => {
    const scene = await openScene(open);
    const loanId = await scene.postsLoan();
    await scene.add(loanId);
    await scene.add(loanId);
    const [before, poisoned, behind] = [noting('before'), failingAt(2, new TypeError('poison')), noting('behind')];
    const dispatcher = scene.dispatcher(before, poisoned, behind);
    for (let round = 0; round < 8; round += 1) {
      await dispatcher.deliverAbandoned();
      await dispatcher.deliver(loanId);
      scene.testApp.advance(2 * MINUTE_MS);
    }
    expect(scene.failed.map(({ isLast }) => isLast)).toEqual([false, false, false, false, false, false, false, true]);
    expect(scene.failed[7]).toMatchObject({ handler: 'failing', batch: { version: 2 } });
    expect(await scene.testApp.store.get([deadLetterKey(loanId, 2, 'failing')])).toMatchObject([
      { data: { handler: 'failing', version: 2, error: 'TypeError: poison' } },
    ]);
    expect([before.versions, poisoned.versions, behind.versions]).toEqual([
      [1, 2, 3],
      [1, 3],
      [1, 2, 3],
    ]);
    expect(await scene.waiting(loanId)).toBe(0);
  });

  it('does not hold it against a chapter where the database is away', async () => {
    const scene = await openScene(open);
    const loanId = await scene.postsLoan();
    const handler = failingAt(1, new StoreError('unavailable', 'away'));
    const dispatcher = scene.dispatcher(handler);
    for (let round = 0; round < 10; round += 1) await dispatcher.deliver(loanId);
    expect([scene.failed, scene.faults.length]).toEqual([[], 10]);
    handler.state.fails = false;
    await dispatcher.deliver(loanId);
    expect(handler.versions).toEqual([1]);
  });

  it('says whether a loan was seen to, and begins nothing once it is to end', async () => {
    const scene = await openScene(open);
    const loanId = await scene.postsLoan();
    const dispatcher = scene.dispatcher(failingAt(1, new StoreError('unavailable', 'away')));
    expect(await dispatcher.deliver(loanId)).toBe(false);
    const handler = noting();
    expect(await scene.dispatcher(handler).deliver(loanId, AbortSignal.abort())).toBe(false);
    scene.testApp.advance(MINUTE_MS);
    await scene.dispatcher(handler).deliverAbandoned(AbortSignal.abort());
    expect(handler.versions).toEqual([]);
    expect(await scene.dispatcher(failingAt(1)).deliver(loanId)).toBe(true); // to be tried again out of the outbox
    scene.testApp.advance(MINUTE_MS);
    expect(await scene.dispatcher(handler).deliver(loanId)).toBe(true);
    expect(handler.versions).toEqual([1]);
  });

  it('leaves nothing behind where two deliver at the same time', async () => {
    const scene = await openScene(open);
    const loanId = await scene.postsLoan();
    for (let version = 2; version <= 30; version += 1) await scene.add(loanId);
    const [one, other] = [noting(), noting()];
    await Promise.all([scene.dispatcher(one).deliver(loanId), scene.dispatcher(other).deliver(loanId)]);
    const all = Array.from({ length: 30 }, (_, index) => index + 1);
    for (const handler of [one, other]) expect(handler.versions).toEqual(handler.versions.toSorted((a, b) => a - b));
    expect(new Set([...one.versions, ...other.versions])).toEqual(new Set(all));
    expect([await scene.waiting(loanId), scene.faults]).toEqual([0, []]);
  });
});
