import type { Language } from '@private-lending/locale/languages';
import type { MailId } from '../domain/ids.ts';
import { dueAt, type FailedAttempt, markSent, type OutgoingMail, retryOrFail } from '../domain/outgoing-mail.ts';
import type { CoreServices } from '../execution/services.ts';
import { ClockCheck, isDueAt, processDue } from '../storage/due-items.ts';
import { mailQueueShards, startOfLane, turnAt } from '../storage/index-keys.ts';
import { mailIdOf, outgoingMailKey } from '../storage/keys.ts';
import type { IndexRow } from '../storage/store.ts';
import type { MailAttempt } from '../telemetry/background-log.ts';
import type { MailLinks } from './action-links.ts';
import { ClaimLease, type Pause, pauseWithTimer } from './claim-lease.ts';
import { type ClaimedMail, claimDueMail } from './claim-mail.ts';
import type { Mailbox, Message } from './message.ts';
import { queueMails } from './queue-mails.ts';
import { composeMessage } from './templates/compose-message.ts';
import type { EmailTemplateInput } from './templates/email-templates.ts';
import { type MailTransport, MailTransportError } from './transports/transport.ts';

/** Due mails that are read and queued together. */
const QUEUE_PAGE_SIZE = 50;
/** Due mails of one shard that a run queues before it sends. */
const QUEUED_PER_SHARD_MAX = 200;
/** Mails of one shard that are sent before the queue is read again, for mails that come before the rest. */
const SEND_PAGE_SIZE = 10;
/** Of these, at least so many are bulk mails, so that other mail slows them down but does not stop them. */
const BULK_SHARE = 2;
/** No mail waits longer, so one that is scheduled further ahead was scheduled by a clock that was ahead. */
const AHEAD_MS_MAX = 2 * 86_400_000;
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
  readonly onAttempt: (attempt: MailAttempt) => void;
  /** Default: by timers. */
  readonly pause?: Pause;
}

export interface SendLimits {
  /** Mails from each of the eight index shards; all if left out. */
  readonly maxPerShard?: number;
  /** Starts no further mail once it is aborted. */
  readonly signal?: AbortSignal;
}

/** Gets the error of each mail that could not be processed. */
type OnError = (error: unknown) => void;

/**
 * Sends outgoing mail: queues what is due, and in the order of the queue claims each mail, hands it to the transport, and stores the
 * outcome. Every mail is sent at least once, and twice only if the process dies, or can't write until the claim ends, between the
 * last two steps; or if the transport failed so that the mail may have been accepted.
 */
export class MailSender {
  readonly #options: MailSenderOptions;
  readonly #clockCheck = new ClockCheck(AHEAD_MS_MAX);
  readonly #running = new Set<Promise<void>>();
  readonly #sendTime = new AbortController();
  readonly #recordTime = new AbortController();
  #state: 'running' | 'stopped' = 'running';

  constructor(options: MailSenderOptions) {
    this.#options = options;
  }

