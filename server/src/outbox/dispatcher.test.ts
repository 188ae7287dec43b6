import { describe, expect, it, onTestFinished } from 'vitest';
import type { Chapter } from '../domain/event-batch.ts';
import { type LoanId, parseLoanId } from '../domain/ids.ts';
import { asideKey, outboxOf } from '../storage/keys.ts';
import { type Store, StoreError } from '../storage/store.ts';
import { type Lab, lenders, openLab, type Person } from '../testing/app/test-app.ts';
import { engines } from '../testing/dynamodb/engines.ts';
import { Courier, type Failed, type Reactor } from './dispatcher.ts';

const MINUTE_MS = 60_000;

interface Scene {
  readonly lab: Lab;
  readonly borrower: Person;
  readonly failed: Failed[];
  readonly faults: unknown[];
  postsLoan(): Promise<LoanId>;
  add(loanId: LoanId, count?: number): Promise<unknown>;
  courier(...reactors: readonly Reactor[]): Courier;
  waiting(loanId: LoanId): Promise<number>;
}

async function openScene(open: () => Promise<Store>): Promise<Scene> {
  const lab = await openLab({ store: await open(), config: { invitesPerHour: 10_000 } });
  onTestFinished(() => lab.close());
  const borrower = await lab.as('borrower@example.com');
  const { ids } = lab.app.services;
  const failed: Failed[] = [];
  const faults: unknown[] = [];
  let added = 0;
  return {
    ...{ lab, borrower, failed, faults },
    async postsLoan() {
      const loanId = parseLoanId(await borrower.postsLoan());
      if (!loanId) throw new Error('a loan has an id');
      return loanId;
    },
    add(loanId, count = 1) {
      added += 1;
      return borrower.post(`/loans/${loanId}/lenders`, { lenders: lenders(count, 1, `a${added}-`) });
    },
    courier(...reactors) {
      const told = { onFailure: (one: Failed) => void failed.push(one), onFault: (fault: unknown) => void faults.push(fault) };
      return new Courier({ store: lab.store, ids, clock: () => lab.now, reactors, ...told });
    },
    waiting: async (loanId) => (await lab.store.list(outboxOf(loanId, 100))).length,
  };
}

/** Writes down what it gets. */
function noting(name = 'noting') {
  const versions: number[] = [];
  const chapters: Chapter[] = [];
  const react = async (chapter: Chapter): Promise<void> => {
    chapters.push(chapter);
    versions.push(chapter.version);
  };
  return { name, react, versions, chapters };
}

/** Fails at a version as long as it is told to. */
function failingAt(version: number, fault: unknown = new Error('no good')) {
  const reactor = noting('failing');
  const state: { fails: boolean } = { fails: true };
  const react = async (chapter: Chapter): Promise<void> => {
    if (state.fails && chapter.version === version) throw fault;
    await reactor.react(chapter);
  };
  return { ...reactor, react, state };
}

