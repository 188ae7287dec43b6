import type { TextStore } from '../app/text-store.ts';

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
    return this.#store.getItem(this.#name) === token;
  }

  set(token: string): void {
    this.#store.setItem(this.#name, token);
  }

  /** To be called where it was undone. */
  clear(): void {
    this.#store.removeItem(this.#name);
  }
}
