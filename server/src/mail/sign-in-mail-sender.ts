import type { SignInMail } from '../domain/sign-in/email-challenge.ts';
import type { RequestMetadata } from '../execution/request-metadata.ts';
import { type Pause, pauseWithTimer } from '../outbox/pause.ts';
import type { SignInMailAttempt } from '../telemetry/background-log.ts';
import { composeSignInMessage, type SignInMessageMetadata } from './templates/sign-in-email.ts';
import { type MailTransport, MailTransportError } from './transports/transport.ts';

/*
 * Mails with codes do not go through the stored queue: their codes would be stored. What this process has not sent when it ends is
 * lost, and its users request another code.
 */

/** Mails that wait or are being sent, for whom a further request gets 503. */
const MAILS_MAX = 1000;
const CONCURRENCY = 3;
/** The pauses before further attempts: a code is of use for ten minutes only. */
const RETRY_MS = [1000, 4000, 15_000, 60_000, 120_000];
/** After `stop`, the time for attempts to end by themselves. */
const SEND_MS_AFTER_STOP = 2000;

type QueuedMail = SignInMail & RequestMetadata;

/** Mails with codes, in memory, until a sender takes them. */
export class SignInMailQueue {
  readonly #waiting: QueuedMail[] = [];
  #onAdded = (): void => {};
  #size = 0;

  get hasRoom(): boolean {
    return this.#size < MAILS_MAX;
  }

  add(mail: QueuedMail): void {
    this.#size += 1;
    this.#waiting.push(mail);
    this.#onAdded();
  }

  take(): QueuedMail | undefined {
    return this.#waiting.shift();
  }

  /** To be called once a mail that was taken is sent or given up. */
  done(): void {
    this.#size -= 1;
  }

  set onAdded(listener: () => void) {
    this.#onAdded = listener;
  }
}

export interface SignInMailSenderOptions extends SignInMessageMetadata {
  readonly queue: SignInMailQueue;
  readonly transport: MailTransport;
  readonly clock: () => number;
  readonly onAttempt: (attempt: SignInMailAttempt) => void;
  /** Default: by timers. */
  readonly pause?: Pause;
}

/** Sends mails with codes as soon as they are queued, a few at a time, and retries within the time that a code is valid. */
export class SignInMailSender {
  readonly #options: SignInMailSenderOptions;
  readonly #running = new Set<Promise<void>>();
  readonly #sendTime = new AbortController();
  readonly #stopping = new AbortController();

  constructor(options: SignInMailSenderOptions) {
    this.#options = options;
    options.queue.onAdded = () => this.#startNext();
    this.#startNext();
  }

  /** Starts no further retry, and aborts attempts after two seconds. Then the transport may be closed. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const timer = setTimeout(() => this.#sendTime.abort(), SEND_MS_AFTER_STOP);
    while (this.#running.size > 0) await Promise.all(this.#running);
    clearTimeout(timer);
    this.#options.queue.onAdded = () => {};
  }

  #startNext(): void {
    const { queue } = this.#options;
    if (this.#running.size >= CONCURRENCY || this.#sendTime.signal.aborted) return;
    const mail = queue.take();
    if (!mail) return;
    const sending = this.#send(mail).finally(() => {
      this.#running.delete(sending);
      queue.done();
      this.#startNext();
    });
    this.#running.add(sending);
    this.#startNext();
  }

  async #send(mail: QueuedMail): Promise<void> {
    const { onAttempt, pause = pauseWithTimer } = this.#options;
    const { mailId, requestId, traceparent } = mail;
    for (let tries = 1; ; tries += 1) {
      const error = await this.#attempt(mail);
      const retryMs = isTemporary(error) ? this.#retryMs(mail, tries) : undefined;
      onAttempt({
        outcome: outcomeOf(error, retryMs),
        mailId,
        tries,
        requestId,
        traceparent,
        ...(error !== undefined && { error }),
      });
      if (retryMs === undefined) return;
      const wasStopped = await pause(retryMs, this.#stopping.signal).then(
        () => false,
        () => true,
      );
      if (wasStopped) return;
    }
  }

  /** @returns why it failed */
  async #attempt(mail: QueuedMail): Promise<unknown> {
    const { transport, from, language, site } = this.#options;
    try {
      await transport.send(composeSignInMessage(mail, { from, language: mail.language ?? language, site }), this.#sendTime.signal);
      return undefined;
    } catch (error) {
      return error;
    }
  }

  /** @returns undefined where no further attempt can be of use */
  #retryMs({ expiresAt }: QueuedMail, tries: number): number | undefined {
    const retryMs = RETRY_MS[tries - 1];
    if (retryMs === undefined || this.#stopping.signal.aborted) return undefined;
    return this.#options.clock() + retryMs < expiresAt ? retryMs : undefined;
  }
}

function isTemporary(error: unknown): boolean {
  return error instanceof MailTransportError && error.kind === 'unavailable';
}

function outcomeOf(error: unknown, retryMs: number | undefined): SignInMailAttempt['outcome'] {
  if (error === undefined) return 'sent';
  if (retryMs !== undefined) return 'postponed';
  return error instanceof MailTransportError && error.kind === 'address-unsupported' ? 'address-unsupported' : 'failed';
}
