import { onTestFinished } from 'vitest';
import { PUSH_LIMITS, type PushLimits } from '../../api/feed/remote/event-pusher.ts';
import type { LoanId } from '../../domain/ids.ts';
import { lambdaFeed } from '../../lambda/feed-handler.ts';
import { feedPush } from '../../lambda/feed-push.ts';
import { makeLog } from '../../telemetry/log.ts';
import { PrometheusMetrics } from '../../telemetry/prometheus.ts';
import type { TestApp } from '../app/test-app.ts';
import { INVOCATION } from '../aws/http-api-events.ts';
import { startWebSocketApi } from '../aws/websocket-api.ts';
import { connectFeed } from './feed.ts';

/** Credentials for an API Gateway that runs in the test. */
export const GATEWAY_CLIENT = { region: 'local', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

export type RemoteFeed = Awaited<ReturnType<typeof serveRemoteFeed>>;

/**
 * A test app's feed behind a WebSocket API, whose function runs in this process. Closed after the test.
 * @param pushers for each change: one runs after another like a stream's, several at once; 0 for none
 */
export async function serveRemoteFeed(
  { app }: TestApp,
  { limits, pushers = 1 }: { limits?: Partial<PushLimits>; pushers?: number } = {},
) {
  const { services, storeSecrets } = app;
  const { changes } = services;
  const api = await startWebSocketApi();
  const logged: string[] = [];
  const log = makeLog({ write: (line) => void logged.push(line) });
  const gateway = { endpoint: api.endpoint, client: GATEWAY_CLIENT };
  const createPush = () => feedPush({ services, log, storeSecrets, ...gateway, limits: { ...PUSH_LIMITS, ...limits } });
  const push = createPush();
  const open = async () => ({ services, storeSecrets, ...push });
  const metrics = new PrometheusMetrics();
  const { handler } = lambdaFeed({ open, sockets: push.sockets, log, metrics, xRayHeader: () => undefined });
  api.state.invoke = (event) => handler(event, INVOCATION);

  const pushes: Promise<void>[] = [];
  const stop = changes.watchAll((loanId) => {
    for (let count = 0; count < pushers; count += 1) {
      const ready = pushers === 1 ? Promise.allSettled(pushes).then(api.idle) : Promise.resolve();
      const pushed = ready.then(() => createPush().pushToSubscribers(loanId));
      pushed.catch(() => {}); // or it would count as unhandled until `settled`
      pushes.push(pushed);
    }
  });
  onTestFinished(async () => {
    stop();
    await Promise.allSettled(pushes);
    await api.close();
  });
  return {
    api,
    push,
    logged,
    /** Resolves once all that was committed has been pushed. */
    settled: () => Promise.all(pushes),
    /** With one pusher, waits for earlier pushes, so that no event comes twice. */
    async connect() {
      if (pushers === 1) await Promise.allSettled(pushes);
      return connectFeed(api.url);
    },
    /** The stored subscriptions to a loan. */
    async subscriptionsTo(loanId: string) {
      const found = [];
      for await (const { data } of push.subscriptions.of(loanId as LoanId)) found.push(data);
      return found;
    },
  };
}
