import { createHmac, randomBytes } from 'node:crypto';
import { uuidv7 } from 'uuidv7';
import type { CommandId } from '../domain/ids.ts';
import type { CopyCheckpoint } from './bulk-store.ts';
import { isWithin } from './is-within.ts';
import { type KeyPurpose, type KeyRing, type StoredKey, type StoredKeys, storedKeysOf } from './key-ring.ts';
import { copyCheckpointKey, storeMetadataKey } from './keys.ts';
import { type Item, type Store, StoreSetupError } from './store.ts';
import { requireFormat, STORE_FORMAT, STORE_SECRET, type StoreSecret } from './store-format.ts';

/** How long a process uses the keys that it has read. */
export const KEYS_REFRESH_MS = 30_000;
/** Pause after an unknown version was looked up in vain: anyone can send one. */
const UNKNOWN_VERSION_PAUSE_MS = 1000;
/** More rotations than an operator makes within the time that keys are used: a greater version is no version. */
const VERSIONS_AHEAD_MAX = 16;

/** Keys of a store: those of ids are derived from a secret that is copied with it, others can be rotated. */
export interface StoreSecrets {
  /** Whether the secret was created just now, which means that the store was empty. */
  readonly isNew: boolean;
  /** A key that never changes, the same in every process on this store. */
  deriveKey(purpose: string): Buffer;
  /** Keys that an operator can rotate. */
  keyRing(purpose: KeyPurpose): KeyRing;
  /** Reads the keys again if they were read longer ago than KEYS_REFRESH_MS. Keeps those it has where that fails. */
  refresh(): Promise<void>;
}

/** What the original keys of a purpose are derived by. */
const DERIVED_BY: Readonly<Record<KeyPurpose, string>> = {
  links: 'mail links',
  cursors: 'cursors',
  sessions: 'sessions',
};

/** @param clock epoch milliseconds @throws StoreSetupError where the store has another format or is an unfinished copy */
export async function loadStoreSecrets(store: Store, clock: () => number = Date.now): Promise<StoreSecrets> {
  const create = async () => ({ secret: randomBytes(32).toString('base64url'), format: STORE_FORMAT });
  const { data, isNew } = await getOrCreate<StoreSecret>(store, STORE_SECRET, create);
  requireFormat('The store', data.format);
  const secret = Buffer.from(data.secret, 'base64url');
  const deriveKey = (purpose: string) => createHmac('sha256', secret).update(purpose).digest();
  const cache = new KeyCache(store, clock, data.keys);

  function keyRing(purpose: KeyPurpose): KeyRing {
    const original = deriveKey(DERIVED_BY[purpose]);
    const toBuffer = ({ key }: StoredKey) => (key === undefined ? original : Buffer.from(key, 'base64url'));
    return {
      get current() {
        const key = cache.current(purpose);
        return { version: key.version, key: toBuffer(key) };
      },
      async find(version) {
        const found = await cache.find(purpose, version);
        return found && toBuffer(found);
      },
    };
  }

  return { isNew, deriveKey, keyRing, refresh: () => cache.refresh() };
}

/** The stored keys as this process last read them. */
class KeyCache {
  readonly #store: Store;
  readonly #clock: () => number;
  #keys: StoredKeys | undefined;
  #readAt: number;
  #unknownAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;

  constructor(store: Store, clock: () => number, keys: StoredKeys | undefined) {
    this.#store = store;
    this.#clock = clock;
    this.#keys = keys;
    this.#readAt = clock();
  }

  current(purpose: KeyPurpose): StoredKey {
    const [first, ...others] = storedKeysOf(this.#keys, purpose);
    return others.at(-1) ?? first;
  }

  /** A newer version than the current one is looked up in the store: another process may have created it just now. */
  async find(purpose: KeyPurpose, version: number): Promise<StoredKey | undefined> {
    const ahead = version - this.current(purpose).version;
    if (ahead > 0 && ahead <= VERSIONS_AHEAD_MAX && !isWithin(UNKNOWN_VERSION_PAUSE_MS, this.#unknownAt, this.#clock())) {
      await this.#read();
      if (version > this.current(purpose).version) this.#unknownAt = this.#clock();
    }
    const found = storedKeysOf(this.#keys, purpose).find((key) => key.version === version);
    return this.#clock() < (found?.acceptedUntil ?? Number.POSITIVE_INFINITY) ? found : undefined;
  }

  async refresh(): Promise<void> {
    if (isWithin(KEYS_REFRESH_MS, this.#readAt, this.#clock())) return;
    await this.#read().catch(() => {}); // the caller's own use of the store reports what is wrong with it
  }

  /** Runs one read for all who wait. */
  #read(): Promise<void> {
    this.#reading ??= this.#store
      .get([storeMetadataKey<StoreSecret>(STORE_SECRET)])
      .then(([item]) => {
        this.#keys = item?.data.keys;
        this.#readAt = this.#clock();
      })
      .finally(() => {
        this.#reading = undefined;
      });
    return this.#reading;
  }
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
