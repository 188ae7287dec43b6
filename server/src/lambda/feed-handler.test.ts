import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { apiGatewaySockets } from '../api/feed/remote/api-gateway-sockets.ts';
import { StoreError } from '../storage/store.ts';
import { makeLog } from '../telemetry/log.ts';
import { PrometheusMetrics } from '../telemetry/prometheus.ts';
import { connectFeed } from '../testing/api/feed.ts';
import { serveFeedAfar } from '../testing/api/remote-feed.ts';
import { openTestApp, type TestApp } from '../testing/app/test-app.ts';
import { INVOCATION } from '../testing/aws/http-api-events.ts';
import { startWebSocketApi, type WebSocketApi } from '../testing/aws/websocket-api.ts';
import { lambdaFeed } from './feed-handler.ts';

/* The feed's function, where the program can not be opened at first. */

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

describe('a function that can not open the program', () => {
  it('says so, closes, counts it, and tries again with the next message', async () => {
    const { push } = await serveFeedAfar(testApp);
    const { endpoint } = api;
    const client = { region: 'local', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
    const sockets = apiGatewaySockets({ endpoint, client });
    const metrics = new PrometheusMetrics();
    const logged: string[] = [];
    let failures = 2;
    const { handler, opened } = lambdaFeed({
      ...{ sockets, metrics, log: makeLog({ write: (line) => void logged.push(line) }), xRayHeader: () => undefined },
      async open() {
        failures -= 1;
        if (failures >= 0) throw new StoreError('unavailable', 'no database');
        return { services: testApp.app.services, ...push, sockets };
      },
    });
    api.invokes((event) => handler(event, INVOCATION));
    await opened;

    const refused = await connectFeed(api.url);
    const { problem } = await refused.ask({ type: 'ping' });
    expect(problem).toMatchObject({ status: 503, retryable: true, retry_after: 10, request_id: INVOCATION.awsRequestId });
    expect(await refused.closed).toMatchObject({ code: 1001 });
    expect(await metrics.page.text()).toContain('api_errors_total{endpoint="WatchLoan",error_type="DatabaseUnavailable"} 1');
    expect(logged.join()).toContain('the app could not be started');

    const taken = await connectFeed(api.url);
    expect(await taken.ask({ type: 'ping' })).toEqual({ type: 'pong' });
  });
});
