import { type ApiGatewayOptions, apiGatewaySockets } from '../api/feed/remote/api-gateway-sockets.ts';
import { Pusher, type PushLimits } from '../api/feed/remote/event-pusher.ts';
import type { Sockets } from '../api/feed/remote/remote-sockets.ts';
import type { Ids, LoanId } from '../domain/ids.ts';
import { Watchers } from '../events/remote-subscriptions.ts';
import { Cursors } from '../pagination/cursors.ts';
import type { Store } from '../storage/store.ts';
import type { Installation } from '../storage/store-secrets.ts';
import { type Log, logSubscription } from '../telemetry/log.ts';

export interface FeedPushOptions extends Pick<ApiGatewayOptions, 'client'> {
  readonly store: Pick<Store, 'commit' | 'getEach' | 'list'>;
  readonly installation: Pick<Installation, 'keyFor'>;
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
  readonly watchers: Watchers;
  readonly pusher: Pusher;
  /**
   * Brings all who watch a loan up to date with it. To be called after each commit; one call does for several on the same loan.
   * @throws where it has to be called again
   */
  pushTo(loanId: LoanId): Promise<void>;
}

/** What sends the events of loans through API Gateway, on an open store. */
export function feedPush(options: FeedPushOptions): FeedPush {
  const { store, installation, ids, log, endpoint, client, limits, clock = Date.now, random = Math.random } = options;
  const sockets = apiGatewaySockets({ endpoint, ...(client && { client }) });
  const watchers = new Watchers(store, ids);
  const pusher = new Pusher({
    ...{ store, watchers, sockets, clock, random },
    cursors: new Cursors(installation.keyFor('cursors')),
    onEnded: (ended) => logSubscription(log, ended),
    ...(limits && { limits }),
  });
  return { sockets, watchers, pusher, pushTo: (loanId) => pusher.pushTo(loanId) };
}
