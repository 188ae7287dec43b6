import { type CommitResult, StoreError, type StoreErrorKind } from '../store.ts';
import type { CommitText } from './commit-text.ts';
import type { Commits } from './commits.ts';
import { type OpenFiles, requireInPlace } from './store-file.ts';

export type WriterRequest =
  | { readonly kind: 'write'; readonly commits: readonly CommitText[]; readonly lockWaitMs: number }
  | { readonly kind: 'drop'; readonly before: number };

/** The last message to a writer thread. */
export const CLOSE = 'close';

/** Errors are plain values, since an error object loses its class between threads. */
export type WriterResponse =
  | { readonly results: readonly CommitResult[] }
  | { readonly dropped: number }
  | { readonly error: StoreErrorKind; readonly message: string };

/** What a writer thread posts: a response to each request, in their order, and errors of its checkpoint thread at any time. */
export type WriterMessage = WriterResponse | { readonly checkpointError: string };

/** @param files of the store, unless it is in memory */
export function executeRequest(commits: Commits, request: WriterRequest, files?: OpenFiles): WriterResponse {
  try {
    if (files) requireInPlace(files);
    switch (request.kind) {
      case 'write':
        commits.waitForLock(request.lockWaitMs);
        return { results: commits.write(request.commits) };
      case 'drop':
        commits.waitForLock(0); // it can be done later, unlike the commits that would have to wait for it
        return { dropped: commits.dropExpired(request.before) };
    }
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return { error: error.kind, message: error.message };
  }
}
