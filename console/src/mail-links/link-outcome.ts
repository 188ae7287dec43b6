import type { TextStore } from '../sign-in/email/pending-sign-in.ts';

export type LinkActionName = 'decline' | 'opt-out';

/**
 * What was done in this tab by the link of a mail, so that a reload does not offer it again. Another mail's link has another token,
 * and begins without an outcome.
 * @param key of the link, such as the loan's id
 */
export class LinkOutcome {
  readonly #store: TextStore;
  readonly #name: string;

  constructor(store: TextStore, key: string, action: LinkActionName) {
    this.#store = store;
    this.#name = `mail-link-done:${key}:${action}`;
  }

  isDone(token: string): boolean {
    try {
      return this.#store.getItem(this.#name) === token;
    } catch {
      return false; // browsers throw where storage is turned off
    }
  }

  set(token: string): void {
    try {
      this.#store.setItem(this.#name, token);
    } catch {} // a reload offers it again, which the server allows
  }

  /** To be called where it was undone. */
  clear(): void {
    try {
      this.#store.removeItem(this.#name);
    } catch {}
  }
}
