import type { MailId } from '../domain/ids.ts';
import {
  claimMail,
  dayOf,
  type MailClaim,
  type MailContext,
  type MailKind,
  markSent,
  type OutgoingMail,
  retryOrFail,
} from '../domain/outgoing-mail.ts';
import { outgoingMailWrite } from '../execution/commit-writes.ts';
import { type Decision, decideAndCommit } from '../execution/decide-and-commit.ts';
import type { CoreServices } from '../execution/services.ts';
import type { View } from '../execution/view.ts';
import { processDue } from '../storage/due-items.ts';
import { lenderKey, loanKey, mailDayKey, mailingIdOf, optOutKey, outgoingMailKey } from '../storage/keys.ts';
import type { Write } from '../storage/store.ts';
import type { MailLinks } from './action-links.ts';
import type { Mailbox, Message } from './message.ts';
import { compose } from './templates/compose-message.ts';
import type { EmailTemplateInput } from './templates/email-templates.ts';
import { type MailTransport, MailTransportError } from './transports/transport.ts';

const PAGE_SIZE = 50;

/** What became of one try to send a mail. */
export interface MailEnded {
  readonly kind: MailKind;
  readonly outcome: 'daily-limit' | 'failed' | 'moot' | 'opted-out' | 'postponed' | 'sent';
  readonly outgoingMail: OutgoingMail;
  /** Why it was not taken. */
  readonly fault?: unknown;
}

export interface MailerOptions {
  readonly services: CoreServices;
  readonly transport: MailTransport;
  readonly from: Mailbox;
  readonly links: MailLinks;
  readonly onEnd: (ended: MailEnded) => void;
  /** Told of what keeps a mail from being seen to at all; it is found again. */
  readonly onFault: (fault: unknown) => void;
}

/** How far one round of sending goes; to the end where nothing is said. */
export interface MailBounds {
  /** Mails of each of the eight places where they wait. */
  readonly most?: number;
  /** Aborted, no further mail is begun. */
  readonly ending?: AbortSignal;
}

/** A mail that is ours to send now. */
interface Claimed {
  readonly outgoingMail: OutgoingMail;
  /** Under which it is written since it was claimed. */
  readonly version: number;
  readonly standing: MailContext;
}

/**
 * Sends the mails that are due: claims one, hands it over, and writes down what became of it. Every mail is handed over at least
 * once, and twice only where the process ends between the transport's yes and the writing down.
 */
export class Mailer {
  readonly #options: MailerOptions;
  #state: 'running' | 'stopped' = 'running';

  constructor(options: MailerOptions) {
    this.#options = options;
  }

