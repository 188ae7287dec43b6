export interface WorkQueueOptions<Item> {
  readonly process: (item: Item) => Promise<unknown>;
  /** Gets what `process` throws. */
  readonly onError: (error: unknown) => void;
  /** Items that may wait. Further ones are dropped, so they have to be found again in another way. */
  readonly waitingMax: number;
  /** Items that are processed at the same time; default: one. */
  readonly concurrency?: number;
}

/** Processes queued items some at a time, dropping duplicates, so that background work does not slow down requests. */
export class WorkQueue<Item> {
  readonly #options: WorkQueueOptions<Item>;
  readonly #waiting = new Set<Item>();
  readonly #running = new Map<Item, Promise<void>>();
  #state: 'running' | 'stopped' = 'running';

  constructor(options: WorkQueueOptions<Item>) {
    this.#options = options;
  }

  /** Does nothing once stopped. */
  add(item: Item): void {
    if (this.#state === 'stopped') return;
    if (this.#waiting.size < this.#options.waitingMax) this.#waiting.add(item);
    this.#startNext();
  }

  /** Drops what waits, and resolves once the running items are done. */
  async stop(): Promise<void> {
    this.#state = 'stopped';
    this.#waiting.clear();
    await Promise.all(this.#running.values());
  }

  #startNext(): void {
    const { process, onError, concurrency = 1 } = this.#options;
    for (const item of this.#waiting) {
      if (this.#running.size >= concurrency) return;
      if (this.#running.has(item)) continue; // added again while it is processed, it is processed again after that
      this.#waiting.delete(item);
      const run = process(item)
        .catch(onError)
        .then(() => {
          this.#running.delete(item);
          this.#startNext();
        });
      this.#running.set(item, run);
    }
  }
}
