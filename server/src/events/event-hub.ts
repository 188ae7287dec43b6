import { LRUCache } from 'lru-cache';
import { conflict, type DomainError } from '../domain/errors.ts';
import type { EventBatch } from '../domain/event-batch.ts';
import type { LoanId, UserId } from '../domain/ids.ts';
import { KeyedLimit } from '../domain/limits/keyed-limit.ts';
import { type EventLoopBudget, UNITS_PER_ITERATION } from '../pagination/event-loop-budget.ts';
import { waitWithFullJitter } from '../storage/full-jitter.ts';
import { type Store, StoreError } from '../storage/store.ts';
import type { ChangeNotifier } from './change-notifier.ts';
import { EVENT_PAGE_SIZE, type ReadEventPage, readEventPage } from './event-pages.ts';

/** For all loans together, of about a kB each. A batch has at least one. */
const CACHED_EVENTS_MAX = 20_000;
/**
 * Open subscriptions of one user, over all their connections to this process.
 * @internal exported for tests
 */
export const SUBSCRIPTIONS_PER_USER_MAX = 200;
/** Subscriptions that are woken before the event loop gets to other work. */
const WAKE_BATCH_SIZE = 32;
const READ_ATTEMPTS_MAX = 4;
const RETRY_PAUSE_MS_MAX = 500;

/** A subscription to the event batches of one loan. */
export interface HubSubscription {
  /** Reports a version that the loan has reached. */
  noteVersion(version: number): void;
  /** The event batches after a version, at least one, in order and without gaps; waits for the next. Empty once closed. */
  batchesAfter(version: number): Promise<readonly EventBatch[]>;
  close(): void;
}

export interface EventHubOptions {
  readonly store: Pick<Store, 'list'>;
  readonly changes: ChangeNotifier;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly budget: EventLoopBudget;
}

export interface HubSubscriber {
  readonly userId: UserId;
  /** Whether the subscriber closes an earlier subscription of theirs for this one, once it is open. */
  readonly isReplacement?: boolean;
}

/**
 * Lets many subscriptions follow the history of a loan while each event batch is read once: concurrent reads of a page are
 * shared, and the latest batches are cached. Each subscription reads at its own pace, so nothing queues up for a slow one.
 */
export class LoanEventHub {
  readonly #channels = new Map<LoanId, Channel>();
  readonly #cache = new LRUCache<string, EventBatch>({
    maxSize: CACHED_EVENTS_MAX,
    sizeCalculation: ({ events }) => Math.max(1, events.length),
  });
  readonly #byUser = new KeyedLimit<UserId>(SUBSCRIPTIONS_PER_USER_MAX);
  readonly #options: EventHubOptions;

  constructor(options: EventHubOptions) {
    this.#options = options;
  }

  /**
   * Subscribe before reading the loan, so that no change after the read is missed.
   * @throws DomainError `CONFLICT` where the user has too many subscriptions
   */
  subscribe(loanId: LoanId, { userId, isReplacement = false }: HubSubscriber): HubSubscription {
    if (this.#byUser.held(userId) >= this.#byUser.max + (isReplacement ? 1 : 0)) throw tooManyOfUser();
    return (this.#channels.get(loanId) ?? this.#openChannel(loanId)).subscribe(this.#byUser.take(userId));
  }

  #openChannel(loanId: LoanId): Channel {
    const channel = new Channel(
      (afterVersion) => this.#page(loanId, afterVersion),
      () => {
        stopWatching();
        this.#channels.delete(loanId);
      },
    );
    const stopWatching = this.#options.changes.watch(loanId, (version) => channel.noteVersion(version));
    this.#channels.set(loanId, channel);
    return channel;
  }

  async #page(loanId: LoanId, afterVersion: number): Promise<readonly EventBatch[]> {
    const cached: EventBatch[] = [];
    for (let version = afterVersion + 1; cached.length < EVENT_PAGE_SIZE; version += 1) {
      const batch = this.#cache.get(`${loanId}.${version}`);
      if (!batch) break;
      cached.push(batch);
    }
    if (cached.length > 0) return cached;
    const batches = await this.#read(loanId, afterVersion);
    if (batches.length === 0) throw new TypeError(`a loan has no event batch after version ${afterVersion}`);
    for (const batch of batches) this.#cache.set(`${loanId}.${batch.version}`, batch);
    return batches;
  }

  /** Retries store errors: a change wakes all subscriptions at once, and a short outage must not end them all. */
  async #read(loanId: LoanId, afterVersion: number): Promise<readonly EventBatch[]> {
    const { store, random, budget } = this.#options;
    await budget.spend(UNITS_PER_ITERATION);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await readEventPage(store, loanId, afterVersion);
      } catch (error) {
        if (!(error instanceof StoreError) || attempt === READ_ATTEMPTS_MAX) throw error;
      }
      await waitWithFullJitter(random, RETRY_PAUSE_MS_MAX);
    }
  }
}

/** The subscriptions to one loan. */
class Channel {
  readonly #readsUnderWay = new Map<number, Promise<readonly EventBatch[]>>();
  readonly #read: ReadEventPage;
  readonly #onEmpty: () => void;
  /** Callbacks that wake the subscriptions waiting for a later version. */
  readonly #waiting = new Set<() => void>();
  #subscriptionCount = 0;
  /** The latest version known: event batches up to it are in the store. */
  #version = 0;

  /** @param onEmpty called when the last subscription is closed */
  constructor(read: ReadEventPage, onEmpty: () => void) {
    this.#read = read;
    this.#onEmpty = onEmpty;
  }

  noteVersion(version: number): void {
    if (version <= this.#version) return;
    this.#version = version;
    wakeInBatches([...this.#waiting]);
    this.#waiting.clear();
  }

  /** @param onClose called once, when the subscription is closed */
  subscribe(onClose: () => void): HubSubscription {
    let isOpen = true;
    let wake = (): void => {};
    this.#subscriptionCount += 1;
    return {
      noteVersion: (version) => this.noteVersion(version),
      batchesAfter: async (version) => {
        while (isOpen) {
          if (version < this.#version) return this.#sharedRead(version);
          await new Promise<void>((resolve) => {
            wake = resolve;
            this.#waiting.add(resolve);
          });
        }
        return [];
      },
      close: () => {
        if (!isOpen) return;
        isOpen = false;
        this.#waiting.delete(wake);
        wake();
        this.#subscriptionCount -= 1;
        onClose();
        if (this.#subscriptionCount === 0) this.#onEmpty();
      },
    };
  }

  #sharedRead(afterVersion: number): Promise<readonly EventBatch[]> {
    const page =
      this.#readsUnderWay.get(afterVersion) ?? this.#read(afterVersion).finally(() => this.#readsUnderWay.delete(afterVersion));
    this.#readsUnderWay.set(afterVersion, page);
    return page;
  }
}

function tooManyOfUser(): DomainError {
  const subscriptions = `${SUBSCRIPTIONS_PER_USER_MAX} open subscriptions on this server, over all your connections`;
  return conflict(`You have ${subscriptions}: the most there may be. Unsubscribe from a loan first.`);
}

/** Wakes some at a time, with other pending work in between, so that many subscriptions do not delay requests. */
function wakeInBatches(waiting: readonly (() => void)[]): void {
  if (waiting.length === 0) return;
  setImmediate(() => {
    for (const wake of waiting.slice(0, WAKE_BATCH_SIZE)) wake();
    wakeInBatches(waiting.slice(WAKE_BATCH_SIZE));
  });
}
