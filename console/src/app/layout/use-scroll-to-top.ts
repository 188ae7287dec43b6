import { useLayoutEffect } from 'react';
import { useLocation } from 'wouter';
import { beginVisit, currentVisit } from '../page-visit.ts';

/**
 * Begins each page at its top. Where users go back or forward, the browser scrolls to where they were. The event of going back comes too
 * late: the router may have shown the page.
 */
export function useScrollToTop(): void {
  const [path] = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: for each page
  useLayoutEffect(() => {
    if (currentVisit() !== undefined) return;
    beginVisit();
    window.scrollTo(0, 0);
  }, [path]);
}
