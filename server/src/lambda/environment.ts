import { withBreaker } from '../storage/circuit-breaker.ts';
import { openDynamoDb } from '../storage/dynamodb/dynamodb-store.ts';
import type { Store } from '../storage/store.ts';
import { type Log, logAvailability, makeLog } from '../telemetry/log.ts';

/** A log on standard output, where CloudWatch reads metrics. Synchronous, since the process is frozen after a response. */
export function functionLog(): Log {
  return makeLog({ write: (line) => void process.stdout.write(line) });
}

/** Opens a DynamoDB store and builds on it. Closes the store if that fails. */
export async function buildOnTable<Built>(table: string, log: Log, build: (store: Store) => Promise<Built>): Promise<Built> {
  const store = withBreaker(openDynamoDb(table), { onChange: logAvailability(log) });
  try {
    return await build(store);
  } catch (error) {
    await store.close();
    throw error;
  }
}
