import { LRUCache } from 'lru-cache';
import type { DeadLetter, EventBatch, OutboxEntry } from '../domain/event-batch.ts';
import type { Ids, LoanId } from '../domain/ids.ts';
import { backoffMs } from '../domain/limits/backoff.ts';
import { DEAD_LETTER_KEPT_MS } from '../domain/records/retention.ts';
import { KeyedMutex } from '../execution/keyed-mutex.ts';
import { ClockCheck, type DueLimits, isDueAt, processDue } from '../storage/due-items.ts';
import { deadLetterIndexEntry, dueIndexEntry } from '../storage/index-keys.ts';
import {
  deadLetterKey,
  eventBatchKey,
  isEventBatchKey,
  isOutboxKey,
  loanIdOf,
  loanKey,
  outboxOf,
  versionIn,
} from '../storage/keys.ts';
import { type Item, isDelete, type Key, type Put, type Store, StoreError, type Write } from '../storage/store.ts';
import type { HandlerFailure } from '../telemetry/background-log.ts';
import { EntryDeletion } from './entry-deletion.ts';
import { type Pause, pauseWithTimer } from './pause.ts';

/** Reacts to the events of loans. */
export interface EventHandler {
  /** Stored in the entries that it is done with: under another name it is a new handler. */
  readonly name: string;
  /**
   * Gets each event batch at least once, in the order of its loan. A batch is retried if this throws.
   * @param signal if it is aborted, long work throws its reason; that counts as no failure
   * @param isLastAttempt whether the batch is given up if this throws
   */
  handle(batch: EventBatch, signal: AbortSignal, isLastAttempt: boolean): Promise<void>;
}

export interface OutboxDispatcherOptions {
  readonly store: Pick<Store, 'commit' | 'batchGet' | 'list' | 'listIndex'>;
  readonly ids: Pick<Ids, 'command'>;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly handlers: readonly EventHandler[];
  readonly onFailure: (failure: HandlerFailure) => void;
  /** Gets errors of deleting what was delivered. It is delivered again then. */
  readonly onError: (error: unknown) => void;
  /** Default: by timers. */
  readonly pause?: Pause | undefined;
}

const ENTRIES_PER_PAGE = 20;
const LOANS_PER_PAGE = 100;
/** Attempts of one handler at one batch: with the backoff in between, they take some minutes. */
const ATTEMPTS_MAX = 8;
const BACKOFF = { minMs: 1000, maxMs: 60_000 };
/** An entry that is scheduled further ahead was written while the clock was ahead. */
const AHEAD_MS_MAX = 10 * BACKOFF.maxMs;
/** Deliveries that may run or wait for their loan's lock. */
const WAITING_MAX = 10_000;
/** Event batches of this process that wait in memory, about 10 MB; further ones are read from the store. */
const HANDED_OVER_MAX = 2000;
/** Loans of which the last delivered version is remembered. */
const DELIVERED_MAX = 10_000;
const ERROR_LENGTH_MAX = 500;

/** An event batch with its outbox entry. */
interface Delivery {
  readonly batch: EventBatch;
  readonly entry: Pick<Item<OutboxEntry>, 'data' | 'key' | 'version'>;
}

/**
 * Delivers every event batch to every handler. Each commit adds an entry to its loan's outbox, and the entry is deleted once all
 * handlers are done with the batch. So no event is lost when a process dies, and delivery catches up after any outage.
 */
export class OutboxDispatcher {
  readonly #options: OutboxDispatcherOptions;
  readonly #mutex = new KeyedMutex(WAITING_MAX);
  readonly #running = new Set<Promise<unknown>>();
  readonly #stopping = new AbortController();
  readonly #clockCheck = new ClockCheck(AHEAD_MS_MAX);
  /** Event batches that this process has committed, by loan, in order. */
  readonly #handedOver = new Map<LoanId, Delivery[]>();
  #handedOverCount = 0;
  /** The version up to which this process knows a loan to be delivered. */
  readonly #delivered = new LRUCache<LoanId, number>({ maxSize: DELIVERED_MAX, sizeCalculation: () => 1 }); // `max` fills arrays at once
  readonly #deletion: EntryDeletion;

