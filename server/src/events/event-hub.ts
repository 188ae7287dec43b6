import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { EventBatch } from '../domain/event-batch.ts';
import type { LoanId } from '../domain/ids.ts';
import { eventBatchesOf } from '../storage/keys.ts';
import { type Store, StoreError } from '../storage/store.ts';
import type { ChangeNotifier } from './change-notifier.ts';

/** Chapters read at once. */
const PAGE = 50;
/** Of a few kB each, for all loans together; what is forgotten is read again. */
const CHAPTERS_KEPT_MAX = 2048;
/** Seats whose turn it is before others get on with their work. */
const WOKEN_AT_ONCE = 32;
/** How often a page is read that the store does not give, and how long at most it waits in between. */
const ATTEMPTS_MAX = 4;
const PAUSE_MS_MAX = 500;

/** A place in the audience of one loan. */
export interface HubSubscription {
  /** The loan was seen to stand at a version. */
  sawVersion(version: number): void;
  /** The chapters behind a version: at least one, in order and without gaps; waits for the next. Empty once the seat is left. */
  behind(version: number): Promise<readonly EventBatch[]>;
  leave(): void;
}

/**
 * Lets many follow the history of a loan while each chapter is read once: whoever asks for the same page shares one read,
 * and the latest chapters are kept. Everybody reads at their own pace, so nothing queues up for who is slow.
 */
export class LoanEventHub {
  readonly #channels = new Map<LoanId, Channel>();
  readonly #kept = new LRUCache<string, EventBatch>({ max: CHAPTERS_KEPT_MAX });
  readonly #store: Pick<Store, 'list'>;
  readonly #changes: ChangeNotifier;
  readonly #random: () => number;

  constructor(store: Pick<Store, 'list'>, changes: ChangeNotifier, random: () => number) {
    this.#store = store;
    this.#changes = changes;
    this.#random = random;
  }

  /** Takes a seat before the loan is looked at, so that no change after the look is missed. */
  join(loanId: LoanId): HubSubscription {
    const channel = this.#channels.get(loanId) ?? new Channel((behind) => this.#page(loanId, behind));
    if (channel.isEmpty) {
      this.#channels.set(loanId, channel);
      channel.unwatch = this.#changes.watch(loanId, (version) => channel.sawVersion(version));
    }
    return channel.seat(() => {
      channel.unwatch();
      this.#channels.delete(loanId);
    });
  }

  async #page(loanId: LoanId, behind: number): Promise<readonly EventBatch[]> {
    const kept: EventBatch[] = [];
    for (let version = behind + 1; kept.length < PAGE; version += 1) {
      const batch = this.#kept.get(`${loanId}.${version}`);
      if (!batch) break;
      kept.push(batch);
    }
    if (kept.length > 0) return kept;
    const items = await this.#read(loanId, behind);
    const batches = items.map(({ data }) => data);
    if (batches[0]?.version !== behind + 1) throw new TypeError(`the history of a loan has a gap behind version ${behind}`);
    for (const batch of batches) this.#kept.set(`${loanId}.${batch.version}`, batch);
    return batches;
  }

  /** A change wakes everybody at once: that the store is short of breath just then is no reason to send them all away. */
  async #read(loanId: LoanId, behind: number) {
    await turn(); // whoever catches up over a long history lets others get on with their work after each page
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#store.list(eventBatchesOf(loanId, behind, PAGE));
      } catch (thrown) {
        if (!(thrown instanceof StoreError) || attempt === ATTEMPTS_MAX) throw thrown;
      }
      await pause(this.#random() * PAUSE_MS_MAX);
    }
  }
}

type ReadPage = (behind: number) => Promise<readonly EventBatch[]>;

/** One loan's audience. */
class Channel {
  unwatch: () => void = nothing;
  readonly #pages = new Map<number, Promise<readonly EventBatch[]>>();
  readonly #read: ReadPage;
  /** Who waits for a version that is not there yet. */
  readonly #waiting = new Set<() => void>();
  #seats = 0;
  /** A version that the loan has come to: chapters up to it are in the store. */
  #reached = 0;

  constructor(read: ReadPage) {
    this.#read = read;
  }

  get isEmpty(): boolean {
    return this.#seats === 0;
  }

  sawVersion(version: number): void {
    if (version <= this.#reached) return;
    this.#reached = version;
    wakeInTurns([...this.#waiting]);
    this.#waiting.clear();
  }

  seat(onEmpty: () => void): HubSubscription {
    let isTaken = true;
    let wake = nothing;
    this.#seats += 1;
    return {
      sawVersion: (version) => this.sawVersion(version),
      behind: async (version) => {
        while (isTaken) {
          if (version < this.#reached) return this.#shared(version);
          await new Promise<void>((resolve) => {
            wake = resolve;
            this.#waiting.add(resolve);
          });
        }
        return [];
      },
      leave: () => {
        if (!isTaken) return;
        isTaken = false;
        this.#waiting.delete(wake);
        wake();
        this.#seats -= 1;
        if (this.isEmpty) onEmpty();
      },
    };
  }

  #shared(behind: number): Promise<readonly EventBatch[]> {
    const page = this.#pages.get(behind) ?? this.#read(behind).finally(() => this.#pages.delete(behind));
    this.#pages.set(behind, page);
    return page;
  }
}

/** Some at a time, behind whatever else is to be done: neither the request that changed the loan nor another waits for the audience. */
function wakeInTurns(waiting: readonly (() => void)[]): void {
  if (waiting.length === 0) return;
  setImmediate(() => {
    for (const wake of waiting.slice(0, WOKEN_AT_ONCE)) wake();
    wakeInTurns(waiting.slice(WOKEN_AT_ONCE));
  });
}

function nothing(): void {}
