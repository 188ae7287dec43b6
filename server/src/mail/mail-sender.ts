import { setImmediate as nextIteration } from 'node:timers/promises';
import type { Language } from '@private-lending/locale/languages';
import type { MailId } from '../domain/ids.ts';
import type { Lender } from '../domain/lender.ts';
import type { Loan } from '../domain/loan.ts';
import { DailyAllowance } from '../domain/mail/limits/daily-allowance.ts';
import type { MailLimits } from '../domain/mail/limits/daily-limits.ts';
import type { Mailing } from '../domain/mail/mailing.ts';
import {
  type FailedAttempt,
  isAboutPendingInvitation,
  type MailKind,
  markSent,
  type OutgoingMail,
  retryOrFail,
} from '../domain/outgoing-mail.ts';
import type { CoreServices } from '../execution/services.ts';
import type { MailAnswered } from '../execution/telemetry.ts';
import { type Pause, pauseWithTimer } from '../outbox/pause.ts';
import { ClockCheck, processDue } from '../storage/due-items.ts';
import { isMailingKey, mailingIdOf, mailingKey } from '../storage/keys.ts';
import { isDelete, type Write } from '../storage/store.ts';
import type { MailAttempt } from '../telemetry/background-log.ts';
import type { MailLinks } from './action-links.ts';
import { countBounces } from './answers-handler.ts';
import { type ClaimedMailing, type ClaimServices, claimMailing, type DecidedMail, type StoredMailing } from './claim-mailing.ts';
import { convertEarlierMails } from './convert-earlier-mails.ts';
import { MailingLease } from './mailing-lease.ts';
import type { Mailbox, Message } from './message.ts';
import { MAIL_AHEAD_MS_MAX, queueMailings } from './queue-mailings.ts';
import { QueueReader } from './queue-reader.ts';
import { sendMailing } from './send-mailing.ts';
import { SendWindow } from './send-window.ts';
import { composeMessage } from './templates/compose-message.ts';
import type { EmailTemplateInput } from './templates/email-templates.ts';
import { type MailTransport, MailTransportError } from './transports/transport.ts';

/** Due mailings that are read and queued together. */
const QUEUE_PAGE_SIZE = 50;
/** Due mailings of one shard that a run queues before it sends. */
const QUEUED_PER_SHARD_MAX = 200;
/** Mailings that a process has claimed at the same time: one that is being sent, and the next ones. */
const CLAIMED_MAX = 3;
/** Mailings of this process that it finds without the index, which may lag; further ones are found through it. */
const OWN_MAX = 1000;
/** Mails of earlier versions are looked for at start, and again after this time. */
const CONVERT_EVERY_MS = 600_000;
/** After `stop`, the time for running attempts to end by themselves. Then they are aborted. */
const SEND_MS_AFTER_STOP = 2000;
/** After that, the time to record their outcome. */
const RECORD_MS_AFTER_STOP = 1000;

export interface MailSenderOptions {
  readonly services: CoreServices;
  readonly transport: MailTransport;
  readonly from: Mailbox;
  /** Of mails to users whose language is not known. */
  readonly language: Language;
  readonly links: MailLinks;
  readonly limits: MailLimits;
  /** Whether mail about held invitations waits for an operator; default: false. */
  readonly enforcesHolds?: boolean;
  /** Whether mails show a borrower's name; default: as far as `safeDisplayName` does. */
  readonly isNameShown?: (name: string) => boolean;
  readonly onAttempt: (attempt: MailAttempt) => void;
  /** Gets each bounce of a mail about a pending invitation. */
  readonly onAnswer?: (answered: MailAnswered) => void;
  /** Default: by timers. */
  readonly pause?: Pause;
  /** Called when a mail has to wait for a time. */
  readonly onWaiting?: () => void;
  /** Called when mailings were queued, to be sent by `sendOwn`. */
  readonly onQueued?: () => void;
}

export interface SendLimits {
  /** Starts no further mail once it is aborted. */
  readonly signal?: AbortSignal;
}

/** Gets the error of each mailing that could not be processed. */
type OnError = (error: unknown) => void;

/**
 * Sends outgoing mail: claims a mailing, hands its mails to the transport, and stores their outcomes in groups. Mailings wait in a
 * queue while others are sent. Every mail is sent at least once, and twice only if the process dies, or can't write until the claim
 * ends, before its outcome is stored; or if the transport failed so that the mail may have been accepted.
 */
