import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { apiGatewaySockets } from '../api/feed/remote/api-gateway-sockets.ts';
import { StoreError } from '../storage/store.ts';
import { makeLog } from '../telemetry/log.ts';
import { PrometheusMetrics } from '../telemetry/prometheus.ts';
import { connectFeed } from '../testing/api/feed.ts';
import { GATEWAY_CLIENT, serveRemoteFeed } from '../testing/api/remote-feed.ts';
import { openTestApp, type TestApp } from '../testing/app/test-app.ts';
import { INVOCATION } from '../testing/aws/http-api-events.ts';
import { startWebSocketApi, type WebSocketApi } from '../testing/aws/websocket-api.ts';
import { lambdaFeed } from './feed-handler.ts';

let testApp: TestApp;
let api: WebSocketApi;

beforeEach(async () => {
  testApp = await openTestApp();
  api = await startWebSocketApi();
});

afterEach(async () => {
  await api.close();
  await testApp.close();
});

describe('lambdaFeed', () => {
  it('sends an error and closes when the app can not be started, counts it, and tries again with the next message', async () => {
    const { push } = await serveRemoteFeed(testApp);
    const sockets = apiGatewaySockets({ endpoint: api.endpoint, client: GATEWAY_CLIENT });
    const metrics = new PrometheusMetrics();
    const logged: string[] = [];
    let failures = 2;
    const { handler, opened } = lambdaFeed({
      sockets,
      metrics,
      log: makeLog({ write: (line) => void logged.push(line) }),
      xRayHeader: () => undefined,
      async open() {
        failures -= 1;
        if (failures >= 0) throw new StoreError('unavailable', 'no database');
        const { services, storeSecrets } = testApp.app;
        return { services, storeSecrets, ...push, sockets };
      },
    });
    api.state.invoke = (event) => handler(event, INVOCATION);
    await opened;

    const rejected = await connectFeed(api.url);
    const { problem } = await rejected.ask({ type: 'ping' });
    expect(problem).toMatchObject({ status: 503, retryable: true, retry_after: 10, request_id: INVOCATION.awsRequestId });
    expect(await rejected.closed).toMatchObject({ code: 1001 });
    expect(await metrics.page.text()).toContain('api_errors_total{endpoint="WatchLoan",error_type="DatabaseUnavailable"} 1');
    expect(logged.join()).toContain('the app could not be started');

    const accepted = await connectFeed(api.url);
    expect(await accepted.ask({ type: 'ping' })).toEqual({ type: 'pong' });
  });
});
