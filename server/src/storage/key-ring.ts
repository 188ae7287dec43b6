/** What rotatable keys sign or, for sessions, seal. The keys of ids never change. */
export const KEY_PURPOSES = ['links', 'cursors', 'sessions'] as const;
export type KeyPurpose = (typeof KEY_PURPOSES)[number];

/** Version of the key that every store begins with. What it signs carries no version. */
export const ORIGINAL_VERSION = 0;

/** A key as it is stored, beside the store's secret. */
export interface StoredKey {
  readonly version: number;
  /** 32 random bytes, base64url. The original key has none: it is derived from the secret. */
  readonly key?: string;
  /** Epoch milliseconds; left out for the original key. */
  readonly createdAt?: number;
  /** Epoch milliseconds; left out where only an operator ends it. */
  readonly acceptedUntil?: number;
}

/** Accepted keys by purpose, oldest first; the last one signs. A purpose that is left out has the original key. */
export type StoredKeys = Readonly<Partial<Record<KeyPurpose, readonly StoredKey[]>>>;

interface VersionedKey {
  readonly version: number;
  readonly key: Buffer;
}

/** The keys of one purpose. */
export interface KeyRing {
  /** The newest key, which signs. */
  readonly current: VersionedKey;
  /** @returns the key of a version; undefined where there is none, or it has been retired */
  find(version: number): Promise<Buffer | undefined>;
}

export function storedKeysOf(keys: StoredKeys | undefined, purpose: KeyPurpose): readonly [StoredKey, ...StoredKey[]] {
  const [first = { version: ORIGINAL_VERSION }, ...others] = keys?.[purpose] ?? [];
  return [first, ...others];
}

/** @internal exported for tests */
export function fixedKeyRing(key: Buffer, version = ORIGINAL_VERSION): KeyRing {
  return { current: { version, key }, find: async (wanted) => (wanted === version ? key : undefined) };
}