export class MailSender {
  readonly #options: MailSenderOptions;
  readonly #claiming: ClaimServices & CoreServices;
  readonly #clockCheck = new ClockCheck(MAIL_AHEAD_MS_MAX);
  readonly #window = new SendWindow();
  readonly #loansShown = new WeakMap<Loan, Loan>();
  readonly #running = new Set<Promise<unknown>>();
  /** Mailings that this process has queued, and not claimed yet. */
  readonly #queued = new Set<MailId>();
  readonly #sendTime = new AbortController();
  readonly #recordTime = new AbortController();
  #convertedAt = Number.NEGATIVE_INFINITY;
  /** Runs that read the queue. What is queued meanwhile must not overtake it. */
  #draining = 0;
  /** Mailings by hand that this process has queued so far. */
  #queuedByHand = 0;
  /** Of the run that waits for the mails that are being sent. */
  #limit: AbortSignal | undefined;
  #state: 'running' | 'stopped' = 'running';

  constructor(options: MailSenderOptions) {
    const { services, limits, enforcesHolds = false } = options;
    this.#options = options;
    this.#claiming = { ...services, limits, enforcesHolds, allowance: new DailyAllowance(limits.inAll) };
  }

  /**
   * Claims a mailing that this process has committed, or that is not stored yet, and sends it, unless others have to be sent before.
   * @returns false where it has to wait: one that is not stored yet has to be queued
   * @throws StoreError where that is not known
   */
  async sendNow(stored: StoredMailing, onError: OnError): Promise<boolean> {
    const isBusy = this.#draining > 0 || this.#queued.size > 0 || this.#running.size >= CLAIMED_MAX;
    if (this.#state === 'stopped' || isBusy) return false;
    const claimed = await this.#track(claimMailing(this.#claiming, stored.mailing.mailingId, stored));
    const canContinue = () => this.#state === 'running' && !this.#limit?.aborted;
    if (claimed) void this.#track(this.#send(claimed, canContinue)).catch(onError);
    return true; // else another process is sending it, or has sent it
  }

  /** Sends the mails that a commit of this process has stored, such as a reminder. */
  handOver(writes: readonly Write[], onError: OnError): void {
    for (const write of writes) {
      if (!isMailingKey(write.key) || isDelete(write)) continue;
      const mailing = write.data as Mailing; // a key's type says what is stored under it
      void this.#track(this.#sendStored({ mailing, version: write.expected + 1 }, onError)).catch(onError);
    }
  }

  async #sendStored(stored: StoredMailing, onError: OnError): Promise<void> {
    await nextIteration(); // after the response to the request
    if (!(await this.sendNow(stored, onError))) this.noteQueued([stored.mailing]);
  }

