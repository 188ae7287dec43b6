import { type App, createApp } from '../app.ts';
import { type Config, ConfigError } from '../config.ts';
import { listen } from '../doors/http/http-server.ts';
import { makeLog } from '../telemetry/log.ts';
import { demoCommand } from './demo.ts';
import { openStore } from './open-store.ts';

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
  const store = openStore(config.store, { checkAfterUncleanStop: true, progress: (line) => log.warn(line) });
  try {
    const app = await createApp({ config, store, log });
    const { host, port } = config;
    const server = await listen(app.fetch, { host, port, ids: app.services.ids }).catch((cause: Error) => {
      throw new ConfigError([`HOST ${host} and PORT ${port} can't be served on: ${cause.message}`]);
    });
    return {
      url: server.url,
      app,
      demo: await demoCommand(app, server.url),
      async close() {
        app.stop();
        await server.close();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}
