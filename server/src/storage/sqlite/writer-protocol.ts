import { type CommitResult, StoreError, type StoreErrorKind } from '../store.ts';
import type { Commit, Commits } from './commits.ts';

/** What a writer is told to do. */
export type WriterRequest =
  | { readonly kind: 'write'; readonly commits: readonly Commit[] }
  | { readonly kind: 'drop'; readonly before: number };

/** After this a writing thread gets no more orders. */
export const CLOSE = 'close';

/** What became of it. A plain value, since an error loses its class on the way between threads. */
export type WriterResponse =
  | { readonly results: readonly CommitResult[] }
  | { readonly dropped: number }
  | { readonly trouble: StoreErrorKind; readonly message: string };

export function executeRequest(commits: Commits, order: WriterRequest): WriterResponse {
  try {
    switch (order.kind) {
      case 'write':
        return { results: commits.write(order.commits) };
      case 'drop':
        return { dropped: commits.dropExpired(order.before) };
    }
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return { trouble: error.kind, message: error.message };
  }
}
