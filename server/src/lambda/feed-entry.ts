import { apiGatewaySockets } from '../api/feed/remote/api-gateway-sockets.ts';
import { createApp } from '../composition/app.ts';
import { readFeedEndpoint, readFunctionConfig, readXRayHeader } from '../config/config.ts';
import { withBreaker } from '../storage/circuit-breaker.ts';
import { openDynamoDb } from '../storage/dynamodb/dynamodb-store.ts';
import { embeddedMetrics } from '../telemetry/emf.ts';
import { logAvailability, makeLog } from '../telemetry/log.ts';
import { lambdaFeed, type OpenFeed } from './feed-handler.ts';
import { feedPush } from './feed-push.ts';

/* The entry of the feed on AWS Lambda. */

// Written at once, and metrics with it: see lambda.ts.
const log = makeLog({ write: (line) => void process.stdout.write(line) });
const metrics = embeddedMetrics(Date.now);
const endpoint = readFeedEndpoint();

async function open(): Promise<OpenFeed> {
  const config = readFunctionConfig();
  const store = withBreaker(openDynamoDb(config.table), { onChange: logAvailability(log) });
  try {
    const { storeSecrets, services } = await createApp({ config, store, log, metrics });
    return { services, ...feedPush({ store, storeSecrets: storeSecrets, ids: services.ids, log, endpoint }) };
  } catch (fault) {
    await store.close();
    throw fault;
  }
}

const { handler, opened } = lambdaFeed({
  ...{ open, log, metrics, xRayHeader: readXRayHeader },
  sockets: apiGatewaySockets({ endpoint }),
});

// Before the first message the process may stand still for hours, and an open question would go stale.
await opened;

export { handler };