  /** Sends what is due by now. */
  async sendDue({ most = Number.POSITIVE_INFINITY, ending }: MailBounds = {}): Promise<void> {
    const goesOn = () => this.#goesOn(ending);
    await processDue(this.#options.services, 'mail', { pageSize: PAGE_SIZE, most, goesOn }, async (due) => {
      for (const { key } of due) if (goesOn()) await this.#send(mailingIdOf(key.partition));
    });
  }

  /** Begins no further mail. */
  stop(): void {
    this.#state = 'stopped';
  }

  #goesOn(ending: AbortSignal | undefined): boolean {
    return this.#state === 'running' && !ending?.aborted;
  }

  /** Never rejects: one mail that can't be sent is no reason to keep others waiting. */
  async #send(mailingId: MailId): Promise<void> {
    try {
      const claimed = await this.#claim(mailingId);
      if (claimed) await this.#handOver(claimed);
    } catch (fault) {
      this.#options.onFault(fault);
    }
  }

  /** @returns undefined where it is not to be sent, or by somebody else */
  #claim(mailingId: MailId): Promise<Claimed | undefined> {
    const { services } = this.#options;
    const key = outgoingMailKey(mailingId);
    const now = services.clock();
    const alsoRead = (view: View) => {
      const outgoingMail = view.at(key)?.data;
      return outgoingMail ? Object.values(keysOf(outgoingMail, now)).flatMap((found) => found ?? []) : [];
    };
    const decide = (view: View): Decision<Claimed | undefined> => {
      const item = view.at(key);
      const standing = item && standingIn(view, item.data, now);
      const claiming = standing && claimMail(item.data, standing);
      if (!claiming) return { result: undefined, writes: [] };
      const result = { outgoingMail: claiming.outgoingMail, version: item.version + 1, standing };
      return { result, writes: claimWrites(view, claiming, item.version, now) };
    };
    return decideAndCommit(services, { keys: [key], alsoRead, decide });
  }

  async #handOver({ outgoingMail, version, standing }: Claimed): Promise<void> {
    const { onEnd, services } = this.#options;
    const { kind, state } = outgoingMail;
    if (state.name === 'dropped') return onEnd({ kind, outcome: state.reason, outgoingMail });
    const fault = await this.#failureOf(outgoingMail, standing);
    const isForGood = fault instanceof MailTransportError && fault.kind === 'rejected';
    const ended =
      fault === undefined ? markSent(outgoingMail, services.clock()) : retryOrFail(outgoingMail, isForGood, services.clock());
    // Refused where it took so long that somebody else has claimed it since: then they write down what became of it.
    await services.store.commit(services.ids.command(), [outgoingMailWrite(ended, version)]);
    if (fault === undefined) onEnd({ kind, outcome: 'sent', outgoingMail: ended });
    else onEnd({ kind, outcome: ended.state.name === 'failed' ? 'failed' : 'postponed', outgoingMail: ended, fault });
  }

  async #failureOf(outgoingMail: OutgoingMail, standing: MailContext): Promise<unknown> {
    try {
      await this.#options.transport.send(this.#inWords(outgoingMail, standing));
      return undefined;
    } catch (fault) {
      return fault;
    }
  }

  #inWords({ mailId, kind, madeAt, requestId, traceparent }: OutgoingMail, { loan, lender }: MailContext): Message {
    const { from, links } = this.#options;
    if (!loan) throw new TypeError('a mail without a loan was claimed');
    const content = contentOf(kind, { loan, lender });
    return compose(content, { letterId: mailId, at: madeAt, from, links, requestId, traceparent });
  }
}

function contentOf(
  kind: MailKind,
  { loan, lender }: { loan: NonNullable<MailContext['loan']>; lender: MailContext['lender'] },
): EmailTemplateInput {
  if (kind === 'funded') return { kind, loan, lender: lender ?? null };
  if (!lender) throw new TypeError(`a mail of kind ${kind} was claimed without its lender`);
  return { kind, loan, lender };
}

/** Where everything stands that decides about a mail. */
function keysOf({ loanId, lenderId, to }: OutgoingMail, now: number) {
  return {
    loan: loanKey(loanId),
    lender: lenderId === null ? undefined : lenderKey(loanId, lenderId),
    day: mailDayKey(to, dayOf(now)),
    optOut: optOutKey(to),
  };
}

function standingIn(view: View, outgoingMail: OutgoingMail, now: number): MailContext {
  const { loan, lender, day, optOut } = keysOf(outgoingMail, now);
  return {
    loan: view.at(loan)?.data,
    lender: lender && view.at(lender)?.data,
    day: view.at(day)?.data,
    isOptedOut: view.at(optOut) !== undefined,
    now,
  };
}

const DAY_MS = 86_400_000;

function claimWrites(view: View, { outgoingMail, day }: MailClaim, version: number, now: number): Write[] {
  if (!day) return [outgoingMailWrite(outgoingMail, version)];
  const key = mailDayKey(outgoingMail.to, dayOf(now));
  return [outgoingMailWrite(outgoingMail, version), { key, expected: view.versionAt(key), data: day, expiresAt: now + DAY_MS }];
}
