import { LRUCache } from 'lru-cache';
import type { EventBatch } from '../domain/event-batch.ts';
import type { LoanId } from '../domain/ids.ts';
import { eventBatchesOf } from '../storage/keys.ts';
import type { Store } from '../storage/store.ts';

/** Event batches in a page. A commit writes at most 100 items, so a page has at most 4,000 events. */
export const EVENT_PAGE_SIZE = 40;
/** A page has a megabyte at most. */
const CACHED_PAGES_MAX = 32;

/** Reads a page of event batches: those after a version, in order; fewer than a page at the end of the history. */
export type ReadEventPage = (afterVersion: number) => Promise<readonly EventBatch[]>;

/** Reads a page of a loan's history, strongly consistent. @throws TypeError where the history has a gap */
export async function readEventPage(
  store: Pick<Store, 'list'>,
  loanId: LoanId,
  afterVersion: number,
  size = EVENT_PAGE_SIZE,
): Promise<readonly EventBatch[]> {
  const batches = (await store.list(eventBatchesOf(loanId, afterVersion, size))).map(({ data }) => data);
  const first = batches[0]?.version ?? afterVersion + 1;
  if (first !== afterVersion + 1) throw new TypeError(`the history of a loan has a gap after version ${afterVersion}`);
  return batches;
}

/** Reads each page of a loan once for all callers. Use it for one run only: the last page goes stale. */
export function cachedEventPages(store: Pick<Store, 'list'>, loanId: LoanId): ReadEventPage {
  const pages = new LRUCache<number, Promise<readonly EventBatch[]>>({ max: CACHED_PAGES_MAX });
  return (afterVersion) => {
    const page = pages.get(afterVersion) ?? readEventPage(store, loanId, afterVersion);
    pages.set(afterVersion, page);
    return page;
  };
}
