import { withBreaker } from '../storage/circuit-breaker.ts';
import { openDynamoDb } from '../storage/dynamodb/dynamodb-store.ts';
import { retryAtStart } from '../storage/retry-at-start.ts';
import type { Store, StoreError } from '../storage/store.ts';
import { type Log, logAvailability, makeLog } from '../telemetry/log.ts';

/** A log on standard output, where CloudWatch reads metrics. Synchronous, since the process is frozen after a response. */
export function functionLog(): Log {
  return makeLog({ write: (line) => void process.stdout.write(line) });
}

/** Well below the ten seconds that Lambda gives a cold start. */
const RETRY_MS = 3000;

/**
 * Opens a DynamoDB store and builds on it, again while the database fails for a moment. Closes the store if that fails.
 * @param forMs how long it is tried; only a function that opens it after its cold start may need longer
 */
export async function buildOnTable<Built>(
  table: string,
  log: Log,
  build: (store: Store) => Promise<Built>,
  forMs = RETRY_MS,
): Promise<Built> {
  const store = withBreaker(openDynamoDb(table), { onChange: logAvailability(log) });
  try {
    const onRetry = (err: StoreError) => log.warn({ err }, 'the database fails at start, trying again');
    return await retryAtStart(() => build(store), { forMs, onRetry });
  } catch (error) {
    await store.close();
    throw error;
  }
}
