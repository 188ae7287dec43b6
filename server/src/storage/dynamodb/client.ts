import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { ExponentialBackoff, fullJitterGenerator, handleWhen, type RetryPolicy, retry } from 'cockatiel';
import { StoreError } from '../store.ts';
import { isOutcomeUnknown, toStoreError } from './error-classification.ts';

/** A try gets so long; DynamoDB answers in a few milliseconds. */
const TRY_MS_MAX = 1500;
/** With the first one. */
const TRIES_MAX = 3;
const CONNECT_MS_MAX = 1000;
const BACKOFF = { initialDelay: 20, maxDelay: 200, generator: fullJitterGenerator };
const SOCKETS_MAX = 128;

export interface ConnectionOptions {
  /** Where and as whom; what is left out the SDK finds by its own variables. */
  readonly client?: DynamoDBClientConfig | undefined;
  readonly attemptTimeoutMs?: number | undefined;
}

type Send<Output> = (signal: AbortSignal) => Promise<Output>;

/** The client, and how often and how long a request is tried. */
export class Connection {
  readonly client: DynamoDBClient;
  readonly #attemptTimeoutMs: number;
  readonly #retries: RetryPolicy = retry(handleWhen(isOutcomeUnknown), {
    maxAttempts: TRIES_MAX - 1,
    backoff: new ExponentialBackoff(BACKOFF),
  });
  readonly #pending = new Set<Promise<unknown>>();
  #state: 'open' | 'closed' = 'open';

  constructor({ client, attemptTimeoutMs = TRY_MS_MAX }: ConnectionOptions) {
    this.#attemptTimeoutMs = attemptTimeoutMs;
    this.client = new DynamoDBClient({
      ...client,
      maxAttempts: 1, // ours are counted, and repeat a commit under its own token
      requestHandler: {
        connectionTimeout: CONNECT_MS_MAX,
        httpAgent: { maxSockets: SOCKETS_MAX },
        httpsAgent: { maxSockets: SOCKETS_MAX },
      },
    });
  }

  /** Takes in one call of the port, whose requests are then carried out even if the store is closed meanwhile. */
  async track<Result>(call: () => Promise<Result>): Promise<Result> {
    if (this.#state === 'closed') throw new StoreError('unavailable', 'the store is closed');
    const done = call();
    this.#pending.add(done);
    try {
      return await done;
    } finally {
      this.#pending.delete(done);
    }
  }

  /**
   * Sends the same request until its outcome is known, or its tries are used up.
   * @throws StoreError
   */
  async sendWithRetries<Output>(send: Send<Output>): Promise<Output> {
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
