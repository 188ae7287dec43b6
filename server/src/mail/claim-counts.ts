import type { MailId } from '../domain/ids.ts';
import type { DailyAllowance } from '../domain/mail/limits/daily-allowance.ts';
import type { MailLimitName, MailLimits } from '../domain/mail/limits/daily-limits.ts';
import { type CountedMail, MailTally } from '../domain/mail/limits/mail-tally.ts';
import { pacedMailsPerDay } from '../domain/mail/limits/pacing.ts';
import { smallDomainOf } from '../domain/mail/limits/receiving-domain.ts';
import { type SenderMailCount, senderCountOn } from '../domain/mail/limits/sender-mail-count.ts';
import { withWaiting } from '../domain/mail/limits/waiting-mailings.ts';
import { heldBackIn, type Mailing } from '../domain/mail/mailing.ts';
import { isAboutPendingInvitation, type OutgoingMail } from '../domain/outgoing-mail.ts';
import { periodAt, type UsageCounter, usedIn } from '../domain/usage-counter.ts';
import type { View } from '../execution/view.ts';
import { domainMailCountKey, mailCountKey, networkMailCountKey, senderAnswersKey, senderMailCountKey } from '../storage/keys.ts';
import type { Key, Put } from '../storage/store.ts';

const DAY_MS = 86_400_000;

type ExceededLimit = Exclude<MailLimitName, 'mailbox'> | undefined;

/** The limits of all mail, and this process's part of it. */
export interface MailLimiting {
  readonly limits: MailLimits;
  readonly allowance: DailyAllowance;
}

/** The keys of the counts by which the mails of a mailing are limited, besides those of mailboxes. */
export function countKeys(mailing: Mailing, mails: readonly OutgoingMail[], limits: MailLimits, now: number): Key<unknown>[] {
  const limited = mails.filter(({ kind }) => isAboutPendingInvitation(kind));
  const { all, sender, answers, network } = keysOf(mailing, limits, periodAt('day', now));
  const domains = limits.perDomain === 0 ? [] : limited.map(({ to }) => smallDomainOf(to, limits.largeDomains));
  const domainKeys = [...new Set(domains)].flatMap((domain) =>
    domain === undefined ? [] : [domainMailCountKey(domain, periodAt('day', now))],
  );
  return [all, sender, answers, network, ...domainKeys].filter((key) => key !== undefined);
}

function keysOf({ borrowerId, network, mails }: Mailing, { inAll, isPaced, perNetwork }: MailLimits, day: string) {
  const isLimited = mails.some(({ kind }) => isAboutPendingInvitation(kind));
  const isSent = isLimited && borrowerId !== undefined;
  return {
    all: !isLimited || inAll === 0 ? undefined : mailCountKey(day),
    sender: isSent ? senderMailCountKey(borrowerId) : undefined,
    answers: isSent && isPaced ? senderAnswersKey(borrowerId) : undefined,
    network: !isLimited || network === undefined || perNetwork === 0 ? undefined : networkMailCountKey(network, day),
  };
}

/**
 * Counts the mails that a claim takes, for all limits but those of mailboxes. One write for each count, in the transaction of the
 * claim. Once that is stored, mails that are decided again keep their decision and are not counted again.
 */
export class ClaimCounts {
  readonly #view: View;
  readonly #keys: ReturnType<typeof keysOf>;
  readonly #allowance: DailyAllowance;
  readonly #tally: MailTally;
  readonly #day: string;
  readonly #now: number;
  /** Of all mails. What the process has left, and what it may take if that is not enough. */
  readonly #left: number;
  readonly #block: number;
  readonly #decisions = new Map<MailId, ExceededLimit>();
  #state: 'counting' | 'written' = 'counting';
  #taken = 0;

