import type { TextStore } from '../../app/text-store.ts';
import { safeReturnTo } from '../return-to.ts';
import { codeFor, type LinkCode } from './code-text.ts';

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

/** So many addresses to which a code was sent before are remembered. */
const EARLIER_MAX = 5;
/** So long after its end a code is remembered, so that its link does not seem to be of another browser. */
const REMEMBERED_MS = 3_600_000;

/**
 * Keeps the sign-in that waits for its code, so that it survives a reload, and other tabs of this browser find it. The newest of each
 * address that was left for another one is kept, too: its code still works, and no more codes may be sent for a while.
 */
export class PendingSignInStore {
  readonly #store: TextStore;
  readonly key: string;

  constructor(store: TextStore, key: string) {
    this.#store = store;
    this.key = key;
  }

  /** @returns undefined where none waits, or its code has expired */
  read(now: number): PendingSignIn | undefined {
    const pending = this.#read();
    if (pending === undefined || pending.expiresAt > now) return pending;
    this.leave(now);
    return undefined;
  }

  write(pending: PendingSignIn): void {
    const others = this.#all().filter(({ email }) => !isSame(email, pending.email));
    this.#store.setItem(this.key, JSON.stringify(pending));
    this.#writeEarlier(others, pending.sentAt);
  }

  /** The user goes on with another address. */
  leave(now: number): void {
    const all = this.#all();
    this.#store.removeItem(this.key);
    this.#writeEarlier(all, now);
  }

  /** To be called once the user is signed in. */
  clear(): void {
    this.#store.removeItem(this.key);
    this.#store.removeItem(this.#earlierKey);
  }

  /** @returns what waits for the code that was sent to an address, if that can still be used */
  findByAddress(address: string, now: number): PendingSignIn | undefined {
    return this.#all().find(({ email, expiresAt, triesLeft }) => isSame(email, address) && expiresAt > now && triesLeft > 0);
  }

  /** @returns what the link of a mail is about, also where its code has expired; undefined where it was asked for in another browser */
  findByLink(link: LinkCode): PendingSignIn | undefined {
    return this.#all().find(({ challenge }) => codeFor(challenge, link) !== undefined);
  }

  /**
   * Notes that a code was wrong.
   * @returns the sign-in that waits now. It is another one, or none, where that changed while the code was checked.
   */
  setTriesLeft(challenge: string, triesLeft: number): PendingSignIn | undefined {
    const change = (pending: PendingSignIn) => (pending.challenge === challenge ? { ...pending, triesLeft } : pending);
    const [pending, earlier] = [this.#read(), this.#earlier()];
    if (earlier.length > 0) this.#store.setItem(this.#earlierKey, JSON.stringify(earlier.map(change)));
    if (pending?.challenge !== challenge) return pending;
    const changed = change(pending);
    this.#store.setItem(this.key, JSON.stringify(changed));
    return changed;
  }

  get #earlierKey(): string {
    return `${this.key}.earlier`;
  }

  #read(): PendingSignIn | undefined {
    return parse(parseJson(this.#store.getItem(this.key)));
  }

  #earlier(): PendingSignIn[] {
    const list = parseJson(this.#store.getItem(this.#earlierKey));
    return Array.isArray(list) ? list.flatMap((each: unknown) => parse(each) ?? []) : [];
  }

  /** The newest of each address, the one that waits now first. */
  #all(): PendingSignIn[] {
    const pending = this.#read();
    return [...(pending ? [pending] : []), ...this.#earlier()];
  }

  #writeEarlier(list: readonly PendingSignIn[], now: number): void {
    const kept = list.filter(({ expiresAt }) => expiresAt + REMEMBERED_MS > now).slice(0, EARLIER_MAX);
    if (kept.length > 0) this.#store.setItem(this.#earlierKey, JSON.stringify(kept));
    else this.#store.removeItem(this.#earlierKey);
  }
}

/** Much simpler than the server's rule: two that differ here by mistake are only remembered twice. */
function isSame(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase();
}

/** Another version of this page may have written it, or anybody by the browser's tools. */
function parse(value: unknown): PendingSignIn | undefined {
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
