import { describe, expect, it, onTestFinished } from 'vitest';
import { engines } from '../testing/dynamodb/engines.ts';
import { command } from './contract/helpers.ts';
import { copyCheckpointKey, storeMetadataKey } from './keys.ts';
import { type Store, StoreSetupError } from './store.ts';
import { loadStoreSecrets } from './store-secrets.ts';

const SECRET = storeMetadataKey<unknown>('secret');

describe.each(engines)('loadStoreSecrets on $name', ({ open }) => {
  /** A store that holds `data` as its secret. */
  async function storeWith(data: unknown): Promise<Store> {
    const store = await open();
    onTestFinished(() => store.close());
    await store.commit(command('secret'), [{ key: SECRET, expected: 0, data }]);
    return store;
  }

  it('derives the same keys from a store each time, another one for each purpose', async () => {
    const store = await open();
    onTestFinished(() => store.close());
    const [first, second] = [await loadStoreSecrets(store), await loadStoreSecrets(store)];
    expect([first.isNew, second.isNew]).toEqual([true, false]);
    expect(second.deriveKey('cursors')).toEqual(first.deriveKey('cursors'));
    expect(second.deriveKey('links')).not.toEqual(first.deriveKey('cursors'));
  });

  it.each([
    ['no format, as format 1 has none', {}, 'an older Private Lending (format 1; this program needs 2). Name a new file or table'],
    ['format 1', { format: 1 }, 'an older Private Lending (format 1; this program needs 2)'],
    ['format 7', { format: 7 }, 'a newer Private Lending (format 7; this program needs 2). Start that version'],
  ])('rejects a store of %s', async (_, format, message) => {
    const loading = loadStoreSecrets(await storeWith({ secret: 'x'.repeat(43), ...format }));
    await expect(loading).rejects.toThrow(StoreSetupError);
    await expect(loading).rejects.toThrow(`The store was written by ${message}`);
  });

  it('rejects the unfinished target of a copy, and creates nothing in it', async () => {
    const store = await open();
    onTestFinished(() => store.close());
    const checkpoint = { from: 'sqlite:a', to: 'sqlite:b', started: '2026-03-01T09:15:00.000Z', copied: 0, position: null };
    await store.commit(command('copy'), [{ key: copyCheckpointKey(), expected: 0, data: checkpoint }]);
    const loading = loadStoreSecrets(store);
    await expect(loading).rejects.toThrow(StoreSetupError);
    await expect(loading).rejects.toThrow('sqlite:b is the unfinished target of a copy from sqlite:a');
    expect(await store.get([SECRET])).toEqual([undefined]);
  });
});