  /** @param mails of the mailing, at most as many as it counts */
  constructor(view: View, mailing: Mailing, { limits, allowance }: MailLimiting, now: number) {
    this.#view = view;
    this.#allowance = allowance;
    this.#now = now;
    this.#day = periodAt('day', now);
    this.#keys = keysOf(mailing, limits, this.#day);
    const { all, sender, answers, network } = this.#keys;
    const { perSender, perDomain, isPaced } = limits;
    this.#left = allowance.leftOn(this.#day);
    const missing = mailing.mails.length - this.#left;
    this.#block = all && missing > 0 ? allowance.blockAfter(this.#countAt(all), missing) : 0;
    this.#tally = new MailTally(limits, {
      sender: sender && (isPaced || perSender + perDomain > 0) ? this.#senderCount() : undefined,
      paced: answers ? pacedMailsPerDay(view.at(answers)?.data) : Number.POSITIVE_INFINITY,
      network: network && this.#countAt(network),
      domainOf: (domain) => this.#countAt(domainMailCountKey(domain, this.#day)),
      left: this.#left + this.#block,
    });
  }

  exceededBy(mail: CountedMail & Pick<OutgoingMail, 'mailId'>): ExceededLimit {
    if (!this.#decisions.has(mail.mailId)) this.#decisions.set(mail.mailId, this.#tally.exceededBy(mail));
    return this.#decisions.get(mail.mailId);
  }

  count(mail: CountedMail): void {
    if (this.#state === 'counting') this.#tally.count(mail);
  }

  /**
   * Reserves the mails in the process, until the commit of the claim has ended.
   * @param claimed the mailing as the claim writes it
   * @param isOnHold whether its mails wait for an operator, whatever room the limits have
   * @returns the counts to write in it
   */
  reserve(claimed: Mailing, isOnHold = false): Put[] {
    const { counted, domains } = this.#tally;
    if (this.#state === 'written') return [];
    const sender = this.#senderWrite(claimed, isOnHold);
    if (counted === 0) return sender;
    this.#taken = Math.min(counted, this.#left);
    this.#allowance.take(this.#day, this.#taken);
    const { all, network } = this.#keys;
    return [
      ...sender,
      ...(all && counted > this.#left ? [this.#counter(all, this.#countAt(all) + this.#block)] : []),
      ...(network ? [this.#counter(network, this.#countAt(network) + counted)] : []),
      ...[...domains].map(([domain, count]) => this.#counter(domainMailCountKey(domain, this.#day), count)),
    ];
  }

  /** To be called once the claim is known to be stored, or not to be. */
  settle(isStored: boolean): void {
    if (this.#state === 'written') return;
    if (!isStored) {
      this.#allowance.add(this.#day, this.#taken);
      return;
    }
    this.#state = 'written';
    const { counted } = this.#tally;
    const unused = counted > this.#left ? this.#block - (counted - this.#taken) : 0;
    if (unused > 0) this.#allowance.add(this.#day, unused);
  }

  /** Where mails are counted, or others of the mailing wait than before. */
  #senderWrite(claimed: Mailing, isOnHold: boolean): Put[] {
    const { sender: key } = this.#keys;
    if (!key) return [];
    const { sender: counted, counted: mails } = this.#tally;
    const before = counted ?? this.#senderCount();
    const { mailingId, loanId } = claimed;
    const data = withWaiting(before, { mailingId, loanId, mails: heldBackIn(claimed), ...(isOnHold && { isOnHold }) });
    return data !== before || (counted && mails > 0) ? [{ key, expected: this.#view.versionAt(key), data }] : [];
  }

  #senderCount(): SenderMailCount {
    const { sender } = this.#keys;
    return senderCountOn(this.#day, sender && this.#view.at(sender)?.data);
  }

  #countAt(key: Key<UsageCounter>): number {
    return usedIn(this.#day, this.#view.at(key)?.data);
  }

  #counter(key: Key<UsageCounter>, count: number): Put<UsageCounter> {
    return { key, expected: this.#view.versionAt(key), data: { period: this.#day, count }, expiresAt: this.#now + DAY_MS };
  }
}
