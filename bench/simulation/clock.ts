/* A discrete-event clock: simulated processes yield how long they wait. */

/** A simulated process. It yields milliseconds to wait, or a queue to wait in until it is released. */
export type Process = Generator<number | WaitQueue, void, void>;

/** First in, first out. */
export class WaitQueue {
  readonly waiting: Process[] = [];
}

interface Scheduled {
  readonly at: number;
  /** Tie-breaker: first scheduled, first run. */
  readonly order: number;
  readonly process: Process;
}

export class SimulatedClock {
  now = 0;
  /** A binary min-heap. */
  readonly #heap: Scheduled[] = [];
  #order = 0;

  start(process: Process, delayMs = 0): void {
    this.#order += 1;
    this.#push({ at: this.now + delayMs, order: this.#order, process });
  }

  /** Resumes the first process of a queue. */
  release({ waiting }: WaitQueue): void {
    const process = waiting.shift();
    if (process) this.start(process);
  }

  /** Runs until no process is scheduled. */
  run(): void {
    for (let next = this.#pop(); next; next = this.#pop()) {
      this.now = next.at;
      const { value, done } = next.process.next();
      if (done) continue;
      if (value instanceof WaitQueue) value.waiting.push(next.process);
      else this.start(next.process, value);
    }
  }

  #push(scheduled: Scheduled): void {
    const heap = this.#heap;
    let index = heap.push(scheduled) - 1;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex];
      if (!parent || isBefore(parent, scheduled)) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = scheduled;
  }

  #pop(): Scheduled | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (!last || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let childIndex = 2 * index + 1;
      let child = heap[childIndex];
      const right = heap[childIndex + 1];
      if (child && right && isBefore(right, child)) {
        childIndex += 1;
        child = right;
      }
      if (!child || isBefore(last, child)) break;
      heap[index] = child;
      index = childIndex;
    }
    heap[index] = last;
    return first;
  }
}

function isBefore(a: Scheduled, b: Scheduled): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
