/* Time that passes only where nothing else is left to do: what takes part gives back how many milliseconds it waits. */

/** Something that goes on for a while; it waits for so many milliseconds, or in a line until it is let go on. */
export type Course = Generator<number | Line, void, void>;

/** Those who wait for the same, in their order. */
export class Line {
  readonly waiting: Course[] = [];
}

interface Due {
  readonly at: number;
  /** Of two that are due together, the one that was put in first goes first. */
  readonly order: number;
  readonly course: Course;
}

export class SimulatedClock {
  now = 0;
  readonly #due: Due[] = [];
  #order = 0;

  /** @param ms from now */
  start(course: Course, ms = 0): void {
    this.#order += 1;
    this.#push({ at: this.now + ms, order: this.#order, course });
  }

  /** Lets the first in a line go on. */
  release({ waiting }: Line): void {
    const course = waiting.shift();
    if (course) this.start(course);
  }

  run(): void {
    for (let due = this.#pop(); due; due = this.#pop()) {
      this.now = due.at;
      const { value, done } = due.course.next();
      if (done) continue;
      if (value instanceof Line) value.waiting.push(due.course);
      else this.start(due.course, value);
    }
  }

  /** A binary heap: who is above is due before. */
  #push(due: Due): void {
    const heap = this.#due;
    let place = heap.push(due) - 1;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = heap[above];
      if (!parent || isBefore(parent, due)) break;
      heap[place] = parent;
      place = above;
    }
    heap[place] = due;
  }

  #pop(): Due | undefined {
    const heap = this.#due;
    const first = heap[0];
    const last = heap.pop();
    if (!last || heap.length === 0) return first;
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      let child = heap[below];
      const other = heap[below + 1];
      if (child && other && isBefore(other, child)) {
        below += 1;
        child = other;
      }
      if (!child || isBefore(last, child)) break;
      heap[place] = child;
      place = below;
    }
    heap[place] = last;
    return first;
  }
}

function isBefore(a: Due, b: Due): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
