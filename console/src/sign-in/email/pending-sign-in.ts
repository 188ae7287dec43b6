import { safeReturnTo } from '../return-to.ts';

/** A code that was sent by e-mail and has not been used. Times are epoch milliseconds. */
export interface PendingSignIn {
  readonly email: string;
  /** Empty to leave the user's name as it is. */
  readonly name: string;
  /** Of the server: without it, a code is worth nothing. */
  readonly challenge: string;
  readonly sentAt: number;
  readonly expiresAt: number;
  readonly triesLeft: number;
  /** The path to show afterwards, also in the tab that the mail's link opens. */
  readonly returnTo: string;
}

/** How often a code may be tried, by the server's rule. */
export const TRIES = 5;
/** How long to wait for a mail before another one can be requested. */
export const RESEND_PAUSE_MS = 30_000;

/** What is needed of `localStorage`. */
export type TextStore = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Keeps the sign-in that waits for its code, so that it survives a reload, and other tabs of this browser find it. */
export class PendingSignInStore {
  readonly #store: TextStore;
  readonly #key: string;
  /** Where the browser keeps nothing for sites. */
  #memory: PendingSignIn | undefined;

  constructor(store: TextStore, key: string) {
    this.#store = store;
    this.#key = key;
  }

  get key(): string {
    return this.#key;
  }

  /** @returns undefined where none waits, or its code has expired, which removes it */
  read(now: number): PendingSignIn | undefined {
    const pending = parse(this.#attempt((store) => store.getItem(this.#key))) ?? this.#memory;
    if (pending === undefined || pending.expiresAt > now) return pending;
    this.clear();
    return undefined;
  }

  write(pending: PendingSignIn): void {
    this.#memory = pending;
    this.#attempt((store) => store.setItem(this.#key, JSON.stringify(pending)));
  }

  clear(): void {
    this.#memory = undefined;
    this.#attempt((store) => store.removeItem(this.#key));
  }

  /** Browsers throw where storage is turned off or full. */
  #attempt<T>(work: (store: TextStore) => T): T | undefined {
    try {
      return work(this.#store);
    } catch {
      return undefined;
    }
  }
}

/** Another version of this page may have written it, or anybody by the browser's tools. */
function parse(text: string | null | undefined): PendingSignIn | undefined {
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = new Map<string, unknown>(Object.entries(value));
  const [email, name, challenge, returnTo] = ['email', 'name', 'challenge', 'returnTo'].map((field) => fields.get(field));
  const [sentAt, expiresAt, triesLeft] = ['sentAt', 'expiresAt', 'triesLeft'].map((field) => fields.get(field));
  if (typeof email !== 'string' || typeof name !== 'string' || typeof challenge !== 'string') return undefined;
  if (typeof sentAt !== 'number' || typeof expiresAt !== 'number' || typeof triesLeft !== 'number') return undefined;
  return {
    email,
    name,
    challenge,
    sentAt,
    expiresAt,
    triesLeft,
    returnTo: safeReturnTo(typeof returnTo === 'string' ? returnTo : null),
  };
}

function parseJson(text: string | null | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return undefined;
  }
}
