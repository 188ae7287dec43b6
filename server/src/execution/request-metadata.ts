import type { IdempotencyRecord } from '../domain/idempotency.ts';
import type { RequestId } from '../domain/ids.ts';
import type { Key } from '../storage/store.ts';

/** The request that a command came with. */
export interface RequestMetadata {
  readonly requestId: RequestId;
  readonly traceparent: string | null;
  /** Where its answer is kept for repeats, and what tells it from another request; undefined where it has no key. */
  readonly idempotency: { readonly recordKey: Key<IdempotencyRecord>; readonly print: string } | undefined;
}
