import { onTestFinished } from 'vitest';
import { PUSH_LIMITS, type PushLimits } from '../../api/feed/remote/event-pusher.ts';
import type { LoanId } from '../../domain/ids.ts';
import { lambdaFeed } from '../../lambda/feed-handler.ts';
import { type FeedPush, feedPush } from '../../lambda/feed-push.ts';
import { remoteSubscriptionsOf } from '../../storage/keys.ts';
import type { Store } from '../../storage/store.ts';
import { makeLog } from '../../telemetry/log.ts';
import { PrometheusMetrics } from '../../telemetry/prometheus.ts';
import type { TestApp } from '../app/test-app.ts';
import { INVOCATION } from '../aws/http-api-events.ts';
import { startWebSocketApi } from '../aws/websocket-api.ts';
import { connectFeed } from './feed.ts';

/* A lab's feed behind a WebSocket API, whose function runs in this process. */

const CLIENT = { region: 'local', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

interface Settings {
  readonly limits?: Partial<PushLimits>;
  /** Once if left out, as by a stream; more often, all at once; by the test alone where it is 0. */
  readonly pushers?: number;
  readonly store?: Store;
}

export type RemoteFeed = Awaited<ReturnType<typeof serveFeedAfar>>;

/** Closed after the test. */
export async function serveFeedAfar({ app, store: labStore }: TestApp, { limits, pushers = 1, store = labStore }: Settings = {}) {
  const api = await startWebSocketApi();
  const logged: string[] = [];
  const log = makeLog({ write: (line) => void logged.push(line) });
  const openPush = (): FeedPush =>
    feedPush({
      ...{ store, log, storeSecrets: app.storeSecrets, ids: app.services.ids, clock: app.services.clock },
      ...{ endpoint: api.endpoint, client: CLIENT, limits: { ...PUSH_LIMITS, ...limits } },
    });
  const push = openPush();
  const { handler } = lambdaFeed({
    ...{ log, sockets: push.sockets, xRayHeader: () => undefined },
    open: async () => ({ services: app.services, ...push }),
    metrics: new PrometheusMetrics(),
  });
  api.invokes((event) => handler(event, INVOCATION));

  const underWay = new Set<Promise<void>>();
  /** A stream brings the changes of a loan one after the other. */
  let before = Promise.resolve();
  const stop = app.services.changes.watchAll((loanId) => {
    for (let count = 0; count < pushers; count += 1) {
      const turn = pushers === 1 ? before.then(api.idle) : Promise.resolve();
      const pushed: Promise<void> = turn.then(() => openPush().pushToSubscribers(loanId)).finally(() => underWay.delete(pushed));
      before = pushed.catch(() => {});
      underWay.add(pushed);
    }
  });
  const settled = () => Promise.all(underWay);
  onTestFinished(async () => {
    stop();
    await Promise.allSettled(underWay);
    await api.close();
  });
  return {
    api,
    push,
    logged,
    /** Once all that was committed has been pushed. */
    settled,
    /** Where there is one pusher, nothing comes twice: one thing is done after the other. */
    async connect() {
      if (pushers === 1) await before;
      return connectFeed(api.url);
    },
    /** Who is recorded to watch a loan. */
    watchersOf: async (loanId: string) =>
      (await store.list(remoteSubscriptionsOf(loanId as LoanId, undefined, 100))).map(({ data }) => data),
  };
}
