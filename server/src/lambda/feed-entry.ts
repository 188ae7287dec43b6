import { apiGatewaySockets } from '../api/feed/remote/api-gateway-sockets.ts';
import type { RemoteFeedOptions } from '../api/feed/remote/message-handler.ts';
import { createApp } from '../composition/app.ts';
import { readFeedEndpoint, readFunctionConfig, readXRayHeader } from '../config/config.ts';
import { withBreaker } from '../storage/circuit-breaker.ts';
import { openDynamoDb } from '../storage/dynamodb/dynamodb-store.ts';
import { embeddedMetrics } from '../telemetry/emf.ts';
import { logAvailability, makeLog } from '../telemetry/log.ts';
import { lambdaFeed } from './feed-handler.ts';
import { feedPush } from './feed-push.ts';

/* The entry of the feed on AWS Lambda. */

// Written at once, and metrics with it: see api-entry.ts.
const log = makeLog({ write: (line) => void process.stdout.write(line) });
const metrics = embeddedMetrics(Date.now);
const endpoint = readFeedEndpoint();

async function open(): Promise<RemoteFeedOptions> {
  const config = readFunctionConfig();
  const store = withBreaker(openDynamoDb(config.table), { onChange: logAvailability(log) });
  try {
    const { storeSecrets, services } = await createApp({ config, store, log, metrics });
    return { services, ...feedPush({ services, storeSecrets, log, endpoint }) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

const { handler, opened } = lambdaFeed({
  open,
  sockets: apiGatewaySockets({ endpoint }),
  log,
  metrics,
  xRayHeader: readXRayHeader,
});

// The process may be frozen for hours before the first message, which would break off pending calls.
await opened;

export { handler };
