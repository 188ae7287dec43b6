/**
 * A process's part of the mails that all processes may send on a day. It is taken in blocks of a thousandth of the limit, so that
 * the count of all is written once for many mailings. The limit is never exceeded; a process that ends leaves a part of a block
 * unused.
 */
export class DailyAllowance {
  readonly #limit: number;
  #day = '';
  #left = 0;

  /** @param limit 0 for none */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Mails that may be sent without another block. @param day as `periodAt` names it */
  leftOn(day: string): number {
    if (this.#limit === 0) return Number.POSITIVE_INFINITY;
    return day === this.#day ? this.#left : 0;
  }

  /**
   * The size of the next block.
   * @param taken by all processes so far
   * @param wanted at least, if the limit allows it
   */
  blockAfter(taken: number, wanted: number): number {
    const block = Math.max(Math.ceil(this.#limit / 1000), wanted);
    return Math.max(Math.min(block, this.#limit - taken), 0);
  }

  /** Adds a block that was committed, or mails that were not sent after all. */
  add(day: string, mails: number): void {
    if (day < this.#day) return;
    this.#left = this.leftOn(day) + mails;
    this.#day = day;
  }

  /** @param mails at most `leftOn` */
  take(day: string, mails: number): void {
    if (day === this.#day) this.#left -= mails;
  }
}
