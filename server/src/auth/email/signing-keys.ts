import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import { SESSION_MS } from '../../domain/sign-in/session.ts';
import type { CoreServices } from '../../execution/services.ts';
import { isWithin } from '../../storage/is-within.ts';
import type { KeyRing } from '../../storage/key-ring.ts';
import { storeMetadataKey } from '../../storage/keys.ts';
import { createSealer, type Sealer } from '../sessions/sealed-text.ts';

export const SIGNING_ALGORITHM = 'ES256';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** How long a key signs. */
const SIGNS_MS = 30 * DAY_MS;
/** A new key is published so long before it signs that every process, and everyone who caches the key set, knows it by then. */
const PUBLISHED_AHEAD_MS = DAY_MS;
/** How long an old key is published after the last token that it can have signed has expired: clocks differ. */
const LEEWAY_MS = HOUR_MS;
/** How long a process uses the keys that it has read. */
const FRESH_MS = 60_000;
/** Pause after an unknown key id was looked up in vain: anyone can send one. */
const UNKNOWN_KEY_PAUSE_MS = 1000;
const ATTEMPTS_MAX = 10;

interface StoredSigningKey {
  readonly public: JWK;
  /** The private key as a sealed JWK. */
  readonly sealed: string;
  /** Epoch milliseconds. */
  readonly signsFrom: number;
}

/** The published keys, oldest first. */
interface StoredSigningKeys {
  readonly keys: readonly StoredSigningKey[];
}

/** A key whose private part could be opened. */
interface SigningKey extends StoredSigningKey {
  readonly privateKey: CryptoKey | Uint8Array;
}

const KEY = storeMetadataKey<StoredSigningKeys>('signing-keys');

/**
 * The keys that sign tokens. A new one takes over each 30 days, and is published a day before; an old one is published until every
 * token that it has signed has expired. Private keys are sealed with the key of sessions: where an operator retires that, tokens
 * end as cookies do.
 */
export class SigningKeys {
  readonly #services: Pick<CoreServices, 'clock' | 'ids' | 'store'>;
  readonly #sealer: Sealer;
  #keys: readonly SigningKey[] | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  #unknownAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<readonly SigningKey[]> | undefined;

  constructor(services: Pick<CoreServices, 'clock' | 'ids' | 'store'>, sessionKeys: KeyRing) {
    this.#services = services;
    this.#sealer = createSealer(sessionKeys, 'signing-key');
  }

  /** The key that signs now. */
  async current(): Promise<{ readonly kid: string | undefined; readonly privateKey: CryptoKey | Uint8Array }> {
    const keys = await this.#fresh();
    const key = keys.findLast(({ signsFrom }) => signsFrom <= this.#services.clock()) ?? keys[0];
    if (!key) throw new TypeError('there is no signing key');
    return { kid: key.public.kid, privateKey: key.privateKey };
  }

  /** All public keys, those included that do not sign yet or any more. */
  async published(): Promise<JWK[]> {
    return (await this.#fresh()).map((key) => key.public);
  }

  /** Reads the keys again where a token names one that this process does not know. @returns the public keys */
  async publishedWith(kid: string | undefined): Promise<JWK[]> {
    const known = await this.published();
    const now = this.#services.clock();
    if (known.some((key) => key.kid === kid) || isWithin(UNKNOWN_KEY_PAUSE_MS, this.#unknownAt, now)) return known;
    const read = (await this.#read()).map((key) => key.public);
    if (!read.some((key) => key.kid === kid)) this.#unknownAt = now;
    return read;
  }

  async #fresh(): Promise<readonly SigningKey[]> {
    const keys = this.#keys;
    if (keys && isWithin(FRESH_MS, this.#readAt, this.#services.clock())) return keys;
    return keys ? this.#read().catch(() => keys) : this.#read();
  }

  /** Runs one read for all who wait. */
  #read(): Promise<readonly SigningKey[]> {
    this.#reading ??= this.#readAndRotate()
      .then((keys) => {
        this.#keys = keys;
        this.#readAt = this.#services.clock();
        return keys;
      })
      .finally(() => {
        this.#reading = undefined;
      });
    return this.#reading;
  }

  /** Reads the keys, adds one where it is time, and removes those that are of no use. */
  async #readAndRotate(): Promise<readonly SigningKey[]> {
    const { store, ids, clock } = this.#services;
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
      const [item] = await store.get([KEY]);
      const stored = item?.data.keys ?? [];
      const kept = withoutEnded(await this.#openAll(stored), clock());
      const signsFrom = nextKeyFrom(kept, clock());
      if (signsFrom === undefined && kept.length === stored.length) return kept;
      const keys = signsFrom === undefined ? kept : [...kept, await this.#generate(signsFrom)];
      const data = { keys: keys.map(({ privateKey: _, ...key }) => key) };
      const { committed } = await store.commit(ids.command(), [{ key: KEY, expected: item?.version ?? 0, data }]);
      if (committed) return keys;
    }
    throw new Error('other processes change the signing keys at the same time');
  }

  async #openAll(stored: readonly StoredSigningKey[]): Promise<SigningKey[]> {
    const opened = await Promise.all(
      stored.map(async (key) => {
        const text = await this.#sealer.open(key.sealed);
        return text === undefined ? [] : [{ ...key, privateKey: await importJWK(JSON.parse(text), SIGNING_ALGORITHM) }];
      }),
    );
    return opened.flat();
  }

  async #generate(signsFrom: number): Promise<SigningKey> {
    const { privateKey, publicKey } = await generateKeyPair(SIGNING_ALGORITHM, { extractable: true });
    const jwk = await exportJWK(publicKey);
    const kid = await calculateJwkThumbprint(jwk);
    return {
      public: { ...jwk, alg: SIGNING_ALGORITHM, use: 'sig', kid },
      sealed: await this.#sealer.seal(JSON.stringify(await exportJWK(privateKey))),
      signsFrom,
      privateKey,
    };
  }
}

/** Without the keys whose tokens have all expired: those that another one has replaced long enough ago. */
function withoutEnded(keys: readonly SigningKey[], now: number): SigningKey[] {
  return keys.filter((_, index) => {
    const replacedAt = keys[index + 1]?.signsFrom ?? Number.POSITIVE_INFINITY;
    return now < replacedAt + SESSION_MS.email + LEEWAY_MS;
  });
}

/** @returns when another key has to sign, where it is time to publish it; epoch milliseconds */
function nextKeyFrom(keys: readonly SigningKey[], now: number): number | undefined {
  const newest = keys.at(-1);
  if (!newest) return now;
  const end = newest.signsFrom + SIGNS_MS;
  return now < end - PUBLISHED_AHEAD_MS ? undefined : Math.max(end, now + PUBLISHED_AHEAD_MS);
}
