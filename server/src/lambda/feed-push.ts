import { type ApiGatewayOptions, apiGatewaySockets } from '../api/feed/remote/api-gateway-sockets.ts';
import { EventPusher, type PushLimits } from '../api/feed/remote/event-pusher.ts';
import type { RemoteSockets } from '../api/feed/remote/remote-sockets.ts';
import { Sessions } from '../auth/sessions/sessions.ts';
import type { CoreServices } from '../execution/services.ts';
import { Cursors } from '../pagination/cursors.ts';
import type { StoreSecrets } from '../storage/store-secrets.ts';
import { type Log, logSubscription } from '../telemetry/log.ts';
import { RemoteSubscriptions } from '../usecases/events/remote-subscriptions.ts';

/** `endpoint` is the callback URL of the WebSocket API's stage. */
export interface FeedPushOptions extends ApiGatewayOptions {
  readonly services: CoreServices;
  readonly storeSecrets: Pick<StoreSecrets, 'keyRing' | 'refresh'>;
  readonly log: Log;
  readonly limits?: PushLimits;
}

export interface FeedPush {
  readonly sockets: RemoteSockets;
  readonly subscriptions: RemoteSubscriptions;
  readonly pusher: EventPusher;
  /**
   * Brings all subscriptions to a loan up to date. Call it after each commit; one call covers several on the same loan.
   * @throws where it has to be called again
   */
  readonly pushToSubscribers: EventPusher['pushToSubscribers'];
}

/** Sends the events of loans through API Gateway, from an open store. */
export function feedPush(options: FeedPushOptions): FeedPush {
  const { services, storeSecrets, log, endpoint, client, limits } = options;
  const { store, clock, random } = services;
  const sockets = apiGatewaySockets({ endpoint, ...(client && { client }) });
  const subscriptions = new RemoteSubscriptions(services);
  const pusher = new EventPusher({
    store,
    subscriptions,
    sockets,
    sessions: new Sessions(services, storeSecrets.keyRing('sessions')),
    clock,
    random,
    cursors: new Cursors(storeSecrets.keyRing('cursors')),
    onEnded: (ended) => logSubscription(log, ended),
    ...(limits && { limits }),
  });
  return { sockets, subscriptions, pusher, pushToSubscribers: (loanId) => pusher.pushToSubscribers(loanId) };
}