  /** Notes mailings that this process has committed and that wait, for the next run. */
  noteQueued(mailings: readonly Mailing[]): void {
    for (const { mailingId, lane } of mailings) {
      if (this.#queued.size < OWN_MAX) this.#queued.add(mailingId);
      if (lane === 'hand') this.#queuedByHand += 1;
    }
    if (mailings.length > 0) this.#options.onQueued?.();
  }

  /** Sends the mails that are due. @returns how many mailings were due or queued, and when the next one is due */
  sendDue(onError: OnError, limits: SendLimits = {}): Promise<{ found: number; next: number | undefined }> {
    return this.#within(limits, async (canContinue) => {
      const { services } = this.#options;
      if (services.clock() >= this.#convertedAt + CONVERT_EVERY_MS) {
        await convertEarlierMails(services, onError, canContinue);
        this.#convertedAt = services.clock();
      }
      const { found, next } = await this.#queueDue(onError, canContinue);
      return { found: found + (await this.#drain(onError, canContinue)), next };
    });
  }

  /** Sends the mails that this process has queued, and waits for those that it is sending. */
  async sendOwn(onError: OnError, limits: SendLimits = {}): Promise<void> {
    await this.#within(limits, async (canContinue) => (this.#queued.size > 0 ? this.#drain(onError, canContinue) : 0));
  }

  /** Waits at the end for all mails that are being sent. The limits hold for these too. */
  async #within<Result>({ signal }: SendLimits, work: (canContinue: () => boolean) => Promise<Result>): Promise<Result> {
    this.#limit = signal;
    try {
      return await work(() => this.#state === 'running' && !signal?.aborted);
    } finally {
      await Promise.allSettled(this.#running);
      this.#limit = undefined;
    }
  }

  /** Sends what is queued, in order. @returns how many mailings */
  async #drain(onError: OnError, canContinue: () => boolean): Promise<number> {
    let started = 0;
    const start: StartMailing = async (mailingId) => {
      while (this.#running.size >= CLAIMED_MAX) await Promise.race([...this.#running].map((each) => each.catch(() => undefined)));
      if (!canContinue()) return 0;
      this.#queued.delete(mailingId);
      started += 1;
      try {
        const claimed = await this.#track(claimMailing(this.#claiming, mailingId));
        if (claimed) void this.#track(this.#send(claimed, canContinue)).catch(onError);
        return claimed?.decided.length ?? 0;
      } catch (error) {
        onError(error);
        return 0;
      }
    };
    this.#draining += 1;
    try {
      await this.#sendQueued(start, canContinue);
      for (const mailingId of this.#queued) await start(mailingId); // the index lacks them yet
    } finally {
      this.#draining -= 1;
    }
    return started;
  }

  /**
   * Starts no further mail, and aborts running attempts after two seconds. Resolves after at most three seconds, unless the store
   * hangs, when the outcomes are recorded: only then the transport may be closed.
   */
  async stop(): Promise<void> {
    this.#state = 'stopped';
    const timers = [
      setTimeout(() => this.#sendTime.abort(), SEND_MS_AFTER_STOP),
      setTimeout(() => this.#recordTime.abort(), SEND_MS_AFTER_STOP + RECORD_MS_AFTER_STOP),
    ];
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
    for (const timer of timers) clearTimeout(timer);
  }

  /** Queues mailings whose time has come: reminders, retries, and those whose sender has died. */
  async #queueDue(onError: OnError, canContinue: () => boolean): Promise<{ found: number; next: number | undefined }> {
    const { services } = this.#options;
    let count = 0;
    const limits = { pageSize: QUEUE_PAGE_SIZE, maxPerShard: QUEUED_PER_SHARD_MAX, canContinue, clockCheck: this.#clockCheck };
    const next = await processDue(services, 'mailing', limits, async (rows) => {
      count += rows.length;
      const items = await services.store.batchGet(rows.map(({ key }) => mailingKey(mailingIdOf(key.partition))));
      const found = items.filter((item) => item !== undefined);
      const mailings: StoredMailing[] = found.map(({ data, version }) => ({ mailing: data, version }));
      await queueMailings(services, mailings).catch(onError);
    });
    return { found: count, next };
  }

  async #sendQueued(start: StartMailing, canContinue: () => boolean): Promise<void> {
    const queue = new QueueReader(this.#options.services.store);
    while (canContinue()) {
      const page = await queue.nextPage();
      if (!page) return;
      const queuedByHand = this.#queuedByHand;
      for (const row of page) {
        if (!canContinue() || this.#queuedByHand > queuedByHand) break; // the new ones may come before the rest
        queue.markSeen(row);
        queue.markSent(row, await start(mailingIdOf(row.key.partition)));
      }
    }
  }

  /** Lets `stop` wait for it. */
  async #track<Result>(work: Promise<Result>): Promise<Result> {
    this.#running.add(work);
    try {
      return await work;
    } finally {
      this.#running.delete(work);
    }
  }

  async #send(claimed: ClaimedMailing, canContinue: () => boolean): Promise<void> {
    const { services, transport, onAttempt, pause = pauseWithTimer } = this.#options;
    for (const mail of claimed.decided) {
      const outcome = outcomeOfClaim(mail);
      if (outcome) onAttempt({ outcome, outgoingMail: mail.outgoingMail });
    }
    const bounced: OutgoingMail[] = [];
    try {
      const due = await sendMailing(claimed, {
        lease: new MailingLease({ services, pause, signal: this.#recordTime.signal }, claimed),
        window: this.#window,
        attempt: (mail) => this.#deliver(mail),
        canContinue,
        onAttempt(attempt) {
          onAttempt(attempt);
          if (!transport.reportsBounces && isBounce(attempt.outgoingMail)) bounced.push(attempt.outgoingMail);
        },
        clock: services.clock,
      });
      if (due !== undefined) this.#options.onWaiting?.();
    } finally {
      await this.#countBounces(claimed.mailing, bounced);
    }
  }

  /** One commit for all of a mailing. They are not counted if the process dies before. */
  async #countBounces({ borrowerId }: Mailing, bounced: readonly OutgoingMail[]): Promise<void> {
    const lenderIds = bounced.flatMap(({ lenderId }) => lenderId ?? []);
    if (lenderIds.length === 0 || borrowerId === undefined) return;
    const counted = await countBounces(this.#options.services, borrowerId, lenderIds);
    for (const { lenderId, loanId, requestId, traceparent } of bounced)
      if (lenderId !== null && counted.includes(lenderId))
        this.#options.onAnswer?.({ answer: 'bounced', loanId, requestId, traceparent });
  }

  async #deliver(claimed: DecidedMail): Promise<MailAttempt> {
    const { services, transport } = this.#options;
    let isComposed = false;
    try {
      const message = this.#compose(claimed);
      isComposed = true;
      await transport.send(message, this.#sendTime.signal);
      return { outcome: 'sent', outgoingMail: markSent(claimed.outgoingMail, services.clock()) };
    } catch (error) {
      const outgoingMail = retryOrFail(
        claimed.outgoingMail,
        isComposed ? failureOf(error) : { isHandedOver: false },
        services.clock(),
      );
      return { outcome: outcomeOf(outgoingMail), outgoingMail, error };
    }
  }

  #compose(claimed: DecidedMail): Message {
    const { from, links } = this.#options;
    const language = claimed.context.language ?? this.#options.language;
    const { mailId, to, createdAt, heldUntil: at = createdAt, requestId, traceparent } = claimed.outgoingMail;
    return composeMessage(this.#templateInput(claimed), { mailId, to, language, at, from, links, requestId, traceparent });
  }

  #templateInput({ outgoingMail: { kind }, context: { loan, lender } }: DecidedMail): EmailTemplateInput {
    if (!loan) throw new TypeError('a mail was claimed without its loan');
    return templateInput(kind, this.#shown(loan), lender);
  }

  /** The loan as mails show it. The mails of a mailing share it, and so what is rendered of it. */
  #shown(loan: Loan): Loan {
    const { isNameShown = () => true } = this.#options;
    const shown = this.#loansShown.get(loan) ?? withName(loan, isNameShown);
    this.#loansShown.set(loan, shown);
    return shown;
  }
}

function withName(loan: Loan, isNameShown: (name: string) => boolean): Loan {
  return loan.borrowerName === null || isNameShown(loan.borrowerName) ? loan : { ...loan, borrowerName: null };
}

/** Claims a mailing, and starts to send it. @returns the number of its mails */
type StartMailing = (mailingId: MailId) => Promise<number>;

/** @returns undefined where the mail was claimed, or waits for its next handover */
function outcomeOfClaim({ outgoingMail: { state }, heldBy }: DecidedMail): MailAttempt['outcome'] | undefined {
  if (state.name === 'dropped') return state.reason;
  if (!heldBy) return undefined;
  return heldBy === 'mailbox' ? 'held-back' : `held-back-${heldBy}`;
}

/** Whether the mail server has refused a mail about a pending invitation for good. */
function isBounce({ kind, state }: OutgoingMail): boolean {
  return isAboutPendingInvitation(kind) && state.name === 'failed' && state.reason === 'rejected';
}

function failureOf(error: unknown): FailedAttempt {
  if (!(error instanceof MailTransportError)) return { isHandedOver: true }; // unexpected, at any moment
  const { kind, isHandedOver } = error;
  return { permanent: kind === 'unavailable' ? undefined : kind, isHandedOver };
}

function outcomeOf({ state }: OutgoingMail): MailAttempt['outcome'] {
  if (state.name !== 'failed') return 'postponed';
  return state.reason === 'address-unsupported' ? 'address-unsupported' : 'failed';
}

function templateInput(kind: MailKind, loan: Loan, lender: Lender | undefined): EmailTemplateInput {
  if (kind === 'funded') return { kind, loan, lender: lender ?? null };
  if (!lender) throw new TypeError(`a mail of kind ${kind} was claimed without its lender`);
  return { kind, loan, lender };
}
