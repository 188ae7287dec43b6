import { useLayoutEffect } from 'react';
import { useLocation } from 'wouter';

/** Begins each page at its top. Where users go back or forward, the browser scrolls to where they were. */
export function useScrollToTop(): void {
  const [path] = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: for each page
  useLayoutEffect(() => {
    const state: unknown = window.history.state;
    if (state === SHOWN) return;
    window.history.replaceState(SHOWN, '');
    window.scrollTo(0, 0);
  }, [path]);
}

/** Marks an entry of the session's history. The event of going back comes too late: the router may have shown the page. */
const SHOWN = 'shown';