  constructor(options: OutboxDispatcherOptions) {
    this.#options = options;
    const { store, ids, onError, pause = pauseWithTimer } = options;
    this.#deletion = new EntryDeletion({ store, ids, onError, pause });
  }

  /** Takes the event batch of a commit of this process, so that the next delivery need not read it. */
  handOver(writes: readonly Write[]): void {
    const batch = putOf(writes, isEventBatchKey);
    const entry = putOf(writes, isOutboxKey);
    if (!batch || !entry || this.#handedOverCount >= HANDED_OVER_MAX) return;
    const { loanId } = batch.data.loan;
    const deliveries = this.#handedOver.get(loanId) ?? [];
    deliveries.push({ batch: batch.data, entry: { ...entry, version: entry.expected + 1 } });
    this.#handedOver.set(loanId, deliveries);
    this.#handedOverCount += 1;
  }

  /**
   * Delivers what is in a loan's outbox, except for entries whose next attempt is not due yet. The entries of event batches that
   * were handed over are deleted soon after, others before it resolves.
   * @param stop ends the delivery once it is aborted
   * @returns false if it stopped early
   */
  async deliver(loanId: LoanId, stop?: AbortSignal): Promise<boolean> {
    const signal = this.#signalOf(stop);
    const delivery = this.#mutex.runExclusive([loanKey(loanId).partition], () => this.#deliverPages(loanId, signal));
    this.#running.add(delivery);
    try {
      return await delivery;
    } finally {
      this.#running.delete(delivery);
    }
  }

  /**
   * Delivers the batches of all loans whose process died, or whose next attempt is due.
   * @param onError gets the error of each loan that could not be processed; the others are processed nevertheless
   * @param stop as of `deliver`
   * @returns how many loans it has found, and when the next entry is due
   */
  async deliverAbandoned(
    onError: (error: unknown) => void,
    stop?: AbortSignal,
  ): Promise<{ found: number; next: number | undefined }> {
    const signal = this.#signalOf(stop);
    let found = 0;
    const limits: DueLimits = { pageSize: LOANS_PER_PAGE, canContinue: () => !signal.aborted, clockCheck: this.#clockCheck };
    const next = await processDue(this.#options, 'outbox', limits, async (due) => {
      const loanIds = new Set(due.map(({ key }) => loanIdOf(key.partition)));
      found += loanIds.size;
      for (const loanId of loanIds) {
        if (signal.aborted) return;
        await this.deliver(loanId, signal).catch(onError);
      }
    });
    return { found, next };
  }

  /** Ends running deliveries. What is left stays in the outbox. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.allSettled(this.#running);
    await this.#deletion.stop();
  }

  #signalOf(stop: AbortSignal | undefined): AbortSignal {
    return stop ? AbortSignal.any([this.#stopping.signal, stop]) : this.#stopping.signal;
  }

  async #deliverPages(loanId: LoanId, signal: AbortSignal): Promise<boolean> {
    const own = this.#takeHandedOver(loanId);
    if (own) {
      await this.#deletion.deleteSoon(await this.#deliverInOrder(loanId, own, signal));
      return !signal.aborted;
    }
    await this.#deletion.deleteGathered(); // what is delivered must not be found again
    while (!signal.aborted) {
      const delivered = await this.#deliverInOrder(loanId, await this.#readOutbox(loanId), signal);
      await this.#deletion.deleteNow(delivered);
      if (delivered.length < ENTRIES_PER_PAGE) return !signal.aborted;
    }
    return false;
  }

  /** @returns the event batches that this process has committed; undefined where there are none, or others may come before them */
  #takeHandedOver(loanId: LoanId): Delivery[] | undefined {
    const own = this.#handedOver.get(loanId);
    if (!own) return undefined;
    this.#handedOver.delete(loanId);
    this.#handedOverCount -= own.length;
    const delivered = this.#delivered.get(loanId) ?? 0;
    return own.every(({ batch }, index) => batch.version === delivered + 1 + index) ? own : undefined;
  }

