import { errors, type JWTVerifyGetKey } from 'jose';
import { isWithin } from '../storage/is-within.ts';
import { fetchKeySet, fetchKeysUrl } from './issuer-documents.ts';
import { type IssuerHealth, KeysUnavailableError } from './token-verifier.ts';

/** For discovery and keys together. */
const TIMEOUT_MS = 5000;
/** Minimum time between refreshes that tokens with unknown key ids cause. */
const COOLDOWN_MS = 5000;
const KEYS_FRESH_MS = 600_000;
/** How long keys are used while the issuer can't be reached. */
const KEYS_USED_MS = 3_600_000;
/** Pause after a failed refresh, doubled with each further one. The longest is what a 503 asks clients to wait. */
const RETRY_MS_MIN = 1000;
const RETRY_MS_MAX = 10_000;

export interface IssuerKeys {
  /** @throws KeysUnavailableError where the keys can't be fetched */
  readonly key: JWTVerifyGetKey;
  readonly health: () => IssuerHealth;
}

/** Keys of an OpenID Connect issuer. Discovery runs with the first token, so that the program starts while the issuer is down. */
export function discoveredKeys(issuer: string, clock: () => number): IssuerKeys {
  const cache = new KeySetCache(issuer, clock);
  return {
    health: () => cache.health(),
    async key(header, token) {
      let keySet = await cache.read();
      try {
        return await keySet.find(header, token);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey) || cache.isCoolingDown()) throw error;
      }
      keySet = await cache.refresh();
      return keySet.find(header, token);
    },
  };
}

interface KeySet {
  readonly find: JWTVerifyGetKey;
  /** Epoch milliseconds when it was fetched. */
  readonly at: number;
}

/**
 * The issuer's key set. A refresh reads discovery too, so that keys are found that have moved. One refresh runs for all who wait;
 * after a failed one, no other starts until a pause is over.
 */
class KeySetCache {
  readonly #issuer: string;
  readonly #clock: () => number;
  #keySet: KeySet | undefined;
  #refreshing: Promise<KeySet> | undefined;
  #failure: { readonly error: KeysUnavailableError; readonly at: number; readonly retryMs: number } | undefined;

  constructor(issuer: string, clock: () => number) {
    this.#issuer = issuer;
    this.#clock = clock;
  }

  async read(): Promise<KeySet> {
    const keySet = this.#keySet;
    if (!keySet || !isWithin(KEYS_USED_MS, keySet.at, this.#clock())) return this.refresh();
    if (isWithin(KEYS_FRESH_MS, keySet.at, this.#clock())) return keySet;
    const refreshed = this.refresh().catch(() => keySet);
    return this.#failure ? keySet : refreshed; // an issuer that failed may take long to fail again
  }

  /** Whether the keys are so new that an unknown key id is the token's error. */
  isCoolingDown(): boolean {
    return this.#keySet !== undefined && isWithin(COOLDOWN_MS, this.#keySet.at, this.#clock());
  }

  async refresh(): Promise<KeySet> {
    const failure = this.#failure;
    if (!this.#refreshing && failure && isWithin(failure.retryMs, failure.at, this.#clock())) throw failure.error;
    this.#refreshing ??= this.#fetch().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  health(): IssuerHealth {
    if (this.#failure) return { status: 'unavailable' };
    return { status: this.#keySet ? 'ok' : 'unknown' };
  }

  async #fetch(): Promise<KeySet> {
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const find = await fetchKeySet(await fetchKeysUrl(this.#issuer, signal), signal);
      this.#keySet = { find, at: this.#clock() };
      this.#failure = undefined;
      return this.#keySet;
    } catch (cause) {
      const error = new KeysUnavailableError(cause);
      const retryMs = Math.min(this.#failure ? 2 * this.#failure.retryMs : RETRY_MS_MIN, RETRY_MS_MAX);
      this.#failure = { error, at: this.#clock(), retryMs };
      throw error;
    }
  }
}