describe.each(engines)('a courier on $name', ({ open }) => {
  it('delivers every chapter of a loan to every reactor, in order, once nobody dies', async () => {
    const scene = await openScene(open);
    const loanId = await scene.postsLoan();
    for (let version = 2; version <= 24; version += 1) await scene.add(loanId);
    const [one, other] = [noting('one'), noting('other')];
    await scene.courier(one, other).deliver(loanId);
    expect(one.versions).toEqual(Array.from({ length: 24 }, (_, index) => index + 1));
    expect(other.versions).toEqual(one.versions);
    expect(one.chapters[1]?.happenings).toMatchObject([{ type: 'lender.invited', lender: { email: 'a1-0@example.com' } }]);
    expect(await scene.waiting(loanId)).toBe(0);
    await scene.courier(one).deliver(loanId);
    expect(one.versions).toHaveLength(24);
  });

  it('finds what was left, of whatever loan and however long ago', async () => {
    const scene = await openScene(open);
    const loanIds = [await scene.postsLoan(), await scene.postsLoan(), await scene.postsLoan()];
    for (const loanId of loanIds) await scene.add(loanId);
    const reactor = noting();
    await scene.courier(reactor).deliverLeft();
    expect(reactor.versions).toEqual([]); // whoever has committed them is at it
    scene.lab.pass(3 * 365 * 24 * 60 * MINUTE_MS);
    await scene.courier(reactor).deliverLeft();
    expect(reactor.versions.toSorted((a, b) => a - b)).toEqual([1, 1, 1, 2, 2, 2]);
    for (const loanId of loanIds) expect(await scene.waiting(loanId)).toBe(0);
  });

  it('is told of a chapter in the moment of its commit', async () => {
    const scene = await openScene(open);
    const reactor = noting();
    const courier = scene.courier(reactor);
    scene.lab.app.services.changes.watchAll((loanId) => void courier.deliver(loanId));
    const loanId = await scene.postsLoan();
    await scene.add(loanId);
    await expect.poll(() => scene.waiting(loanId)).toBe(0);
    expect(reactor.versions).toEqual([1, 2]);
    await courier.stop();
  });

  it('delivers again what was delivered when it died before it could say so', async () => {
    const scene = await openScene(open);
    const loanId = await scene.postsLoan();
    await scene.add(loanId);
    const first = noting();
    const died: Store = { ...scene.lab.store, commit: () => Promise.reject(new StoreError('unavailable', 'killed')) };
    const { ids } = scene.lab.app.services;
    const told = { onFailure: () => {}, onFault: () => {} };
    await new Courier({ store: died, ids, clock: () => scene.lab.now, reactors: [first], ...told }).deliver(loanId);
    const second = noting();
    await scene.courier(second).deliver(loanId);
    expect([first.versions, second.versions]).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  it('holds a loan back behind a chapter that fails, and no other loan', async () => {
    const scene = await openScene(open);
    const [stuck, other] = [await scene.postsLoan(), await scene.postsLoan()];
    for (const loanId of [stuck, stuck, other]) await scene.add(loanId);
    const reactor = failingAt(2);
    const courier = scene.courier(reactor);
    await courier.deliver(stuck);
    expect(reactor.versions).toEqual([1]);
    await courier.deliver(stuck); // too soon
    expect(scene.failed).toHaveLength(1);
    reactor.state.fails = false;
    await courier.deliver(other);
    expect(reactor.versions).toEqual([1, 1, 2]);
    scene.lab.pass(MINUTE_MS);
    await courier.deliverLeft();
    expect(reactor.versions).toEqual([1, 1, 2, 2, 3]);
    expect(await scene.waiting(stuck)).toBe(0);
  });

  it('sets a chapter aside with its error after eight tries, and goes on with the rest', async () => {
    const scene = await openScene(open);
    const loanId = await scene.postsLoan();
    await scene.add(loanId);
    await scene.add(loanId);
    const [before, poisoned, behind] = [noting('before'), failingAt(2, new TypeError('poison')), noting('behind')];
    const courier = scene.courier(before, poisoned, behind);
    for (let round = 0; round < 8; round += 1) {
      await courier.deliverLeft();
      await courier.deliver(loanId);
      scene.lab.pass(2 * MINUTE_MS);
    }
    expect(scene.failed.map(({ isLast }) => isLast)).toEqual([false, false, false, false, false, false, false, true]);
    expect(scene.failed[7]).toMatchObject({ reactor: 'failing', chapter: { version: 2 } });
    expect(await scene.lab.store.get([asideKey(loanId, 2, 'failing')])).toMatchObject([
      { data: { reactor: 'failing', version: 2, error: 'TypeError: poison' } },
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
    const reactor = failingAt(1, new StoreError('unavailable', 'away'));
    const courier = scene.courier(reactor);
    for (let round = 0; round < 10; round += 1) await courier.deliver(loanId);
    expect([scene.failed, scene.faults.length]).toEqual([[], 10]);
    reactor.state.fails = false;
    await courier.deliver(loanId);
    expect(reactor.versions).toEqual([1]);
  });

  it('says whether a loan was seen to, and begins nothing once it is to end', async () => {
    const scene = await openScene(open);
    const loanId = await scene.postsLoan();
    const courier = scene.courier(failingAt(1, new StoreError('unavailable', 'away')));
    expect(await courier.deliver(loanId)).toBe(false);
    const reactor = noting();
    expect(await scene.courier(reactor).deliver(loanId, AbortSignal.abort())).toBe(false);
    scene.lab.pass(MINUTE_MS);
    await scene.courier(reactor).deliverLeft(AbortSignal.abort());
    expect(reactor.versions).toEqual([]);
    expect(await scene.courier(failingAt(1)).deliver(loanId)).toBe(true); // to be tried again out of the outbox
    scene.lab.pass(MINUTE_MS);
    expect(await scene.courier(reactor).deliver(loanId)).toBe(true);
    expect(reactor.versions).toEqual([1]);
  });

  it('leaves nothing behind where two deliver at the same time', async () => {
    const scene = await openScene(open);
    const loanId = await scene.postsLoan();
    for (let version = 2; version <= 30; version += 1) await scene.add(loanId);
    const [one, other] = [noting(), noting()];
    await Promise.all([scene.courier(one).deliver(loanId), scene.courier(other).deliver(loanId)]);
    const all = Array.from({ length: 30 }, (_, index) => index + 1);
    for (const reactor of [one, other]) expect(reactor.versions).toEqual(reactor.versions.toSorted((a, b) => a - b));
    expect(new Set([...one.versions, ...other.versions])).toEqual(new Set(all));
    expect([await scene.waiting(loanId), scene.faults]).toEqual([0, []]);
  });
});