  async #readOutbox(loanId: LoanId): Promise<Delivery[]> {
    const { store } = this.#options;
    const entries = await store.list(outboxOf(loanId, ENTRIES_PER_PAGE));
    const batches = await store.batchGet(entries.map(({ key }) => eventBatchKey(loanId, versionIn(key))));
    return entries.map((entry, index) => {
      const batch = batches[index]?.data;
      if (!batch) throw new TypeError('an outbox entry has no event batch');
      return { batch, entry };
    });
  }

  /** @returns what deletes the entries that were delivered; the rest has to wait */
  async #deliverInOrder(loanId: LoanId, deliveries: readonly Delivery[], signal: AbortSignal): Promise<Write[]> {
    const deletes: Write[] = [];
    for (const { batch, entry } of deliveries) {
      if (signal.aborted || !(await this.#deliverBatch(loanId, batch, entry, signal))) break;
      deletes.push({ key: entry.key, expected: entry.version, isDelete: true, isSeparate: true });
      this.#delivered.set(loanId, batch.version);
    }
    return deletes;
  }

  /** @returns whether all handlers are done with the batch, so that the loan's next one may follow */
  async #deliverBatch(loanId: LoanId, batch: EventBatch, entry: Delivery['entry'], signal: AbortSignal): Promise<boolean> {
    const { handlers, clock, onFailure } = this.#options;
    let { done, failures, notBefore } = entry.data;
    if (!isDueAt(notBefore, clock(), AHEAD_MS_MAX)) return false;
    for (const handler of handlers.filter(({ name }) => !done.includes(name))) {
      try {
        await handler.handle(batch, signal, failures + 1 >= ATTEMPTS_MAX);
      } catch (error) {
        if (signal.aborted) return false;
        if (error instanceof StoreError) throw error; // the database failed, not the handler
        failures += 1;
        const isLast = failures >= ATTEMPTS_MAX;
        onFailure({ batch, handler: handler.name, error, isLast });
        if (!isLast) {
          await this.#postpone(loanId, entry, { done, failures });
          return false;
        }
        const { version } = batch;
        await this.#addDeadLetter(loanId, { handler: handler.name, version, at: clock(), error: describe(error) });
        failures = 0;
      }
      done = [...done, handler.name];
    }
    return true;
  }

  async #postpone(loanId: LoanId, { key, version }: Delivery['entry'], progress: Omit<OutboxEntry, 'notBefore'>): Promise<void> {
    const notBefore = this.#options.clock() + backoffMs(progress.failures, BACKOFF);
    const index = dueIndexEntry('outbox', loanId, notBefore);
    await this.#write({ key, expected: version, data: { ...progress, notBefore }, index });
  }

  /** Runs before the outbox entry is deleted. A repeat leaves the stored dead letter as it is. */
  async #addDeadLetter(loanId: LoanId, deadLetter: DeadLetter): Promise<void> {
    const key = deadLetterKey(loanId, deadLetter.version, deadLetter.handler);
    const expiresAt = deadLetter.at + DEAD_LETTER_KEPT_MS;
    await this.#write({ key, expected: 0, data: deadLetter, index: deadLetterIndexEntry(loanId, deadLetter.at), expiresAt });
  }

  /** Nothing happens where another process has changed the item. */
  async #write(write: Write): Promise<void> {
    const { store, ids } = this.#options;
    await store.commit(ids.command(), [write]);
  }
}

function putOf<Data>(writes: readonly Write[], isKey: (key: Key) => key is Key<Data>): Put<Data> | undefined {
  const write = writes.find(({ key }) => isKey(key));
  return write && !isDelete(write) ? (write as Put<Data>) : undefined; // a key's type says what is stored under it
}

function describe(error: unknown): string {
  return (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, ERROR_LENGTH_MAX);
}
