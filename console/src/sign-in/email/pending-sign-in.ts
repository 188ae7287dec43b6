import type { TextStore } from '../../app/text-store.ts';
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

/** Keeps the sign-in that waits for its code, so that it survives a reload, and other tabs of this browser find it. */
export class PendingSignInStore {
  readonly #store: TextStore;
  readonly key: string;

  constructor(store: TextStore, key: string) {
    this.#store = store;
    this.key = key;
  }

  /** @returns undefined where none waits, or its code has expired, which removes it */
  read(now: number): PendingSignIn | undefined {
    const pending = this.#read();
    if (pending === undefined || pending.expiresAt > now) return pending;
    this.clear();
    return undefined;
  }

  write(pending: PendingSignIn): void {
    this.#store.setItem(this.key, JSON.stringify(pending));
  }

  clear(): void {
    this.#store.removeItem(this.key);
  }

  /**
   * Notes that a code was wrong.
   * @returns the sign-in that waits now. It is another one, or none, where that changed while the code was checked.
   */
  setTriesLeft(challenge: string, triesLeft: number): PendingSignIn | undefined {
    const pending = this.#read();
    if (pending?.challenge !== challenge) return pending;
    const changed = { ...pending, triesLeft };
    this.write(changed);
    return changed;
  }

  #read(): PendingSignIn | undefined {
    return parse(this.#store.getItem(this.key));
  }
}

/** Another version of this page may have written it, or anybody by the browser's tools. */
function parse(text: string | null): PendingSignIn | undefined {
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

function parseJson(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return undefined;
  }
}
