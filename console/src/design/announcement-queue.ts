/** Screen readers must not be interrupted more often. */
const PAUSE_MS = 5000;

export interface Announcement {
  /** Another one each time, so that the same text can be said twice. */
  readonly id: number;
  readonly text: string;
}

/** Shows texts to screen readers. Of several texts within five seconds only the last is shown. */
export class AnnouncementQueue {
  readonly #show: (announcement: Announcement) => void;
  #count = 0;
  #waiting: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(show: (announcement: Announcement) => void) {
    this.#show = show;
  }

  announce(text: string): void {
    if (this.#timer === undefined) this.#say(text);
    else this.#waiting = text;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = undefined;
  }

  #say(text: string): void {
    this.#count += 1;
    this.#show({ id: this.#count, text });
    this.#timer = setTimeout(() => {
      const next = this.#waiting;
      this.stop();
      if (next !== undefined) this.#say(next);
    }, PAUSE_MS);
  }
}
