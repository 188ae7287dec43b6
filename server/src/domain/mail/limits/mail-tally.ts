import type { Email } from '../../email.ts';
import { isBelow, type MailLimitName, type MailLimits } from './daily-limits.ts';
import { smallDomainOf } from './receiving-domain.ts';
import { countSenderMail, type SenderMailCount } from './sender-mail-count.ts';

/** Mails to one domain that a borrower may send on a day without being counted for the domain. */
const UNCOUNTED_PER_DOMAIN = 2;

/** The counts of today that limit the mails of one mailing. */
export interface MailCounts {
  /** Undefined where the mailing has no borrower, as those of earlier versions. */
  readonly sender: SenderMailCount | undefined;
  /** Undefined where the mailing has no network: its request came from within the operator's own. */
  readonly network: number | undefined;
  /** Mails that the sender may send today by the answers to those before; infinite where they are not paced. */
  readonly paced: number;
  readonly domainOf: (domain: string) => number;
  /** Mails that may be counted in all. */
  readonly left: number;
}

/** A mail about a pending invitation. */
export interface CountedMail {
  readonly to: Email;
  /** Verified. */
  readonly borrowerEmail: Email;
}

/**
 * Counts the mails of one mailing, so that there is one write for each count and not for each mail. A mail counts for a domain from
 * the sender's third on, with the two before: invitations to some people at different domains cost no write for each domain, and
 * each sender passes its limit by two mails at most.
 */
export class MailTally {
  readonly #limits: MailLimits;
  readonly #counts: MailCounts;
  readonly #domains = new Map<string, number>();
  #sender: SenderMailCount | undefined;
  #counted = 0;

  constructor(limits: MailLimits, counts: MailCounts) {
    this.#limits = limits;
    this.#counts = counts;
    this.#sender = counts.sender;
  }

  /** Mails that it has counted. */
  get counted(): number {
    return this.#counted;
  }

  /** With the mails that it has counted; undefined as in `MailCounts`. */
  get sender(): SenderMailCount | undefined {
    return this.#sender;
  }

  /** The counts of domains that it has changed. */
  get domains(): ReadonlyMap<string, number> {
    return this.#domains;
  }

  /** The first limit that does not allow another mail; undefined where all do. */
  exceededBy(mail: CountedMail): Exclude<MailLimitName, 'mailbox'> | undefined {
    const { perSender, perNetwork, perDomain } = this.#limits;
    if (this.#sender && !isBelow(perSender, this.#sender.count)) return 'sender';
    if (this.#sender && this.#sender.count >= this.#counts.paced) return 'pace';
    if (this.#counts.network !== undefined && !isBelow(perNetwork, this.#counts.network + this.#counted)) return 'network';
    const domain = this.#countedDomainOf(mail);
    const isDomainFull =
      domain !== undefined &&
      !(isBelow(perDomain, this.#domainCount(domain)) && isBelow(Math.ceil(perDomain / 2), this.#sentTo(domain)));
    if (isDomainFull) return 'domain';
    return this.#counted < this.#counts.left ? undefined : 'all';
  }

  count(mail: CountedMail): void {
    const domain = this.#countedDomainOf(mail);
    this.#counted += 1;
    this.#sender &&= countSenderMail(this.#sender, domain);
    if (domain === undefined) return;
    const sent = this.#sentTo(domain);
    if (sent <= UNCOUNTED_PER_DOMAIN && this.#sender) return;
    const added = sent === UNCOUNTED_PER_DOMAIN + 1 ? sent : 1;
    this.#domains.set(domain, this.#domainCount(domain) + added);
  }

  /** Members of an organization invite each other by its domain: their own domain is not limited. */
  #countedDomainOf({ to, borrowerEmail }: CountedMail): string | undefined {
    const { perDomain, largeDomains } = this.#limits;
    const domain = perDomain === 0 ? undefined : smallDomainOf(to, largeDomains);
    return domain !== undefined && domain === smallDomainOf(borrowerEmail, largeDomains) ? undefined : domain;
  }

  #domainCount(domain: string): number {
    return this.#domains.get(domain) ?? this.#counts.domainOf(domain);
  }

  /** By the sender, today. */
  #sentTo(domain: string): number {
    return this.#sender?.domains[domain] ?? 0;
  }
}
