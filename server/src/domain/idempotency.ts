import type { RequestId } from './ids.ts';

/** The answer to a command, exactly as it goes out: a repeat gets the same bytes. */
export interface StoredResponse {
  readonly status: 200 | 201 | 202;
  /** JSON text. */
  readonly body: string;
  /** Path of what was made. */
  readonly location: string | null;
}

/** What was answered to the first request under a key. */
export interface IdempotencyRecord {
  /** Tells the same request from another one under the same key. */
  readonly fingerprint: string;
  readonly response: StoredResponse;
  readonly requestId: RequestId;
  /** Epoch milliseconds. */
  readonly at: number;
}
