/** What is needed of `localStorage` and `sessionStorage`. */
export type TextStore = Pick<Storage, 'getItem' | 'removeItem' | 'setItem'>;

/**
 * A store that never throws: where the browser keeps nothing for sites, or has no room left, it remembers texts until a reload.
 * @param open returns the browser's store, or throws where the user has turned it off
 * @internal exported for tests
 */
export function safeStore(open: () => TextStore): TextStore {
  const memory = new Map<string, string>();
  return {
    getItem(key) {
      try {
        return memory.get(key) ?? open().getItem(key);
      } catch {
        return null;
      }
    },
    setItem(key, text) {
      try {
        open().setItem(key, text);
        memory.delete(key);
      } catch {
        memory.set(key, text);
      }
    },
    removeItem(key) {
      memory.delete(key);
      try {
        open().removeItem(key);
      } catch {} // it has nothing to remove
    },
  };
}

/** Of this tab. */
export const tabStore = safeStore(() => window.sessionStorage);
/** Of all tabs of this browser. */
export const browserStore = safeStore(() => window.localStorage);
