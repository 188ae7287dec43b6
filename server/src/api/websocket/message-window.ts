import type { ConnectionLimits } from './limits.ts';

/** Counts what a client sends in windows of time. */
export class MessageWindow {
  readonly #limits: Pick<ConnectionLimits, 'messagesMax' | 'windowMs'>;
  #start = 0;
  #count = 0;

  constructor(limits: Pick<ConnectionLimits, 'messagesMax' | 'windowMs'>) {
    this.#limits = limits;
  }

  /** Counts one message. @returns false where it is one too many */
  accepts(): boolean {
    const now = performance.now();
    if (now - this.#start >= this.#limits.windowMs) {
      this.#start = now;
      this.#count = 0;
    }
    this.#count += 1;
    return this.#count <= this.#limits.messagesMax;
  }
}
