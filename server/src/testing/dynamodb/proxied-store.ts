import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, onTestFinished } from 'vitest';
import type { CommandId } from '../../domain/ids.ts';
import { openDynamoDb } from '../../storage/dynamodb/dynamodb-store.ts';
import { type Item, type Key, type Put, type Store, StoreError } from '../../storage/store.ts';
import { startDynamoDbProxy } from './proxy.ts';
import { endpoint, newTable, optionsAt } from './tables.ts';

export type ProxiedTable = Awaited<ReturnType<typeof openProxiedTable>>;

/** A table that tests reach through a proxy and directly. */
export async function openProxiedTable() {
  const proxy = await startDynamoDbProxy(endpoint ?? '');
  const table = await newTable();
  const direct = openDynamoDb(table, optionsAt());
  return {
    proxy,
    table,
    /** A store whose requests pass the proxy, closed when the test has finished. */
    open({ attemptTimeoutMs }: { readonly attemptTimeoutMs?: number | undefined } = {}): Store {
      const options = optionsAt(proxy.endpoint);
      const store = openDynamoDb(table, { ...options, attemptTimeoutMs: attemptTimeoutMs ?? options.attemptTimeoutMs });
      onTestFinished(() => store.close());
      return store;
    },
    /** The same items, past the proxy. */
    direct,
    async dataAt(...keys: readonly Key[]): Promise<unknown[]> {
      return (await direct.batchGet(keys)).map((item: Item<unknown> | undefined) => item?.data);
    },
    /** The tokens of the transactions sent, in order. */
    tokens: (): string[] => proxy.sent('TransactWriteItems').map(({ body }) => body.ClientRequestToken),
    async stop(): Promise<void> {
      await direct.close();
      await proxy.stop();
    },
  };
}

/** One proxied table for the tests of a `describe`, without rules at the start of each. */
export function useProxiedTable(): ProxiedTable {
  const opened: Partial<ProxiedTable> = {};
  beforeAll(async () => void Object.assign(opened, await openProxiedTable()));
  afterEach(() => opened.proxy?.clear());
  afterAll(() => opened.stop?.());
  return opened as ProxiedTable; // complete when the tests run
}

/** A key that no other test has. */
export function newKey(): Key {
  return { partition: 'things', sort: randomUUID() };
}

export function put(key: Key, data: unknown, expected = 0): Put {
  return { key, data, expected };
}

export function newCommand(): CommandId {
  return randomUUID() as CommandId; // opaque to every engine
}

/** The result of a call, the kind of its StoreError, or the name of any other error. */
export async function outcomeOf(call: Promise<unknown>): Promise<unknown> {
  return call.catch((thrown: unknown) => {
    if (thrown instanceof StoreError) return thrown.kind;
    return thrown instanceof Error ? thrown.name : thrown;
  });
}
