import { FeedConnection } from '../api/feed/connection.ts';
import type { Upgrades } from '../api/http/websocket-upgrade.ts';
import { type Connect, openWebSockets } from '../api/websocket/websocket-server.ts';
import type { App } from '../composition/app.ts';
import { retryableOnce } from '../composition/retryable-once.ts';
import type { Config } from '../config/config.ts';
import { startChangePoller } from '../events/change-poller.ts';
import type { Log } from '../telemetry/log.ts';

const GRAPHQL_PROTOCOL = 'graphql-transport-ws';

export const WEBSOCKET_PATHS = ['/feed', '/graphql'];

export interface WebSocketEndpoints {
  readonly upgrades: Upgrades;
  /** Closes all connections and stops polling the store. */
  close(): Promise<void>;
}

/** Opens `/feed` and `/graphql` for WebSocket connections, and polls the store for changes by other processes. */
export function openWebSocketEndpoints(app: App, { trustedHops, corsOrigins, mail }: Config, log: Log): WebSocketEndpoints {
  const { store, changes, ids } = app.services;
  const onError = (err: unknown) => log.error({ err }, 'WebSocket connection failed');
  const sockets = openWebSockets({ ids, trustedHops, publicUrl: mail.publicUrl, corsOrigins, onError });
  const poller = startChangePoller({
    store,
    changes,
    onOutage: (err) => (err ? log.error({ err }, 'polling for changes failed') : log.info('polling for changes works again')),
  });
  return {
    upgrades: {
      '/feed': sockets.endpoint(
        async () => (socket, peer) => new FeedConnection(socket, peer, { services: app.services, onError }),
      ),
      '/graphql': sockets.endpoint(graphQl(app, log), GRAPHQL_PROTOCOL),
    },
    async close() {
      await Promise.all([sockets.close(), poller.stop()]);
    },
  };
}

/** Loaded with the first connection. */
function graphQl({ services, localIssuer }: App, log: Log): () => Promise<Connect> {
  return retryableOnce(async () => {
    const { openSubscriptions } = await import('../api/graphql/subscription-server.ts');
    return openSubscriptions({
      services,
      allowsIntrospection: localIssuer !== undefined,
      onError: (err, requestId) => log.error({ err, request_id: requestId }, 'GraphQL subscription failed'),
    });
  });
}
