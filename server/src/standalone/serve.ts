import { readConsoleFiles } from '../api/http/console/console-files.ts';
import { type App, createApp } from '../composition/app.ts';
import { startBackground } from '../composition/background.ts';
import { openStore, reportRetry } from '../composition/open-store.ts';
import type { Config } from '../config/config.ts';
import { instrumented } from '../storage/instrumented-store.ts';
import { retryAtStart } from '../storage/retry-at-start.ts';
import type { Store } from '../storage/store.ts';
import { inBatches, type Log, logAvailability, makeLog } from '../telemetry/log.ts';
import { PrometheusMetrics } from '../telemetry/prometheus.ts';
import { findConsoleFolder } from './console-folder.ts';
import { demoCommand } from './demo-loan.ts';
import { openStartupServer } from './startup-server.ts';
import { openWebSocketEndpoints, WEBSOCKET_PATHS, type WebSocketEndpoints } from './websockets.ts';

/** How long a database that fails is tried at start. */
const RETRY_MS = 30_000;

export interface RunningServer {
  readonly url: string;
  readonly app: App;
  /** A curl command that adds three lenders to the demo loan; undefined if there is no demo loan without lenders. */
  readonly demo: string | undefined;
  /** Finishes accepted requests, then closes the store. */
  close(): Promise<void>;
}

/** Listens, opens the store, composes the app on it, and lets requests in. */
export async function serve(config: Config): Promise<RunningServer> {
  const log = makeLog(inBatches(process.stderr));
  const metrics = new PrometheusMetrics();
  const server = await openStartupServer(config, WEBSOCKET_PATHS);
  const { url } = server;
  const progress = (line: string) => {
    log.warn(line);
    server.report(line);
  };
  let store: Store | undefined;
  let webSockets: WebSocketEndpoints | undefined;
  let stopBackground = async (): Promise<void> => {};
  const close = async (): Promise<void> => {
    await Promise.all([webSockets?.close(), server.close(), stopBackground()]);
    await store?.close();
  };
  try {
    const opened = instrumented(await openForServing(config, log, progress), (verb) => metrics.storeCalled(verb));
    store = opened;
    const retry = { forMs: RETRY_MS, onRetry: reportRetry(progress, RETRY_MS) };
    const folder = findConsoleFolder();
    const console = folder === undefined ? undefined : await readConsoleFiles(folder, config.mail.publicUrl);
    if (!console) log.warn('the console is not built, so this server has only the API: run "npm run build"');
    const app = await retryAtStart(() => createApp({ config, store: opened, log, metrics, console, holdsResponses: true }), retry);
    webSockets = openWebSocketEndpoints(app, config, log);
    server.open(app.fetch, webSockets.upgrades);
    const { contacts, sessions, signInMails } = app;
    const { mail, risk } = config;
    const work = { core: app, contacts, sessions, signInMails, mail, risk, limits: config, url, log, metrics };
    stopBackground = await startBackground(work);
    const demo = await demoCommand(app, url).catch((err: unknown) => {
      log.warn({ err }, 'the demo loan can not be offered');
      return undefined;
    });
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

function openForServing(config: Config, log: Log, progress: (line: string) => void): Promise<Store> {
  return openStore(config.store, {
    prepareFile: true,
    progress,
    retryMs: RETRY_MS,
    onUnavailable: logAvailability(log),
    onCheckpointError: (err) => log.warn({ err }, 'moving the log to the database failed; commits do it'),
    onDeath(cause) {
      // Safe, since every acknowledged write is durable. The process supervisor restarts the server.
      log.fatal({ err: cause }, 'store writer failed');
      process.exit(1);
    },
  });
}
