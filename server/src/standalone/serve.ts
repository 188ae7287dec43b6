import { type HttpServer, listen } from '../api/http/http-server.ts';
import { type App, createApp } from '../composition/app.ts';
import { startBackground } from '../composition/background.ts';
import { openStore } from '../composition/open-store.ts';
import { type Config, ConfigError } from '../config/config.ts';
import { instrumented } from '../storage/instrumented-store.ts';
import { logAvailability, makeLog } from '../telemetry/log.ts';
import { PrometheusMetrics } from '../telemetry/prometheus.ts';
import { demoCommand } from './demo-loan.ts';
import { openWebSocketEndpoints, type WebSocketEndpoints } from './websockets.ts';

export interface RunningServer {
  readonly url: string;
  readonly app: App;
  /** A curl command that adds three lenders to the demo loan; undefined if there is no demo loan without lenders. */
  readonly demo: string | undefined;
  /** Finishes accepted requests, then closes the store. */
  close(): Promise<void>;
}

/** Opens the store, composes the app on it, and listens. */
export async function serve(config: Config): Promise<RunningServer> {
  const log = makeLog();
  const metrics = new PrometheusMetrics();
  const opened = await openStore(config.store, {
    checkAfterUncleanStop: true,
    progress: (line) => log.warn(line),
    onUnavailable: logAvailability(log),
    onDeath(cause) {
      // Safe, since every acknowledged write is durable. The process supervisor restarts the server.
      log.fatal({ err: cause }, 'store writer failed');
      process.exit(1);
    },
  });
  const store = instrumented(opened, (verb) => metrics.storeCalled(verb));
  let webSockets: WebSocketEndpoints | undefined;
  let server: HttpServer | undefined;
  let stopBackground = async (): Promise<void> => {};
  const close = async (): Promise<void> => {
    await Promise.all([webSockets?.close(), server?.close(), stopBackground()]);
    await store.close();
  };
  try {
    const app = await createApp({ config, store, log, metrics });
    webSockets = openWebSocketEndpoints(app, config, log);
    server = await listenAt(app, config, webSockets);
    const { url } = server;
    stopBackground = await startBackground({ core: app, mail: config.mail, limits: config, url, log, metrics });
    const demo = await demoCommand(app, url);
    return {
      url,
      app,
      demo,
      async close() {
        app.stop();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function listenAt(app: App, { host, port, trustedHops }: Config, { upgrades }: WebSocketEndpoints): Promise<HttpServer> {
  try {
    return await listen(app.fetch, { host, port, ids: app.services.ids, upgrades, trustedHops });
  } catch (cause) {
    const isTaken = cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE';
    const message = cause instanceof Error ? cause.message : String(cause);
    const reason = isTaken ? 'the address is in use. Stop the other program, or choose another PORT (0 for any free one)' : message;
    throw new ConfigError([`cannot listen on HOST ${host} and PORT ${port}: ${reason}`]);
  }
}
