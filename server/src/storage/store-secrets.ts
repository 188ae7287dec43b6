import { createHmac, randomBytes } from 'node:crypto';
import { uuidv7 } from 'uuidv7';
import type { CommandId } from '../domain/ids.ts';
import type { CopyCheckpoint } from './bulk-store.ts';
import { copyCheckpointKey, storeMetadataKey } from './keys.ts';
import { type Item, type Store, StoreSetupError } from './store.ts';
import { requireFormat, STORE_FORMAT, STORE_SECRET, type StoreSecret } from './store-format.ts';

/** Keys derived from a secret that belongs to the store and is copied with it. */
export interface StoreSecrets {
  /** Whether the secret was created just now, which means that the store was empty. */
  readonly isNew: boolean;
  /** The key for one purpose, the same in every process on this store. */
  deriveKey(purpose: string): Buffer;
}

/** @throws StoreSetupError where the store has another format or is an unfinished copy */
export async function loadStoreSecrets(store: Store): Promise<StoreSecrets> {
  const create = async () => ({ secret: randomBytes(32).toString('base64url'), format: STORE_FORMAT });
  const { data, isNew } = await getOrCreate<StoreSecret>(store, STORE_SECRET, create);
  requireFormat('The store', data.format);
  const secret = Buffer.from(data.secret, 'base64url');
  return { isNew, deriveKey: (purpose) => createHmac('sha256', secret).update(purpose).digest() };
}

/**
 * Returns the store's metadata of this name, created by the first process that needs it.
 * @throws StoreSetupError where the store is an unfinished copy; nothing is created in it
 */
export async function getOrCreate<Data>(
  store: Store,
  name: string,
  create: () => Promise<Data>,
): Promise<{ data: Data; isNew: boolean }> {
  const key = storeMetadataKey<Data>(name);
  const [found, checkpoint] = await store.get<unknown>([key, copyCheckpointKey()]);
  if (checkpoint) throw unfinishedCopyError(checkpoint as Item<CopyCheckpoint>); // the types follow from the keys
  if (found) return { data: (found as Item<Data>).data, isNew: false };
  const data = await create();
  const result = await store.commit(uuidv7() as CommandId, [{ key, expected: 0, data }]);
  if (result.committed) return { data, isNew: true };
  const [others] = await store.get([key]);
  if (!others) throw new TypeError(`the store rejected "${name}" and does not have it`);
  return { data: others.data, isNew: false };
}

function unfinishedCopyError({ data: { from, to, started } }: Item<CopyCheckpoint>): StoreSetupError {
  return new StoreSetupError(
    `${to} is the unfinished target of a copy from ${from}, begun ${started}. ` +
      `"npx lending copy --from ${from} --to ${to}" continues where that stopped; or begin with an empty store.`,
  );
}
