import { type HttpServer, listen } from '../api/http/http-server.ts';
import { type App, createApp } from '../composition/app.ts';
import { openBackground, startBackground } from '../composition/background.ts';
import { openStore } from '../composition/open-store.ts';
import { type Config, ConfigError } from '../config/config.ts';
import { instrumented } from '../storage/instrumented-store.ts';
import { logAvailability, makeLog } from '../telemetry/log.ts';
import { PrometheusMetrics } from '../telemetry/prometheus.ts';
import { demoCommand } from './demo-loan.ts';
import { openWebSocketEndpoints, type RealTime } from './websockets.ts';

export interface RunningServer {
  readonly url: string;
  readonly app: App;
  /** A line to paste that adds three lenders to the demo loan; undefined where there is no such loan. */
  readonly demo: string | undefined;
  /** Finishes what was accepted, then closes the store. */
  close(): Promise<void>;
}

/** Opens the store, puts the program on it, and listens. */
export async function serve(config: Config): Promise<RunningServer> {
  const log = makeLog();
  const metrics = new PrometheusMetrics();
  const opened = await openStore(config.store, {
    checkAfterUncleanStop: true,
    progress: (line) => log.warn(line),
    onUnavailable: logAvailability(log),
    onDeath(cause) {
      // What was answered is durable, so ending is safe, and whoever watches over the program starts it anew.
      log.fatal({ err: cause }, 'the store can not be written any more');
      process.exit(1);
    },
  });
  const store = instrumented(opened, (verb) => metrics.storeCalled(verb));
  let realTime: RealTime | undefined;
  let server: HttpServer | undefined;
  let endBackground = async (): Promise<void> => {};
  const close = async (): Promise<void> => {
    await Promise.all([realTime?.close(), server?.close()]);
    await endBackground();
    await store.close();
  };
  try {
    const app = await createApp({ config, store, log, metrics });
    realTime = openWebSocketEndpoints(app, config, log);
    server = await listenAt(app, config, realTime);
    const { url } = server;
    const options = { ground: app, mail: config.mail, limits: config, url, log, metrics };
    const background = await openBackground(options);
    const endRounds = startBackground(background, options);
    endBackground = async () => {
      await Promise.all([endRounds(), background.close()]);
    };
    const demo = await demoCommand(app, url);
    return {
      ...{ url, app, demo },
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

async function listenAt(app: App, { host, port }: Config, { upgrades }: RealTime): Promise<HttpServer> {
  try {
    return await listen(app.fetch, { host, port, ids: app.services.ids, upgrades });
  } catch (cause) {
    const isTaken = cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE';
    const reason = cause instanceof Error ? cause.message : String(cause);
    const mend = isTaken ? 'another program listens there. Stop it, or choose another PORT (0 for any that is free)' : reason;
    throw new ConfigError([`HOST ${host} and PORT ${port} can't be served on: ${mend}`]);
  }
}
