import type { MailId } from '../domain/ids.ts';
import { markSent, retryOrFail } from '../domain/outgoing-mail.ts';
import { outgoingMailWrite } from '../execution/commit-writes.ts';
import type { CoreServices } from '../execution/services.ts';
import { type DueLimits, processDue } from '../storage/due-items.ts';
import { mailIdOf } from '../storage/keys.ts';
import type { MailAttempt } from '../telemetry/background-log.ts';
import type { MailLinks } from './action-links.ts';
import { type ClaimedMail, claimDueMail } from './claim-mail.ts';
import type { Mailbox, Message } from './message.ts';
import { composeMessage } from './templates/compose-message.ts';
import type { EmailTemplateInput } from './templates/email-templates.ts';
import { type MailTransport, MailTransportError } from './transports/transport.ts';

const PAGE_SIZE = 50;

export interface MailSenderOptions {
  readonly services: CoreServices;
  readonly transport: MailTransport;
  readonly from: Mailbox;
  readonly links: MailLinks;
  readonly onAttempt: (attempt: MailAttempt) => void;
}

export interface SendLimits {
  /** Mails from each of the eight index shards; all if left out. */
  readonly maxPerShard?: number;
  /** Starts no further mail once it is aborted. */
  readonly signal?: AbortSignal;
}

/**
 * Sends outgoing mail: claims it, hands it to the transport, stores the outcome. Every mail is sent at least once, and twice only
 * if the process dies, or takes longer than the claim lasts, between the last two steps.
 */
export class MailSender {
  readonly #options: MailSenderOptions;
  #state: 'running' | 'stopped' = 'running';

  constructor(options: MailSenderOptions) {
    this.#options = options;
  }

  /** Sends the mails that are due. @param onError gets the error of each mail that could not be processed */
  async sendDue(onError: (error: unknown) => void, { maxPerShard, signal }: SendLimits = {}): Promise<void> {
    const canContinue = () => this.#state === 'running' && !signal?.aborted;
    const limits: DueLimits = { pageSize: PAGE_SIZE, canContinue, ...(maxPerShard !== undefined && { maxPerShard }) };
    await processDue(this.#options.services, 'mail', limits, async (due) => {
      for (const { key } of due) if (canContinue()) await this.#send(mailIdOf(key.partition)).catch(onError);
    });
  }

  /** Starts no further mail. */
  stop(): void {
    this.#state = 'stopped';
  }

  async #send(mailId: MailId): Promise<void> {
    const { services, onAttempt } = this.#options;
    const claimed = await claimDueMail(services, mailId);
    if (!claimed) return;
    const { outgoingMail, version } = claimed;
    if (outgoingMail.state.name === 'dropped') return onAttempt({ outcome: outgoingMail.state.reason, outgoingMail });
    const attempt = await this.#deliver(claimed);
    // Has no effect if the claim ran out and another process took it over: that one stores the outcome.
    await services.store.commit(services.ids.command(), [outgoingMailWrite(attempt.outgoingMail, version)]);
    onAttempt(attempt);
  }

  async #deliver(claimed: ClaimedMail): Promise<MailAttempt> {
    const { services, transport } = this.#options;
    try {
      await transport.send(this.#compose(claimed));
      return { outcome: 'sent', outgoingMail: markSent(claimed.outgoingMail, services.clock()) };
    } catch (error) {
      const isFinal = error instanceof MailTransportError && error.kind === 'rejected';
      const outgoingMail = retryOrFail(claimed.outgoingMail, isFinal, services.clock());
      return { outcome: outgoingMail.state.name === 'failed' ? 'failed' : 'postponed', outgoingMail, error };
    }
  }

  #compose(claimed: ClaimedMail): Message {
    const { from, links } = this.#options;
    const { mailId, createdAt, requestId, traceparent } = claimed.outgoingMail;
    return composeMessage(templateInput(claimed), { mailId, at: createdAt, from, links, requestId, traceparent });
  }
}

function templateInput({ outgoingMail: { kind }, context: { loan, lender } }: ClaimedMail): EmailTemplateInput {
  if (!loan) throw new TypeError('a mail was claimed without its loan');
  if (kind === 'funded') return { kind, loan, lender: lender ?? null };
  if (!lender) throw new TypeError(`a mail of kind ${kind} was claimed without its lender`);
  return { kind, loan, lender };
}
