import type { DeadLetter, EventBatch, OutboxEntry } from '../domain/event-batch.ts';
import type { Ids, LoanId } from '../domain/ids.ts';
import { KeyedMutex } from '../execution/keyed-mutex.ts';
import { processDue } from '../storage/due-items.ts';
import {
  deadLetterIndexEntry,
  deadLetterKey,
  dueIndexEntry,
  eventBatchKey,
  loanIdOf,
  loanKey,
  outboxOf,
  versionIn,
} from '../storage/keys.ts';
import { type Item, type Store, StoreError, type Write } from '../storage/store.ts';

/** Whoever has something to do about what has happened to a loan. */
export interface EventHandler {
  /** Kept with what it has done: another name makes another reactor of it. */
  readonly name: string;
  /** Gets each chapter at least once, in the order of its loan; where it throws, the chapter comes again. */
  handle(batch: EventBatch): Promise<void>;
}

export interface OutboxDispatcherOptions {
  readonly store: Pick<Store, 'commit' | 'batchGet' | 'list' | 'listIndex'>;
  readonly ids: Pick<Ids, 'command'>;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly handlers: readonly EventHandler[];
  /** Told of each try in vain; `isLast`: the chapter is set aside now. */
  readonly onFailure: (failed: Failed) => void;
  /** Told of what keeps a loan from being seen to at all; it is found again. */
  readonly onFault: (fault: unknown) => void;
}

export interface Failed {
  readonly batch: EventBatch;
  readonly handler: string;
  readonly fault: unknown;
  readonly isLast: boolean;
}

/** What is taken of a loan, and of a place of the index, at a time. */
const PAGE_SIZE = 20;
const LOANS_PAGE_SIZE = 100;
/** How often a reactor may fail on a chapter; with the pauses between, some minutes. */
const FAILURES_MAX = 8;
const PAUSE_MS_MIN = 1000;
const PAUSE_MS_MAX = 60_000;
/** Loans that may wait for their turn here; the others are found by the next round. */
const WAITING_MAX = 10_000;
const ERROR_LENGTH_MAX = 500;

/**
 * Delivers every chapter to every reactor. A commit leaves word in its loan's outbox that there is something to deliver, and
 * the word is taken away once it was: so nothing is lost, whoever dies and for however long, and nobody needs to know where
 * others have stopped.
 */
export class OutboxDispatcher {
  readonly #options: OutboxDispatcherOptions;
  readonly #mutex = new KeyedMutex(WAITING_MAX);
  readonly #underWay = new Set<Promise<unknown>>();
  #state: 'running' | 'stopped' = 'running';

  constructor(options: OutboxDispatcherOptions) {
    this.#options = options;
  }

