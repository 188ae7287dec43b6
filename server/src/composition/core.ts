import { ChangeNotifier } from '../events/change-notifier.ts';
import { KeyedMutex } from '../execution/keyed-mutex.ts';
import type { CoreServices } from '../execution/services.ts';
import { ViewCache } from '../execution/view-cache.ts';
import { type MailLinks, mailLinks } from '../mail/action-links.ts';
import type { Store } from '../storage/store.ts';
import { loadStoreSecrets, type StoreSecrets } from '../storage/store-secrets.ts';
import type { Log } from '../telemetry/log.ts';
import { createIds } from './create-ids.ts';

/** Commands that may run or wait for a lock; further ones get 503. */
const WAITING_MAX = 4096;
/** The part of these that one user may have. */
const WAITING_PER_USER_MAX = 1024;

/** What both the app and the background work need on an open store. */
export interface Core {
  readonly storeSecrets: StoreSecrets;
  readonly services: CoreServices;
  mailLinksAt(publicUrl: string): MailLinks;
}

export interface CoreOptions {
  readonly store: Store;
  readonly log: Log;
  /** Epoch milliseconds. */
  readonly clock?: () => number;
  readonly random?: () => number;
  readonly waitingMax?: number;
  /** How long a command, from its arrival, may wait for other processes that hold the database. */
  readonly lockWaitMs?: number | undefined;
  /** Whether commands may be decided from cached views, which the commit then verifies. */
  readonly usesViewCache?: boolean;
}

export async function createCore(options: CoreOptions): Promise<Core> {
  const {
    store,
    log,
    clock = Date.now,
    random = Math.random,
    waitingMax = WAITING_MAX,
    usesViewCache = false,
    lockWaitMs,
  } = options;
  const storeSecrets = await loadStoreSecrets(store, clock);
  const services: CoreServices = {
    store,
    mutex: new KeyedMutex(waitingMax, { perUserMax: WAITING_PER_USER_MAX, lockWaitMs }),
    viewCache: usesViewCache ? new ViewCache() : undefined,
    changes: new ChangeNotifier((err) => log.error({ err }, 'change listener failed')),
    ids: createIds(storeSecrets),
    clock,
    random,
  };
  const mailLinksAt = (publicUrl: string) => mailLinks({ publicUrl, keys: storeSecrets.keyRing('links') });
  return { storeSecrets, services, mailLinksAt };
}
