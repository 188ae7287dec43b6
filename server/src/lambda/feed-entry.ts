import { apiGatewaySockets } from '../api/feed/remote/api-gateway-sockets.ts';
import { createApp } from '../composition/app.ts';
import { readFeedEndpoint, readFunctionConfig, readXRayHeader } from '../config/config.ts';
import { embeddedMetrics } from '../telemetry/emf.ts';
import { buildOnTable, functionLog } from './environment.ts';
import { type FeedWork, lambdaFeed } from './feed-handler.ts';
import { feedPush } from './feed-push.ts';

/* The entry of the feed on AWS Lambda. */

const log = functionLog();
const metrics = embeddedMetrics(Date.now);
const endpoint = readFeedEndpoint();

async function open(): Promise<FeedWork> {
  const config = readFunctionConfig();
  return buildOnTable(config.table, log, async (store) => {
    const { storeSecrets, services } = await createApp({ config, store, log, metrics });
    return { services, storeSecrets, ...feedPush({ services, storeSecrets, log, endpoint }) };
  });
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