  /**
   * Delivers all that waits of a loan. Never rejects.
   * @param ending begins no further page once it is aborted
   * @returns whether the loan was seen to: all is delivered but what waits for its next try
   */
  deliver(loanId: LoanId, ending?: AbortSignal): Promise<boolean> {
    const delivered = this.#mutex
      .runExclusive([loanKey(loanId).partition], () => this.#deliverPages(loanId, ending))
      .catch((fault: unknown) => {
        this.#options.onFault(fault);
        return false;
      })
      .finally(() => this.#underWay.delete(delivered));
    this.#underWay.add(delivered);
    return delivered;
  }

  /** Delivers what was left by whoever has committed it, and what is to be tried again by now. @param ending as above */
  async deliverAbandoned(ending?: AbortSignal): Promise<void> {
    const bounds = { pageSize: LOANS_PAGE_SIZE, goesOn: () => this.#goesOn(ending) };
    await processDue(this.#options, 'outbox', bounds, async (due) => {
      for (const loanId of new Set(due.map(({ key }) => loanIdOf(key.partition)))) await this.deliver(loanId, ending);
    });
  }

  /** Once what is under way has come to an end; the rest is left in the outbox. */
  async stop(): Promise<void> {
    this.#state = 'stopped';
    await Promise.all(this.#underWay);
  }

  #goesOn(ending: AbortSignal | undefined): boolean {
    return this.#state === 'running' && !ending?.aborted;
  }

  /** @returns whether it came to the end of what may be delivered by now */
  async #deliverPages(loanId: LoanId, ending: AbortSignal | undefined): Promise<boolean> {
    const { store } = this.#options;
    let isWaiting = true;
    while (isWaiting && this.#goesOn(ending)) {
      const waiting = await store.list(outboxOf(loanId, PAGE_SIZE));
      const batches = await store.batchGet(waiting.map(({ key }) => eventBatchKey(loanId, versionIn(key))));
      const delivered: Write[] = [];
      for (const [position, word] of waiting.entries()) {
        const batch = batches[position];
        if (!batch) throw new TypeError('an outbox tells of a chapter that is not there');
        if (!(await this.#deliverOne(loanId, batch.data, word))) break;
        delivered.push({ key: word.key, expected: word.version, isDelete: true });
      }
      await this.#write(delivered);
      isWaiting = delivered.length === PAGE_SIZE;
    }
    return !isWaiting;
  }

  /** @returns whether the next chapter of the loan may follow */
  async #deliverOne(loanId: LoanId, batch: EventBatch, word: Item<OutboxEntry>): Promise<boolean> {
    const { handlers, clock } = this.#options;
    let { done, failures, notBefore } = word.data;
    if (notBefore > clock()) return false;
    for (const handler of handlers.filter(({ name }) => !done.includes(name))) {
      const failure = await failureOf(handler, batch);
      if (failure) {
        const { fault } = failure;
        failures += 1;
        const isLast = failures >= FAILURES_MAX;
        this.#options.onFailure({ batch, handler: handler.name, fault, isLast });
        if (!isLast) {
          await this.#postpone(loanId, word, { done, failures });
          return false;
        }
        await this.#setAside(loanId, { handler: handler.name, version: batch.version, at: clock(), error: told(fault) });
        failures = 0;
      }
      done = [...done, handler.name];
    }
    return true;
  }

  async #postpone(loanId: LoanId, { key, version }: Item<OutboxEntry>, rest: Omit<OutboxEntry, 'notBefore'>): Promise<void> {
    const notBefore = this.#options.clock() + Math.min(PAUSE_MS_MIN * 2 ** (rest.failures - 1), PAUSE_MS_MAX);
    const index = dueIndexEntry('outbox', loanId, notBefore);
    await this.#write([{ key, expected: version, data: { ...rest, notBefore }, index }]);
  }

  /** Done before the chapter is taken out of the outbox; found there once more, it is set aside once more, to no harm. */
  async #setAside(loanId: LoanId, aside: DeadLetter): Promise<void> {
    const key = deadLetterKey(loanId, aside.version, aside.handler);
    await this.#write([{ key, expected: 0, data: aside, index: deadLetterIndexEntry(loanId, aside.at) }]);
  }

  /** Where others were faster, what they have written stands. */
  async #write(writes: readonly Write[]): Promise<void> {
    const { store, ids } = this.#options;
    if (writes.length === 0) return;
    const { committed } = await store.commit(ids.command(), writes);
    if (committed || writes.length === 1) return;
    for (const write of writes) await store.commit(ids.command(), [write]);
  }
}

/** @returns why the reactor failed, undefined where it did not @throws what is no failure of its own */
async function failureOf(handler: EventHandler, batch: EventBatch): Promise<{ readonly fault: unknown } | undefined> {
  try {
    await handler.handle(batch);
    return undefined;
  } catch (fault) {
    if (fault instanceof StoreError) throw fault; // the database is away: the chapter is as good as any other
    return { fault };
  }
}

function told(fault: unknown): string {
  return (fault instanceof Error ? `${fault.name}: ${fault.message}` : String(fault)).slice(0, ERROR_LENGTH_MAX);
}
