/**
 * Sees to things one behind the other, each once however often it was named before its turn: so that what nobody waits for
 * leaves the machine to those who do.
 */
export class SerialQueue<Thing> {
  readonly #see: (thing: Thing) => Promise<unknown>;
  readonly #waitingMax: number;
  readonly #waiting = new Set<Thing>();
  #run: Promise<void> | undefined;

  /**
   * @param see must not reject
   * @param waitingMax things that may wait; further ones are forgotten, for whoever finds them by another way
   */
  constructor(see: (thing: Thing) => Promise<unknown>, waitingMax: number) {
    this.#see = see;
    this.#waitingMax = waitingMax;
  }

  add(thing: Thing): void {
    if (this.#waiting.size < this.#waitingMax) this.#waiting.add(thing);
    this.#run ??= this.#seeToAll();
  }

  /** Forgets what waits. @returns once the one under way has come to its end */
  async stop(): Promise<void> {
    this.#waiting.clear();
    await this.#run;
  }

  async #seeToAll(): Promise<void> {
    for (const thing of this.#waiting) {
      this.#waiting.delete(thing); // named again from here on, it is seen to again
      await this.#see(thing);
    }
    this.#run = undefined;
  }
}
