import { openSqlite } from '../server/src/storage/sqlite/sqlite-store.ts';
import type { Store } from '../server/src/storage/store.ts';
import { lenders, openTestApp } from '../server/src/testing/app/test-app.ts';

/* Storage calls for each outcome of adding ten lenders. They are counted, so the same on every machine. */

const SIZES = [0, 50, 10_000] as const;

interface Cost {
  readonly calls: number;
  readonly itemsViewed: number;
  readonly itemsWritten: number;
  /** Of the items' data, as JSON. */
  readonly bytesWritten: number;
}

export interface CountedOutcome {
  readonly outcome: string;
  /** By the number of lenders that the loan already has. */
  readonly costs: Readonly<Record<number, Cost>>;
}

/** Limits of each outcome, for all sizes of loans. */
const BUDGET: Readonly<Record<string, Cost>> = {
  success: { calls: 2, itemsViewed: 12, itemsWritten: 15, bytesWritten: 6800 },
  'success with a key': { calls: 2, itemsViewed: 13, itemsWritten: 16, bytesWritten: 9400 },
  replay: { calls: 1, itemsViewed: 13, itemsWritten: 0, bytesWritten: 0 },
  'rejected by a business rule': { calls: 1, itemsViewed: 12, itemsWritten: 0, bytesWritten: 0 },
  'rejected by validation': { calls: 0, itemsViewed: 0, itemsWritten: 0, bytesWritten: 0 },
};

export async function countCalls(): Promise<CountedOutcome[]> {
  const bySize = await Promise.all(SIZES.map(async (size) => [size, await countAt(size)] as const));
  return Object.keys(BUDGET).map((outcome) => ({
    outcome,
    costs: Object.fromEntries(bySize.map(([size, costs]) => [size, costs[outcome] ?? noCost()])),
  }));
}

/** @returns one line for each figure over its budget */
export function overBudget(outcomes: readonly CountedOutcome[]): string[] {
  return outcomes.flatMap(({ outcome, costs }) =>
    Object.entries(costs).flatMap(([size, cost]) =>
      Object.entries(BUDGET[outcome] ?? noCost())
        .filter(([figure, max]) => cost[figure as keyof Cost] > max)
        .map(([figure, max]) => `${outcome} at ${size} lenders: ${figure} is ${cost[figure as keyof Cost]}; the maximum is ${max}`),
    ),
  );
}

async function countAt(size: number): Promise<Record<string, Cost>> {
  const tally = { calls: 0, itemsViewed: 0, itemsWritten: 0, bytesWritten: 0 };
  const testApp = await openTestApp({ store: countCallsOf(openSqlite(':memory:'), tally), config: { invitesPerHour: 1_000_000 } });
  const borrower = await testApp.as('borrower@example.com');
  const path = `/loans/${await borrower.postsLoan({ amount: 1_000_000 })}/lenders`;
  for (let sent = 0; sent < size; sent += 20) await borrower.post(path, { lenders: lenders(size, 1).slice(sent, sent + 20) });

  async function costOf(status: number, request: object, key?: string): Promise<Cost> {
    Object.assign(tally, noCost());
    const response = await borrower.post(path, request, key === undefined ? {} : { 'Idempotency-Key': key });
    if (response.status !== status) throw new Error(`expected ${status}, got ${response.status}: ${response.text}`);
    return { ...tally };
  }
  const costs = {
    success: await costOf(200, { lenders: lenders(10, 1, 'plain') }),
    'success with a key': await costOf(200, { lenders: lenders(10, 1, 'keyed') }, 'k'),
    replay: await costOf(200, { lenders: lenders(10, 1, 'keyed') }, 'k'),
    'rejected by a business rule': await costOf(400, { lenders: lenders(10, 1, 'plain') }),
    'rejected by validation': await costOf(400, { lenders: [] }),
  };
  await testApp.close();
  return costs;
}

function noCost() {
  return { calls: 0, itemsViewed: 0, itemsWritten: 0, bytesWritten: 0 };
}

function countCallsOf(store: Store, tally: { -readonly [Figure in keyof Cost]: number }): Store {
  const count = (itemsViewed = 0): void => {
    tally.calls += 1;
    tally.itemsViewed += itemsViewed;
  };
  return {
    get(keys) {
      count(keys.length);
      return store.get(keys);
    },
    batchGet(keys) {
      count(keys.length);
      return store.batchGet(keys);
    },
    list(range) {
      count();
      return store.list(range);
    },
    listIndex(range) {
      count();
      return store.listIndex(range);
    },
    commit(command, writes) {
      count();
      tally.itemsWritten += writes.length;
      tally.bytesWritten += writes.reduce(
        (bytes, write) => bytes + ('data' in write ? Buffer.byteLength(JSON.stringify(write.data)) : 0),
        0,
      );
      return store.commit(command, writes);
    },
    close: () => store.close(),
  };
}
