/** What is needed of `localStorage` and `sessionStorage`. */
export type TextStore = Pick<Storage, 'getItem' | 'removeItem' | 'setItem'>;

interface SafeStore extends TextStore {
  /** Removes all texts whose keys begin so. */
  removeAll(prefix: string): void;
}

/** Longer texts are remembered until a reload only, so that they leave the browser's store to the others. */
const LENGTH_MAX = 1_000_000;

/**
 * A store that never throws: where the browser keeps nothing for sites, or has no room left, it remembers texts until a reload.
 * @param open returns the browser's store, or throws where the user has turned it off
 * @internal exported for tests
 */
export function safeStore(open: () => Pick<Storage, keyof TextStore | 'key' | 'length'>): SafeStore {
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
      memory.set(key, text);
      try {
        if (text.length > LENGTH_MAX) return open().removeItem(key);
        open().setItem(key, text);
        memory.delete(key);
      } catch {} // it is remembered
    },
    removeItem(key) {
      memory.delete(key);
      try {
        open().removeItem(key);
      } catch {} // it has nothing to remove
    },
    removeAll(prefix) {
      for (const key of memory.keys()) if (key.startsWith(prefix)) memory.delete(key);
      try {
        const store = open();
        const keys = Array.from({ length: store.length }, (_, index) => store.key(index) ?? '');
        for (const key of keys) if (key.startsWith(prefix)) store.removeItem(key);
      } catch {} // it has nothing to remove
    },
  };
}

/** Of this tab. */
export const tabStore = safeStore(() => window.sessionStorage);
/** Of all tabs of this browser. */
export const browserStore = safeStore(() => window.localStorage);
