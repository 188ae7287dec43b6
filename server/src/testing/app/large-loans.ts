import { randomUUID } from 'node:crypto';
import { type CommandId, parseLoanId } from '../../domain/ids.ts';
import type { Lender } from '../../domain/lender.ts';
import { loanIndexEntry } from '../../storage/index-keys.ts';
import { eventBatchesOf, eventBatchKey, lenderKey, lendersOf, loanKey } from '../../storage/keys.ts';
import { KEYS_MAX } from '../../storage/store.ts';
import { found } from './domain-fixtures.ts';
import type { TestApp } from './test-app.ts';

/** Adds event batches to a new loan that has a lender, bypassing the app. Each event is of that lender. */
export async function extendHistory({ store }: Pick<TestApp, 'store'>, loan: string, batches: number, eventsPerBatch: number) {
  const loanId = found(parseLoanId(loan), loan);
  const [first] = await store.list(eventBatchesOf(loanId, 0, 1));
  const [row] = await store.list(lendersOf(loanId, undefined, 1));
  const [item] = await store.get([loanKey(loanId)]);
  const [batch, lender, current] = [found(first, loan), found(row, loan).data, found(item, loan)];
  const events = Array.from({ length: eventsPerBatch }, () => ({ type: 'lender.changed', lender }) as const);
  for (let version = current.version + 1; version <= current.version + batches; version += 1) {
    const key = eventBatchKey(loanId, version);
    await store.commit(randomUUID() as CommandId, [
      { key, expected: 0, data: { ...batch.data, version, events } },
      { key: current.key, expected: version - 1, data: current.data, index: loanIndexEntry(current.data) },
    ]);
  }
}

/** Copies a loan's one lender many times, under other ids and addresses, without totals, events or index entries. */
export async function addLenderRows(
  { store, app }: Pick<TestApp, 'app' | 'store'>,
  loan: string,
  count: number,
  changes: (index: number) => Partial<Lender>,
): Promise<void> {
  const loanId = found(parseLoanId(loan), loan);
  const [row] = await store.list(lendersOf(loanId, undefined, 1));
  const { data } = found(row, loan);
  for (let start = 0; start < count; start += KEYS_MAX) {
    const indexes = Array.from({ length: Math.min(KEYS_MAX, count - start) }, (_, offset) => start + offset);
    const writes = indexes.map((index) => {
      const lenderId = app.services.ids.lender(loanId, `copy${index}`);
      return { key: lenderKey(loanId, lenderId), expected: 0, data: { ...data, ...changes(index), lenderId } };
    });
    await store.commit(randomUUID() as CommandId, writes);
  }
}
