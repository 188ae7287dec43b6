import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import type { RetryPolicy } from 'cockatiel';
import { StoreError } from '../store.ts';
import { retryWhen } from './backoff.ts';
import { isOutcomeUnknown, toStoreError } from './error-classification.ts';

/** DynamoDB usually responds within a few milliseconds. */
const ATTEMPT_TIMEOUT_MS = 1500;
const CONNECT_MS_MAX = 1000;
const BACKOFF = { attemptsMax: 3, initialMs: 20, maxMs: 200 };
const SOCKETS_MAX = 128;

export interface ConnectionOptions {
  /** Endpoint, region and credentials; the SDK's own settings supply what is left out. */
  readonly client?: DynamoDBClientConfig | undefined;
  readonly attemptTimeoutMs?: number | undefined;
}

/** The SDK's client, with our own timeouts and retries. */
export class DynamoDbConnection {
  readonly client: DynamoDBClient;
  readonly #attemptTimeoutMs: number;
  readonly #retries: RetryPolicy = retryWhen(isOutcomeUnknown, BACKOFF);
  readonly #pending = new Set<Promise<unknown>>();
  #state: 'open' | 'closed' = 'open';

  constructor({ client, attemptTimeoutMs = ATTEMPT_TIMEOUT_MS }: ConnectionOptions) {
    this.#attemptTimeoutMs = attemptTimeoutMs;
    this.client = new DynamoDBClient({
      ...client,
      maxAttempts: 1, // our own retries are bounded, and resend a commit under its own token
      requestHandler: {
        connectionTimeout: CONNECT_MS_MAX,
        httpAgent: { maxSockets: SOCKETS_MAX },
        httpsAgent: { maxSockets: SOCKETS_MAX },
      },
    });
  }

  /** Runs one call of the port; `close` waits until it has settled. */
  async track<Result>(call: () => Promise<Result>): Promise<Result> {
    if (this.#state === 'closed') throw new StoreError('unavailable', 'the store is closed');
    const pending = call();
    this.#pending.add(pending);
    try {
      return await pending;
    } finally {
      this.#pending.delete(pending);
    }
  }

  /**
   * Sends the same request until its outcome is known or the attempts are used up.
   * @throws StoreError
   */
  async sendWithRetries<Output>(send: (abortSignal: AbortSignal) => Promise<Output>): Promise<Output> {
    try {
      return await this.#retries.execute(() => send(AbortSignal.timeout(this.#attemptTimeoutMs)));
    } catch (thrown) {
      throw toStoreError(thrown);
    }
  }

  async close(): Promise<void> {
    this.#state = 'closed';
    await Promise.allSettled(this.#pending);
    this.client.destroy();
  }
}
