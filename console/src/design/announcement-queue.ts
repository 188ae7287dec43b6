/** Screen readers must not be interrupted more often. */
const PAUSE_MS = 5000;
/** What was announced so shortly before the next page is shown is about what led there. */
const RECENT_MS = 1000;

export interface Announcement {
  /** Another one each time, so that the same text can be said twice. */
  readonly id: number;
  readonly text: string;
}

interface Waiting {
  readonly text: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** Shows each text to screen readers for five seconds. Of several texts within that time only the last is shown. */
export class AnnouncementQueue {
  readonly #show: (announcement: Announcement) => void;
  #count = 0;
  #shownAt = 0;
  #waiting: Waiting | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(show: (announcement: Announcement) => void) {
    this.#show = show;
  }

  announce(text: string): void {
    if (this.#timer === undefined) this.#say(text);
    else this.#waiting = { text, at: Date.now() };
  }

  /** To be called when another page is shown: what the last one announced does not apply to it. */
  leavePage(): void {
    const recent = Date.now() - RECENT_MS;
    if (this.#waiting && this.#waiting.at < recent) this.#waiting = undefined;
    if (this.#timer !== undefined && this.#shownAt < recent) this.#next();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = undefined;
  }

  #say(text: string): void {
    this.#shownAt = Date.now();
    this.#put(text);
    this.#timer = setTimeout(() => this.#next(), PAUSE_MS);
  }

  #next(): void {
    const next = this.#waiting;
    this.stop();
    if (next) this.#say(next.text);
    else this.#put('');
  }

  #put(text: string): void {
    this.#count += 1;
    this.#show({ id: this.#count, text });
  }
}
