import { type ApiGatewayOptions, apiGatewaySockets } from '../api/feed/remote/api-gateway-sockets.ts';
import { EventPusher, type PushLimits } from '../api/feed/remote/event-pusher.ts';
import type { Sockets } from '../api/feed/remote/remote-sockets.ts';
import type { Ids, LoanId } from '../domain/ids.ts';
import { RemoteSubscriptions } from '../events/remote-subscriptions.ts';
import { Cursors } from '../pagination/cursors.ts';
import type { Store } from '../storage/store.ts';
import type { StoreSecrets } from '../storage/store-secrets.ts';
import { type Log, logSubscription } from '../telemetry/log.ts';

export interface FeedPushOptions extends Pick<ApiGatewayOptions, 'client'> {
  readonly store: Pick<Store, 'commit' | 'batchGet' | 'list'>;
  readonly storeSecrets: Pick<StoreSecrets, 'deriveKey'>;
  readonly ids: Pick<Ids, 'command'>;
  readonly log: Log;
  /** Where the connections are: the callback URL of the WebSocket API's stage. */
  readonly endpoint: string;
  /** Epoch milliseconds. */
  readonly clock?: () => number;
  readonly random?: () => number;
  readonly limits?: PushLimits;
}

export interface FeedPush {
  readonly sockets: Sockets;
  readonly watchers: RemoteSubscriptions;
  readonly pusher: EventPusher;
  /**
   * Brings all who watch a loan up to date with it. To be called after each commit; one call does for several on the same loan.
   * @throws where it has to be called again
   */
  pushToSubscribers(loanId: LoanId): Promise<void>;
}

/** What sends the events of loans through API Gateway, on an open store. */
export function feedPush(options: FeedPushOptions): FeedPush {
  const { store, storeSecrets, ids, log, endpoint, client, limits, clock = Date.now, random = Math.random } = options;
  const sockets = apiGatewaySockets({ endpoint, ...(client && { client }) });
  const watchers = new RemoteSubscriptions(store, ids);
  const pusher = new EventPusher({
    ...{ store, watchers, sockets, clock, random },
    cursors: new Cursors(storeSecrets.deriveKey('cursors')),
    onEnded: (ended) => logSubscription(log, ended),
    ...(limits && { limits }),
  });
  return { sockets, watchers, pusher, pushToSubscribers: (loanId) => pusher.pushToSubscribers(loanId) };
}
