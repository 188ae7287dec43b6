import { FeedConnection } from '../api/feed/connection.ts';
import type { Upgrades } from '../api/http/websocket-upgrade.ts';
import { type Connect, openWebSockets } from '../api/websocket/websocket-server.ts';
import type { App } from '../composition/app.ts';
import type { Config } from '../config/config.ts';
import { startChangePoller } from '../events/change-poller.ts';
import type { Log } from '../telemetry/log.ts';

/** The subprotocol of graphql-ws. */
const GRAPHQL_PROTOCOL = 'graphql-transport-ws';

export interface RealTime {
  /** The doors that connections are kept open behind. */
  readonly upgrades: Upgrades;
  /** Sends everybody away, and looks at the store no more. */
  close(): Promise<void>;
}

/** What a server has and a function that runs for one request has not: connections that stay, and a look at what others change. */
export function openWebSocketEndpoints(app: App, { trustedHops }: Config, log: Log): RealTime {
  const { store, changes, ids } = app.services;
  const onError = (err: unknown) => log.error({ err }, 'a connection failed');
  const sockets = openWebSockets({ ids, trustedHops, onError });
  const lookout = startChangePoller({
    store,
    changes,
    onOutage: (err) =>
      err ? log.error({ err }, 'the loans that are watched can not be read') : log.info('the loans that are watched can be read'),
  });
  const ground = { services: app.services, onError };
  return {
    upgrades: {
      '/feed': sockets.endpoint(async () => (socket, peer) => new FeedConnection(socket, peer, ground)),
      '/graphql': sockets.endpoint(graphQl(app, log), GRAPHQL_PROTOCOL),
    },
    async close() {
      await Promise.all([sockets.close(), lookout.stop()]);
    },
  };
}

/** Loaded and made for its first connection. */
function graphQl({ services, localIssuer }: App, log: Log): () => Promise<Connect> {
  let connect: Promise<Connect> | undefined;
  return () => {
    connect ??= import('../api/graphql/subscription-server.ts').then(({ openSubscriptions }) =>
      openSubscriptions({
        services,
        allowsIntrospection: localIssuer !== undefined,
        onError: (err, requestId) => log.error({ err, request_id: requestId }, 'a subscription failed'),
      }),
    );
    return connect;
  };
}
