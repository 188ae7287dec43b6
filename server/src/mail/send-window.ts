/** Mails that are handed to the transport at the same time. */
const SENDING_MAX = 8;
/** Mails that are being sent, or were sent without a record of it: as many may be sent twice if the process is killed. */
const UNRECORDED_MAX = 25;

/** Limits the mails that a process sends at the same time. */
export class SendWindow {
  #sending = 0;
  #unrecorded = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #listeners = new Set<() => void>();

  /** Waits until another mail may be sent, in the order of the calls. */
  async enter(): Promise<void> {
    if (this.#waiting.length > 0 || !this.#hasRoom()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#take();
  }

  /** To be called once a mail is sent. */
  leave(): void {
    this.#sending -= 1;
    this.#admit();
    if (this.#waiting.length > 0 && this.#sending === 0) for (const listener of this.#listeners) listener();
  }

  /** @param listener called when mails wait, and can't be sent until others are recorded @returns stops it */
  onFull(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** To be called instead of `leave` and `recorded` for a mail that is not sent after all. */
  leaveUnsent(): void {
    this.#sending -= 1;
    this.recorded(1);
  }

  /** To be called once the outcomes of mails are recorded, or given up. */
  recorded(count: number): void {
    this.#unrecorded -= count;
    this.#admit();
  }

  #hasRoom(): boolean {
    return this.#sending < SENDING_MAX && this.#unrecorded < UNRECORDED_MAX;
  }

  #take(): void {
    this.#sending += 1;
    this.#unrecorded += 1;
  }

  #admit(): void {
    while (this.#waiting.length > 0 && this.#hasRoom()) {
      this.#take();
      this.#waiting.shift()?.();
    }
  }
}
