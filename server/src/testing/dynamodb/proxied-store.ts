import { randomUUID } from 'node:crypto';
import { onTestFinished } from 'vitest';
import type { CommandId } from '../../domain/ids.ts';
import { openDynamoDb } from '../../storage/dynamodb/dynamodb-store.ts';
import { type Item, type Key, type Put, type Store, StoreError } from '../../storage/store.ts';
import { type DynamoDbProxy, startDynamoDbProxy } from './proxy.ts';
import { endpoint, newTable, optionsAt } from './tables.ts';

/* A table that tests reach by two ways: through a proxy that does to requests what they want, and straight. */

export type ProxiedTable = Awaited<ReturnType<typeof openProxiedTable>>;

export async function openProxiedTable() {
  const proxy = await startDynamoDbProxy(endpoint ?? '');
  const table = await newTable();
  const straight = openDynamoDb(table, optionsAt());
  return {
    proxy,
    table,
    /** A store whose requests go through the proxy, closed when the test has finished. */
    open({ tryMsMax: attemptTimeoutMs }: { readonly tryMsMax?: number } = {}): Store {
      const store = openDynamoDb(table, {
        ...optionsAt(proxy.endpoint),
        ...(attemptTimeoutMs !== undefined && { attemptTimeoutMs }),
      });
      onTestFinished(() => store.close());
      return store;
    },
    /** The same items, by a way where nothing goes wrong. */
    straight,
    /** What stands at the keys. */
    async holds(...keys: readonly Key<unknown>[]): Promise<unknown[]> {
      return (await straight.batchGet(keys)).map((item: Item<unknown> | undefined) => item?.data);
    },
    async stop(): Promise<void> {
      await straight.close();
      await proxy.stop();
    },
  };
}

/** A key that no other test has. */
export function newKey(): Key<unknown> {
  return { partition: 'things', sort: randomUUID() };
}

/** A write where nothing stands, unless told otherwise. */
export function put(key: Key<unknown>, data: unknown, expected = 0): Put {
  return { key, data, expected };
}

/** An id of a command, as every commit has one of its own. */
export function newCommand(): CommandId {
  return randomUUID() as CommandId; // opaque to every engine
}

/** What the port tells of a call: the result, the trouble, or the name of what is a mistake of ours. */
export async function outcomeOf(call: Promise<unknown>): Promise<unknown> {
  return call.catch((thrown: unknown) => {
    if (thrown instanceof StoreError) return thrown.kind;
    return thrown instanceof Error ? thrown.name : thrown;
  });
}

/** The tokens under which transactions were sent, in order. */
export function tokensIn(proxy: DynamoDbProxy): string[] {
  return proxy.sent('TransactWriteItems').map(({ body }) => body.ClientRequestToken);
}
