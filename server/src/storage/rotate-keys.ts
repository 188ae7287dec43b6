import { randomBytes } from 'node:crypto';
import { uuidv7 } from 'uuidv7';
import type { CommandId } from '../domain/ids.ts';
import { type KeyPurpose, type StoredKey, type StoredKeys, storedKeysOf } from './key-ring.ts';
import { storeMetadataKey } from './keys.ts';
import { type Item, type Store, StoreSetupError } from './store.ts';
import { requireFormat, STORE_SECRET, type StoreSecret } from './store-format.ts';

/** Keys that are accepted at the same time, for each purpose. */
const KEYS_MAX = 20;
const DAY_MS = 86_400_000;
/**
 * How long earlier keys are accepted. Links say themselves when they expire, so only an operator ends their keys. No session
 * lasts longer than 30 days.
 */
const ACCEPTED_MS: Readonly<Record<KeyPurpose, number | undefined>> = {
  links: undefined,
  cursors: 30 * DAY_MS,
  sessions: 30 * DAY_MS,
};
const ATTEMPTS_MAX = 5;

export interface KeyStatus {
  readonly purpose: KeyPurpose;
  readonly version: number;
  /** RFC 3339; null for the key that the store began with. */
  readonly created_at: string | null;
  /** `current` signs; `accepted` only verifies. */
  readonly status: 'current' | 'accepted';
  /** RFC 3339; null where only `retireKeys` ends it. */
  readonly accepted_until: string | null;
}

interface RotateOptions {
  readonly purposes: readonly KeyPurpose[];
  /** Whether no earlier key is accepted any more. */
  readonly retiresOld: boolean;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** @returns the accepted keys, without the keys themselves @throws StoreSetupError where the store has none */
export async function listKeys(store: Store, purposes: readonly KeyPurpose[], now: number): Promise<KeyStatus[]> {
  const { data } = await readSecret(store);
  return statusOf(data.keys, purposes, now);
}

/** Adds a new key for each purpose, which signs from now on. @returns the accepted keys @throws StoreSetupError */
export function rotateKeys(store: Store, { purposes, retiresOld, now }: RotateOptions): Promise<KeyStatus[]> {
  return changeKeys(store, purposes, now, (keys, purpose) => {
    const current = keys.at(-1)?.version ?? 0;
    const created: StoredKey = { version: current + 1, key: randomBytes(32).toString('base64url'), createdAt: now };
    if (retiresOld) return [created];
    if (keys.length === KEYS_MAX)
      throw new StoreSetupError(
        `${KEYS_MAX} keys of ${purpose} are accepted, which is the most. Retire old ones: lending keys retire --purpose ${purpose} --before ${current}`,
      );
    const ms = ACCEPTED_MS[purpose];
    return [...keys.map((key) => (ms === undefined ? key : { acceptedUntil: now + ms, ...key })), created];
  });
}

/** Ends the keys before a version, by default before the current one. @returns the accepted keys @throws StoreSetupError */
export function retireKeys(
  store: Store,
  { purposes, before = Number.POSITIVE_INFINITY, now }: Omit<RotateOptions, 'retiresOld'> & { readonly before?: number },
): Promise<KeyStatus[]> {
  return changeKeys(store, purposes, now, (keys) =>
    keys.filter((key, index) => index === keys.length - 1 || key.version >= before),
  );
}

async function changeKeys(
  store: Store,
  purposes: readonly KeyPurpose[],
  now: number,
  change: (keys: readonly StoredKey[], purpose: KeyPurpose) => readonly StoredKey[],
): Promise<KeyStatus[]> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const { key, version, data } = await readSecret(store);
    const changed = purposes.map((purpose) => [purpose, change(acceptedKeys(data.keys, purpose, now), purpose)] as const);
    const keys: StoredKeys = { ...data.keys, ...Object.fromEntries(changed) };
    const result = await store.commit(uuidv7() as CommandId, [{ key, expected: version, data: { ...data, keys } }]);
    if (result.committed) return statusOf(keys, purposes, now);
  }
  throw new StoreSetupError('Other processes change the keys at the same time. Try again.');
}

async function readSecret(store: Store): Promise<Item<StoreSecret>> {
  const [found] = await store.get([storeMetadataKey<StoreSecret>(STORE_SECRET)]);
  if (!found) throw new StoreSetupError('The store has no keys yet: the first start of the server creates them.');
  requireFormat('The store', found.data.format);
  return found;
}

function acceptedKeys(keys: StoredKeys | undefined, purpose: KeyPurpose, now: number): StoredKey[] {
  return storedKeysOf(keys, purpose).filter(({ acceptedUntil = Number.POSITIVE_INFINITY }) => now < acceptedUntil);
}

function statusOf(keys: StoredKeys | undefined, purposes: readonly KeyPurpose[], now: number): KeyStatus[] {
  return purposes.flatMap((purpose) => {
    const accepted = acceptedKeys(keys, purpose, now);
    return accepted.map(
      ({ version, createdAt, acceptedUntil }, index): KeyStatus => ({
        purpose,
        version,
        created_at: timeText(createdAt),
        status: index === accepted.length - 1 ? 'current' : 'accepted',
        accepted_until: timeText(acceptedUntil),
      }),
    );
  });
}

function timeText(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}
