import type { DeadLetter, EventBatch, OutboxEntry } from '../domain/event-batch.ts';
import type { Ids, LoanId } from '../domain/ids.ts';
import { backoffMs } from '../domain/limits/backoff.ts';
import { DEAD_LETTER_KEPT_MS } from '../domain/records/retention.ts';
import { KeyedMutex } from '../execution/keyed-mutex.ts';
import { ClockCheck, type DueLimits, isDueAt, processDue } from '../storage/due-items.ts';
import { deadLetterIndexEntry, dueIndexEntry } from '../storage/index-keys.ts';
import { deadLetterKey, eventBatchKey, loanIdOf, loanKey, outboxOf, versionIn } from '../storage/keys.ts';
import { type Item, type Store, StoreError, type Write } from '../storage/store.ts';
import type { HandlerFailure } from '../telemetry/background-log.ts';

/** Reacts to the events of loans. */
export interface EventHandler {
  /** Stored in the entries that it is done with: under another name it is a new handler. */
  readonly name: string;
  /**
   * Gets each event batch at least once, in the order of its loan. A batch is retried if this throws.
   * @param signal if it is aborted, long work throws its reason; that counts as no failure
   */
  handle(batch: EventBatch, signal: AbortSignal): Promise<void>;
}

export interface OutboxDispatcherOptions {
  readonly store: Pick<Store, 'commit' | 'batchGet' | 'list' | 'listIndex'>;
  readonly ids: Pick<Ids, 'command'>;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly handlers: readonly EventHandler[];
  readonly onFailure: (failure: HandlerFailure) => void;
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
const ERROR_LENGTH_MAX = 500;

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

  constructor(options: OutboxDispatcherOptions) {
    this.#options = options;
  }

  /**
   * Delivers what is in a loan's outbox, except for entries whose next attempt is not due yet.
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
   */
  async deliverAbandoned(onError: (error: unknown) => void, stop?: AbortSignal): Promise<void> {
    const signal = this.#signalOf(stop);
    const limits: DueLimits = { pageSize: LOANS_PER_PAGE, canContinue: () => !signal.aborted, clockCheck: this.#clockCheck };
    await processDue(this.#options, 'outbox', limits, async (due) => {
      const loanIds = new Set(due.map(({ key }) => loanIdOf(key.partition)));
      for (const loanId of loanIds) {
        if (signal.aborted) return;
        await this.deliver(loanId, signal).catch(onError);
      }
    });
  }

  /** Ends running deliveries. What is left stays in the outbox. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.allSettled(this.#running);
  }

  #signalOf(stop: AbortSignal | undefined): AbortSignal {
    return AbortSignal.any([this.#stopping.signal, ...(stop ? [stop] : [])]);
  }

  async #deliverPages(loanId: LoanId, signal: AbortSignal): Promise<boolean> {
    const { store } = this.#options;
    while (!signal.aborted) {
      const entries = await store.list(outboxOf(loanId, ENTRIES_PER_PAGE));
      const batches = await store.batchGet(entries.map(({ key }) => eventBatchKey(loanId, versionIn(key))));
      const deletes: Write[] = [];
      for (const [index, entry] of entries.entries()) {
        const batch = batches[index];
        if (!batch) throw new TypeError('an outbox entry has no event batch');
        if (signal.aborted || !(await this.#deliverBatch(loanId, batch.data, entry, signal))) break;
        deletes.push({ key: entry.key, expected: entry.version, isDelete: true });
      }
      await this.#commit(deletes);
      if (deletes.length < ENTRIES_PER_PAGE) return !signal.aborted;
    }
    return false;
  }

  /** @returns whether all handlers are done with the batch, so that the loan's next one may follow */
  async #deliverBatch(loanId: LoanId, batch: EventBatch, entry: Item<OutboxEntry>, signal: AbortSignal): Promise<boolean> {
    const { handlers, clock, onFailure } = this.#options;
    let { done, failures, notBefore } = entry.data;
    if (!isDueAt(notBefore, clock(), AHEAD_MS_MAX)) return false;
    for (const handler of handlers.filter(({ name }) => !done.includes(name))) {
      try {
        await handler.handle(batch, signal);
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

  async #postpone(loanId: LoanId, { key, version }: Item<OutboxEntry>, progress: Omit<OutboxEntry, 'notBefore'>): Promise<void> {
    const notBefore = this.#options.clock() + backoffMs(progress.failures, BACKOFF);
    const index = dueIndexEntry('outbox', loanId, notBefore);
    await this.#commit([{ key, expected: version, data: { ...progress, notBefore }, index }]);
  }

  /** Runs before the outbox entry is deleted. A repeat leaves the stored dead letter as it is. */
  async #addDeadLetter(loanId: LoanId, deadLetter: DeadLetter): Promise<void> {
    const key = deadLetterKey(loanId, deadLetter.version, deadLetter.handler);
    const expiresAt = deadLetter.at + DEAD_LETTER_KEPT_MS;
    await this.#commit([{ key, expected: 0, data: deadLetter, index: deadLetterIndexEntry(loanId, deadLetter.at), expiresAt }]);
  }

  /** Commits the writes together or else one by one. A write whose item another process has changed is dropped. */
  async #commit(writes: readonly Write[]): Promise<void> {
    const { store, ids } = this.#options;
    if (writes.length === 0) return;
    const { committed } = await store.commit(ids.command(), writes);
    if (committed || writes.length === 1) return;
    for (const write of writes) await store.commit(ids.command(), [write]);
  }
}

function describe(error: unknown): string {
  return (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, ERROR_LENGTH_MAX);
}
