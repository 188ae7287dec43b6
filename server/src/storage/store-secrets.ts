import { createHmac, randomBytes } from 'node:crypto';
import { uuidv7 } from 'uuidv7';
import type { CommandId } from '../domain/ids.ts';
import type { CopyCheckpoint } from './bulk-store.ts';
import { copyCheckpointKey, storeMetadataKey } from './keys.ts';
import { type Item, type Store, StoreSetupError } from './store.ts';

/** What a store keeps for the program itself, and takes along when it is copied. */
export interface StoreSecrets {
  /** Whether it was made just now, which is to say in an empty store. */
  readonly isNew: boolean;
  /** A key for one purpose, the same in every process on this store. */
  deriveKey(purpose: string): Buffer;
}

export async function loadStoreSecrets(store: Store): Promise<StoreSecrets> {
  const { data, isNew } = await getOrCreate(store, 'secret', async () => ({ secret: randomBytes(32).toString('base64url') }));
  const secret = Buffer.from(data.secret, 'base64url');
  return { isNew, deriveKey: (purpose) => createHmac('sha256', secret).update(purpose).digest() };
}

/**
 * Makes a thing once for a store, whoever comes first, and finds it again ever after.
 * @throws UnfitStoreError where the store is not whole, so that nothing is made in it
 */
export async function getOrCreate<Data>(
  store: Store,
  name: string,
  make: () => Promise<Data>,
): Promise<{ data: Data; isNew: boolean }> {
  const key = storeMetadataKey<Data>(name);
  const [found, mark] = await store.get<unknown>([key, copyCheckpointKey()]);
  if (mark) throw unfinished(mark as Item<CopyCheckpoint>); // each key says what is kept under it
  const kept = found as Item<Data> | undefined;
  if (kept) return { data: kept.data, isNew: false };
  const data = await make();
  const result = await store.commit(uuidv7() as CommandId, [{ key, expected: 0, data }]);
  if (result.committed) return { data, isNew: true };
  const [others] = await store.get([key]);
  if (!others) throw new TypeError(`the store refused "${name}" and does not have it`);
  return { data: others.data, isNew: false };
}

function unfinished({ data: { from, to, started } }: Item<CopyCheckpoint>): StoreSetupError {
  return new StoreSetupError(
    `${to} is the unfinished target of a copy from ${from}, begun ${started}. ` +
      `"npx lending copy --from ${from} --to ${to}" goes on where that stopped; or begin with an empty store.`,
  );
}
