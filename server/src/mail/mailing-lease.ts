import type { CommandId, MailId } from '../domain/ids.ts';
import { type Mailing, mailsIn, withMails } from '../domain/mail/mailing.ts';
import { type OutgoingMail, renewClaim } from '../domain/outgoing-mail.ts';
import { mailingWrite } from '../execution/commit-writes.ts';
import type { CoreServices } from '../execution/services.ts';
import type { Pause } from '../outbox/pause.ts';
import type { StoredMailing } from './claim-mailing.ts';

/** A third of the time that a claim lasts. */
const RENEW_EVERY_MS = 40_000;
const RETRY_MS_MIN = 250;
const RETRY_MS_MAX = 5000;

interface LeaseOptions {
  readonly services: Pick<CoreServices, 'clock' | 'ids' | 'store'>;
  readonly pause: Pause;
  /** Ends the retries of `record`. */
  readonly signal: AbortSignal;
}

/** Holds the claim on a mailing while its mails are sent, and records their outcomes. */
export class MailingLease {
  readonly #options: LeaseOptions;
  /** Of this lease's writes, to recognize one whose result was lost. */
  readonly #written = new Map<CommandId, Mailing>();
  #mailing: Mailing;
  #version: number;
  #until: number;
  #state: 'held' | 'lost' = 'held';
  /** The last write, which the next one waits for. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: LeaseOptions, { mailing, version }: StoredMailing) {
    this.#options = options;
    this.#mailing = mailing;
    this.#version = version;
    this.#until = claimedUntil(mailing) ?? Number.NEGATIVE_INFINITY;
  }

  /** Whether no other process can take the mailing over in the next seconds. */
  get isHeld(): boolean {
    return this.#state === 'held' && this.#options.services.clock() + RETRY_MS_MAX < this.#until;
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
   * Writes outcomes of some mails, again and again where that fails, until the claim ends.
   * @returns the mailing; undefined if another process has taken it over
   * @throws the error of the last write
   */
  record(outcomes: readonly OutgoingMail[]): Promise<Mailing | undefined> {
    const byId = new Map<MailId, OutgoingMail>(outcomes.map((mail) => [mail.mailId, mail]));
    return this.#exclusively(async () => {
      const mails = mailsIn(this.#mailing).map((mail) => byId.get(mail.mailId) ?? mail);
      const recorded = withMails(this.#mailing, mails);
      return (await this.#writeUntilStored(recorded)) ? recorded : undefined;
    });
  }

  async #writeUntilStored(mailing: Mailing): Promise<boolean> {
    const { services, pause, signal } = this.#options;
    for (let waitMs = RETRY_MS_MIN; ; waitMs = Math.min(waitMs * 2, RETRY_MS_MAX)) {
      try {
        return await this.#write(mailing);
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
      const isHeld = await this.#exclusively(async () => {
        const now = services.clock();
        const mails = mailsIn(this.#mailing).map((mail) => (mail.state.name === 'claimed' ? renewClaim(mail, now) : mail));
        return this.#write(withMails(this.#mailing, mails)).catch(() => undefined); // unknown: tried again after the next pause
      });
      if (isHeld === false) return;
    }
  }

  /** @returns false if the mailing was changed by another process */
  async #write(mailing: Mailing): Promise<boolean> {
    const { store, ids } = this.#options.services;
    for (;;) {
      const command = ids.command();
      this.#written.set(command, mailing);
      const result = await store.commit(command, [{ ...mailingWrite(mailing, this.#version), isSeparate: true }]);
      const current = result.committed ? undefined : result.current.get(0);
      if (!result.committed && (current === undefined || !this.#written.has(current.command))) {
        this.#state = 'lost';
        return false;
      }
      if (!current) {
        this.#version += 1;
        break;
      }
      // An earlier write of this lease took effect although it failed: the outcome itself, or a renewal to write it upon.
      this.#version = current.version;
      if (this.#written.get(current.command) === mailing) break;
    }
    this.#mailing = mailing;
    this.#until = claimedUntil(mailing) ?? this.#until;
    this.#written.clear();
    return true;
  }

  #exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

function claimedUntil({ mails }: Mailing): number | undefined {
  const times = mails.flatMap(({ state }) => (state.name === 'claimed' ? [state.until] : []));
  return times.length > 0 ? Math.min(...times) : undefined;
}
