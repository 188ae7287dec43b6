import type { App } from '../app.ts';
import type { Config } from '../config.ts';
import { openFeed } from '../doors/feed/feed-server.ts';
import type { Upgrades } from '../doors/http/upgrades.ts';
import type { Log } from '../telemetry/log.ts';
import { startLookout } from '../usecases/lookout.ts';

export interface RealTime {
  /** The doors that connections are kept open behind. */
  readonly upgrades: Upgrades;
  /** Sends everybody away, and looks at the store no more. */
  close(): Promise<void>;
}

/** What a server has and a function that runs for one request has not: connections that stay, and a look at what others change. */
export function openRealTime({ services }: App, { trustedHops }: Config, log: Log): RealTime {
  const { store, changes } = services;
  const feed = openFeed({ services, trustedHops, onFault: (err) => log.error({ err }, 'a connection of the feed failed') });
  const lookout = startLookout({
    store,
    changes,
    onOutage: (err) =>
      err ? log.error({ err }, 'the loans that are watched can not be read') : log.info('the loans that are watched can be read'),
  });
  return {
    upgrades: { '/feed': feed.upgrade },
    async close() {
      await Promise.all([feed.close(), lookout.stop()]);
    },
  };
}
