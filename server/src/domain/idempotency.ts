import type { RequestId } from './ids.ts';

/** The response to a command. A replay returns the same bytes. */
export interface StoredResponse {
  readonly status: 200 | 201 | 202;
  /** JSON text. */
  readonly body: string;
  /** Path of the created resource. */
  readonly location: string | null;
}

/** Stored in the same commit as the effect of the first request under a key. */
export interface IdempotencyRecord {
  /** Hash of the request: another request under the same key has another one. */
  readonly fingerprint: string;
  readonly response: StoredResponse;
  readonly requestId: RequestId;
  /** Epoch milliseconds. */
  readonly at: number;
}
