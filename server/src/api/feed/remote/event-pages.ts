import { LRUCache } from 'lru-cache';
import type { EventBatch } from '../../../domain/event-batch.ts';
import type { LoanId } from '../../../domain/ids.ts';
import { eventBatchesOf } from '../../../storage/keys.ts';
import type { Store } from '../../../storage/store.ts';

/** Chapters read at once. */
export const PAGE = 50;
/** Kept for those who come to the same place in the history, of a few hundred kB at most each. */
const PAGES_KEPT_MAX = 32;

/** The chapters behind a version, in order and without gaps; fewer than a page where there are no more. */
export type Pages = (behind: number) => Promise<readonly EventBatch[]>;

/** Reads each page of a loan's history once, however many ask for it. To be made anew for each run, which sees what stands by then. */
export function pagesOf(store: Pick<Store, 'list'>, loanId: LoanId): Pages {
  const kept = new LRUCache<number, Promise<readonly EventBatch[]>>({ max: PAGES_KEPT_MAX });
  const read: Pages = async (behind) => {
    const batches = (await store.list(eventBatchesOf(loanId, behind, PAGE))).map(({ data }) => data);
    const first = batches[0]?.version ?? behind + 1;
    if (first !== behind + 1) throw new TypeError(`the history of a loan has a gap behind version ${behind}`);
    return batches;
  };
  return (behind) => {
    const page = kept.get(behind) ?? read(behind);
    kept.set(behind, page);
    return page;
  };
}