  /** Sends the mails that are due. */
  async sendDue(onError: OnError, { maxPerShard = Number.POSITIVE_INFINITY, signal }: SendLimits = {}): Promise<void> {
    const canContinue = () => this.#state === 'running' && !signal?.aborted;
    await this.#queueDue(onError, canContinue);
    await Promise.all(mailQueueShards().map((shard) => this.#sendQueued(shard, maxPerShard, onError, canContinue)));
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
    await Promise.allSettled(this.#running);
    for (const timer of timers) clearTimeout(timer);
  }

  /** Queues mails whose time has come: reminders, retries, mails of earlier versions, and mails whose sender has died. */
  async #queueDue(onError: OnError, canContinue: () => boolean): Promise<void> {
    const { services } = this.#options;
    const limits = { pageSize: QUEUE_PAGE_SIZE, maxPerShard: QUEUED_PER_SHARD_MAX, canContinue, clockCheck: this.#clockCheck };
    await processDue(services, 'mail', limits, async (rows) => {
      const items = await services.store.batchGet(rows.map(({ key }) => outgoingMailKey(mailIdOf(key.partition))));
      const now = services.clock();
      const due = items
        .filter((item) => item !== undefined)
        .filter(({ data: { state } }) => isDueAt(dueAt(state) ?? Number.NaN, now, AHEAD_MS_MAX)); // false without a time
      await queueMails(
        services,
        due.map(({ data, version }) => ({ outgoingMail: data, version })),
      ).catch(onError);
    });
  }

  async #sendQueued(partition: string, max: number, onError: OnError, canContinue: () => boolean): Promise<void> {
    const seen = new Set<string>();
    let after: string | undefined;
    for (let left = max; left > 0 && canContinue(); ) {
      const rows = await this.#readQueue(partition, after);
      const page = rows.filter(({ position }) => !seen.has(position)).slice(0, left);
      const seenFirst = page[0] ? rows.slice(0, rows.indexOf(page[0])) : rows;
      for (const { key, position } of page) {
        if (!canContinue()) return;
        seen.add(position);
        await this.#track(this.#send(mailIdOf(key.partition))).catch(onError);
      }
      left -= page.length;
      if (rows.length < SEND_PAGE_SIZE && page.length === 0) return;
      // From the start again, since mails may have been queued before the rest, or after what was seen: it is stale, or has failed.
      after = (seenFirst.findLast(isByHand) ?? seenFirst.at(-1))?.position;
    }
  }

  /** The mails to be sent next, in order: a page, in which a part is reserved for bulk mails. */
  async #readQueue(partition: string, after: string | undefined): Promise<readonly IndexRow[]> {
    const { store } = this.#options.services;
    const range = { partition, order: 'ascending', limit: SEND_PAGE_SIZE } as const;
    const rows = await store.listIndex({ ...range, ...(after !== undefined && { after }) });
    if (rows.length < SEND_PAGE_SIZE || !rows.every(isByHand)) return rows;
    const bulk = await store.listIndex({ ...range, after: startOfLane('bulk'), limit: BULK_SHARE });
    return [...rows.slice(0, SEND_PAGE_SIZE - bulk.length), ...bulk];
  }

  /** Lets `stop` wait for it. */
  async #track(sending: Promise<void>): Promise<void> {
    this.#running.add(sending);
    try {
      await sending;
    } finally {
      this.#running.delete(sending);
    }
  }

  async #send(mailId: MailId): Promise<void> {
    const { services, onAttempt, pause = pauseWithTimer } = this.#options;
    const claimed = await claimDueMail(services, mailId);
    if (!claimed) return;
    const { outgoingMail } = claimed;
    if (outgoingMail.state.name === 'dropped') return onAttempt({ outcome: outgoingMail.state.reason, outgoingMail });
    const isHeldBack = outgoingMail.state.name === 'waiting' && outgoingMail.state.from === outgoingMail.heldUntil;
    if (isHeldBack) return onAttempt({ outcome: 'held-back', outgoingMail });
    if (outgoingMail.state.name !== 'claimed') return;
    const lease = new ClaimLease({ services, pause, signal: this.#recordTime.signal }, claimed);
    const attempt = await lease.holdDuring(() => this.#deliver(claimed));
    await lease.record(attempt.outgoingMail);
    onAttempt(attempt);
  }

  async #deliver(claimed: ClaimedMail): Promise<MailAttempt> {
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

  #compose(claimed: ClaimedMail): Message {
    const { from, links } = this.#options;
    const language = claimed.context.language ?? this.#options.language;
    const { mailId, to, createdAt, heldUntil: at = createdAt, requestId, traceparent } = claimed.outgoingMail;
    return composeMessage(templateInput(claimed), { mailId, to, language, at, from, links, requestId, traceparent });
  }
}

function isByHand({ position }: IndexRow): boolean {
  return turnAt(position, 'hand') !== undefined;
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

function templateInput({ outgoingMail: { kind }, context: { loan, lender } }: ClaimedMail): EmailTemplateInput {
  if (!loan) throw new TypeError('a mail was claimed without its loan');
  if (kind === 'funded') return { kind, loan, lender: lender ?? null };
  if (!lender) throw new TypeError(`a mail of kind ${kind} was claimed without its lender`);
  return { kind, loan, lender };
}
