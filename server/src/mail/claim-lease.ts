import { setTimeout as pauseFor } from 'node:timers/promises';
import type { CommandId } from '../domain/ids.ts';
import { type OutgoingMail, renewClaim } from '../domain/outgoing-mail.ts';
import { outgoingMailWrite } from '../execution/commit-writes.ts';
import type { CoreServices } from '../execution/services.ts';
import type { ClaimedMail } from './claim-mail.ts';

/** A third of the time that a claim lasts. */
const RENEW_EVERY_MS = 40_000;
const RETRY_MS_MIN = 250;
const RETRY_MS_MAX = 5000;

/** Waits. Rejects once the signal is aborted. */
export type Pause = (ms: number, signal: AbortSignal) => Promise<unknown>;

export const pauseWithTimer: Pause = (ms, signal) => pauseFor(ms, undefined, { signal });

interface LeaseOptions {
  readonly services: Pick<CoreServices, 'clock' | 'ids' | 'store'>;
  readonly pause: Pause;
  /** Ends the retries of `record`. */
  readonly signal: AbortSignal;
}

/** Holds the claim on a mail while it is sent, and records the outcome. */
export class ClaimLease {
  readonly #options: LeaseOptions;
  readonly #outgoingMail: OutgoingMail;
  /** Of this lease's writes, to recognize one whose result was lost. */
  readonly #written = new Map<CommandId, OutgoingMail>();
  #version: number;
  #until: number;

  constructor(options: LeaseOptions, { outgoingMail, version }: ClaimedMail) {
    this.#options = options;
    this.#outgoingMail = outgoingMail;
    this.#version = version;
    this.#until = claimedUntil(outgoingMail);
  }

  /** Renews the claim for as long as `work` takes. Renewing fails silently: the claim then ends at its time. */
  async holdDuring<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = new AbortController();
    const renewing = this.#renewUntil(done.signal);
    try {
      return await work();
    } finally {
      done.abort();
      await renewing;
    }
  }

  /**
   * Writes the outcome, again and again where that fails, until the claim ends.
   * @returns false if another process has taken the mail over
   * @throws the error of the last write
   */
  async record(outcome: OutgoingMail): Promise<boolean> {
    const { services, pause, signal } = this.#options;
    for (let waitMs = RETRY_MS_MIN; ; waitMs = Math.min(waitMs * 2, RETRY_MS_MAX)) {
      try {
        return await this.#write(outcome);
      } catch (error) {
        if (signal.aborted || services.clock() + waitMs >= this.#until) throw error;
        await pause(waitMs, signal).catch(() => undefined); // aborted: one last write
      }
    }
  }

  async #renewUntil(done: AbortSignal): Promise<void> {
    const { services, pause } = this.#options;
    while (!done.aborted) {
      const isOver = await pause(RENEW_EVERY_MS, done).then(
        () => done.aborted,
        () => true,
      );
      if (isOver) return;
      const renewed = renewClaim(this.#outgoingMail, services.clock());
      const isHeld = await this.#write(renewed).catch(() => undefined); // unknown: tried again after the next pause
      if (isHeld) this.#until = claimedUntil(renewed);
      if (isHeld === false) return;
    }
  }

  /** @returns false if the mail was changed by another process */
  async #write(outgoingMail: OutgoingMail): Promise<boolean> {
    const { store, ids } = this.#options.services;
    for (;;) {
      const command = ids.command();
      this.#written.set(command, outgoingMail);
      const result = await store.commit(command, [outgoingMailWrite(outgoingMail, this.#version)]);
      const current = result.committed ? undefined : result.current.get(0);
      if (!result.committed && (current === undefined || !this.#written.has(current.command))) return false;
      if (!current) {
        this.#version += 1;
        return true;
      }
      // An earlier write of this lease took effect although it failed: the outcome itself, or a renewal to write it upon.
      this.#version = current.version;
      if (this.#written.get(current.command) === outgoingMail) return true;
    }
  }
}

function claimedUntil({ state }: OutgoingMail): number {
  if (state.name !== 'claimed') throw new TypeError('a lease needs a claimed mail');
  return state.until;
}
