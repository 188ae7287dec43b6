import { useEffect, useSyncExternalStore } from 'react';

/* Pages that say themselves as of when they are need no notice above them that says it again. */

let pages = 0;
const listeners = new Set<() => void>();

/** To be called by what says on a page as of when it is. */
export function useOwnOfflineNotice(): void {
  useEffect(() => {
    change(1);
    return () => change(-1);
  }, []);
}

/** Whether the page says itself as of when it is. */
export function useHasOwnOfflineNotice(): boolean {
  return useSyncExternalStore(subscribe, () => pages > 0);
}

function change(by: number): void {
  pages += by;
  for (const notify of listeners) notify();
}

function subscribe(notify: () => void): () => void {
  listeners.add(notify);
  return () => void listeners.delete(notify);
}
