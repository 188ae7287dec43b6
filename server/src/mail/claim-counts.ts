import type { MailId } from '../domain/ids.ts';
import type { DailyAllowance } from '../domain/mail/limits/daily-allowance.ts';
import type { MailLimitName, MailLimits } from '../domain/mail/limits/daily-limits.ts';
import { type CountedMail, MailTally } from '../domain/mail/limits/mail-tally.ts';
import { smallDomainOf } from '../domain/mail/limits/receiving-domain.ts';
import { senderCountOn } from '../domain/mail/limits/sender-mail-count.ts';
import type { Mailing } from '../domain/mail/mailing.ts';
import { isAboutPendingInvitation, type OutgoingMail } from '../domain/outgoing-mail.ts';
import { periodAt, type UsageCounter, usedIn } from '../domain/usage-counter.ts';
import type { View } from '../execution/view.ts';
import { domainMailCountKey, mailCountKey, networkMailCountKey, senderMailCountKey } from '../storage/keys.ts';
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
  const { all, sender, network } = keysOf(mailing, limits, periodAt('day', now));
  const domains = limits.perDomain === 0 ? [] : limited.map(({ to }) => smallDomainOf(to, limits.largeDomains));
  const domainKeys = [...new Set(domains)].flatMap((domain) =>
    domain === undefined ? [] : [domainMailCountKey(domain, periodAt('day', now))],
  );
  return [all, sender, network, ...domainKeys].filter((key) => key !== undefined);
}

function keysOf({ borrowerId, network, mails }: Mailing, { inAll, perSender, perNetwork, perDomain }: MailLimits, day: string) {
  const isLimited = mails.some(({ kind }) => isAboutPendingInvitation(kind));
  return {
    all: !isLimited || inAll === 0 ? undefined : mailCountKey(day),
    sender: !isLimited || borrowerId === undefined || perSender + perDomain === 0 ? undefined : senderMailCountKey(borrowerId),
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
    const { all, sender, network } = this.#keys;
    this.#left = allowance.leftOn(this.#day);
    const missing = mailing.mails.length - this.#left;
    this.#block = all && missing > 0 ? allowance.blockAfter(this.#countAt(all), missing) : 0;
    this.#tally = new MailTally(limits, {
      sender: sender && senderCountOn(this.#day, view.at(sender)?.data),
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

  /** Reserves the mails in the process, until the commit of the claim has ended. @returns the counts to write in it */
  reserve(): Put[] {
    const { counted, sender, domains } = this.#tally;
    if (counted === 0 || this.#state === 'written') return [];
    this.#taken = Math.min(counted, this.#left);
    this.#allowance.take(this.#day, this.#taken);
    const { all, sender: senderKey, network } = this.#keys;
    return [
      ...(all && counted > this.#left ? [this.#counter(all, this.#countAt(all) + this.#block)] : []),
      ...(senderKey && sender ? [{ key: senderKey, expected: this.#view.versionAt(senderKey), data: sender }] : []),
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

  #countAt(key: Key<UsageCounter>): number {
    return usedIn(this.#day, this.#view.at(key)?.data);
  }

  #counter(key: Key<UsageCounter>, count: number): Put<UsageCounter> {
    return { key, expected: this.#view.versionAt(key), data: { period: this.#day, count }, expiresAt: this.#now + DAY_MS };
  }
}
