import { type CommitResult, StoreError, type StoreErrorKind } from '../store.ts';
import type { Commit, Commits } from './commits.ts';

export type WriterRequest =
  | { readonly kind: 'write'; readonly commits: readonly Commit[] }
  | { readonly kind: 'drop'; readonly before: number };

/** The last message to a writer thread. */
export const CLOSE = 'close';

/** Errors are plain values, since an error object loses its class between threads. */
export type WriterResponse =
  | { readonly results: readonly CommitResult[] }
  | { readonly dropped: number }
  | { readonly error: StoreErrorKind; readonly message: string };

export function executeRequest(commits: Commits, request: WriterRequest): WriterResponse {
  try {
    switch (request.kind) {
      case 'write':
        return { results: commits.write(request.commits) };
      case 'drop':
        return { dropped: commits.dropExpired(request.before) };
    }
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return { error: error.kind, message: error.message };
  }
}
