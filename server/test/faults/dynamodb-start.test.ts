import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../src/composition/open-store.ts';
import type { StoreSetting } from '../../src/config/config.ts';
import { buildOnTable } from '../../src/lambda/environment.ts';
import { requireTable } from '../../src/storage/dynamodb/table.ts';
import { StoreError, StoreSetupError } from '../../src/storage/store.ts';
import { makeLog } from '../../src/telemetry/log.ts';
import { errorResponse, INTERNAL, jsonResponse, RATE_EXCEEDED, THROTTLED } from '../../src/testing/dynamodb/errors.ts';
import { respondWith } from '../../src/testing/dynamodb/faults.ts';
import { ANY, type DynamoDbProxy, startDynamoDbProxy } from '../../src/testing/dynamodb/proxy.ts';

/** Nothing listens on this port: the proxy's rules respond to everything. */
const NOWHERE = 'http://127.0.0.1:9';
/** A table without items. */
const NO_ITEM = jsonResponse(200, { ConsumedCapacity: { TableName: 'lending', CapacityUnits: 1 } });

let proxy: DynamoDbProxy;
let client: Extract<StoreSetting, { kind: 'dynamodb' }>['client'];

beforeEach(async () => {
  proxy = await startDynamoDbProxy(NOWHERE);
  client = { endpoint: proxy.endpoint, region: 'local', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
});

afterEach(() => proxy.stop());

describe('opening a DynamoDB table', () => {
  it.each([
    ['throttles', RATE_EXCEEDED],
    ['has no capacity left', THROTTLED],
    ['fails', INTERNAL],
  ])('succeeds where the database %s at first, and reports that once', async (_, failure) => {
    proxy.next('GetItem', ...Array.from({ length: 4 }, () => respondWith(failure)), respondWith(NO_ITEM));
    const lines: string[] = [];
    const store = await openStore({ kind: 'dynamodb', table: 'lending', client }, { progress: (line) => lines.push(line) });
    expect(proxy.sent('GetItem')).toHaveLength(5);
    expect(lines).toEqual([expect.stringMatching(/^the database fails \(\w+\), trying again for 5 s$/)]);
    await store.close();
  });

  it('ends with one clear message where it keeps failing', async () => {
    proxy.always(ANY, respondWith(RATE_EXCEEDED));
    const opening = requireTable('lending', { client }, { forMs: 300 });
    await expect(opening).rejects.toThrow(StoreSetupError);
    await expect(opening).rejects.toThrow(`The table "lending" at ${proxy.endpoint} can't be used: Rate of requests exceeds`);
    expect(proxy.sent('GetItem').length).toBeGreaterThan(1);
  });

  it.each(['AccessDeniedException', 'UnrecognizedClientException', 'ResourceNotFoundException', 'ValidationException'])(
    'ends at once for %s, which does not pass',
    async (name) => {
      proxy.always(ANY, respondWith(errorResponse(name, 'no')));
      await expect(requireTable('lending', { client }, { forMs: 60_000 })).rejects.toThrow(StoreSetupError);
      expect(proxy.sent('GetItem')).toHaveLength(1);
    },
  );
});

describe('buildOnTable', () => {
  const log = makeLog({ write() {} });

  it('builds again after a throttled request', async () => {
    let attempts = 0;
    const build = async () => {
      attempts += 1;
      if (attempts === 1) throw new StoreError('throttled', 'slow down');
      return 'built';
    };
    expect(await buildOnTable('lending', log, build)).toBe('built');
    expect(attempts).toBe(2);
  });

  it('fails at once for an unexpected error', async () => {
    const build = () => Promise.reject(new TypeError('bug'));
    await expect(buildOnTable('lending', log, build)).rejects.toThrow('bug');
  });
});
