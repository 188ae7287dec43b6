import { type App, createApp } from '../composition/app.ts';
import { findImportQueueUrl, readFunctionConfig, readXRayHeader } from '../config/config.ts';
import { withBreaker } from '../storage/circuit-breaker.ts';
import { openDynamoDb } from '../storage/dynamodb/dynamodb-store.ts';
import { embeddedMetrics } from '../telemetry/emf.ts';
import { logAvailability, makeLog } from '../telemetry/log.ts';
import { lambdaApi } from './api-handler.ts';
import { importQueue } from './import-queue.ts';

/* The entry of the API on AWS Lambda. */

// Written at once: the process stands still as soon as it has answered. CloudWatch reads metrics on standard output only.
const log = makeLog({ write: (line) => void process.stdout.write(line) });
const metrics = embeddedMetrics(Date.now);
const queueUrl = findImportQueueUrl();

async function open(): Promise<App> {
  const config = readFunctionConfig();
  const store = withBreaker(openDynamoDb(config.table), { onChange: logAvailability(log) });
  try {
    return await createApp({ config, store, log, metrics });
  } catch (fault) {
    await store.close();
    throw fault;
  }
}

const { handler, opened } = lambdaApi({
  open,
  queue: queueUrl === undefined ? undefined : importQueue({ url: queueUrl }),
  log,
  metrics,
  xRayHeader: readXRayHeader,
});

// Before the first request the process may stand still for hours, and an open question would go stale.
await opened;

export { handler };
