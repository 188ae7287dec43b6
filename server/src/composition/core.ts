import { Changes } from '../events/change-notifier.ts';
import { Turns } from '../execution/keyed-mutex.ts';
import type { Groundwork } from '../execution/services.ts';
import { Hints } from '../execution/view-cache.ts';
import { type MailLinks, mailLinks } from '../mail/action-links.ts';
import type { Store } from '../storage/store.ts';
import { type Installation, openInstallation } from '../storage/store-secrets.ts';
import type { Log } from '../telemetry/log.ts';
import { makeIds } from './create-ids.ts';

/** Requests that may be under way or wait for their turn; further ones are refused with 503. */
const WAITING_MAX = 4096;

/** What stands on an open store before anybody asks for anything. */
export interface Ground {
  readonly installation: Installation;
  readonly services: Groundwork;
  /** The links of a mail, where they lead to a place that is known by now. */
  mailLinksAt(publicUrl: string): MailLinks;
}

export interface GroundOptions {
  readonly store: Store;
  readonly log: Log;
  /** Epoch milliseconds. */
  readonly clock?: () => number;
  readonly random?: () => number;
  readonly waitingMax?: number;
  /** Whether commands may be proposed from what the process remembers. */
  readonly usesHints?: boolean;
}

export async function openGround(options: GroundOptions): Promise<Ground> {
  const { store, log, clock = Date.now, random = Math.random, waitingMax = WAITING_MAX, usesHints = false } = options;
  const installation = await openInstallation(store);
  const services: Groundwork = {
    store,
    turns: new Turns(waitingMax),
    hints: usesHints ? new Hints() : undefined,
    changes: new Changes((err) => log.error({ err }, 'a watcher failed')),
    ids: makeIds(installation),
    clock,
    random,
  };
  const mailLinksAt = (publicUrl: string) => mailLinks({ publicUrl, key: installation.keyFor('mail links') });
  return { installation, services, mailLinksAt };
}
