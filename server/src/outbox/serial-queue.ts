export interface SerialQueueOptions<Item> {
  readonly process: (item: Item) => Promise<unknown>;
  /** Gets what `process` throws. */
  readonly onError: (error: unknown) => void;
  /** Items that may wait. Further ones are dropped, so they have to be found again in another way. */
  readonly waitingMax: number;
}

/** Processes queued items one at a time, dropping duplicates, so that background work does not slow down requests. */
export class SerialQueue<Item> {
  readonly #options: SerialQueueOptions<Item>;
  readonly #waiting = new Set<Item>();
  #run: Promise<void> | undefined;
  #state: 'running' | 'stopped' = 'running';

  constructor(options: SerialQueueOptions<Item>) {
    this.#options = options;
  }

  /** Does nothing once stopped. */
  add(item: Item): void {
    if (this.#state === 'stopped') return;
    if (this.#waiting.size < this.#options.waitingMax) this.#waiting.add(item);
    this.#run ??= this.#processAll();
  }

  /** Drops what waits, and resolves once the running item is done. */
  async stop(): Promise<void> {
    this.#state = 'stopped';
    this.#waiting.clear();
    await this.#run;
  }

  async #processAll(): Promise<void> {
    const { process, onError } = this.#options;
    for (const item of this.#waiting) {
      this.#waiting.delete(item); // added again while it is processed, it is processed again
      await process(item).catch(onError);
    }
    this.#run = undefined;
  }
}
