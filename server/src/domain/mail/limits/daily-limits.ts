/** Mails about pending invitations, on one UTC day. 0: no limit. */
export interface MailLimits {
  /** Of one borrower. */
  readonly perSender: number;
  /** Caused by requests from one network. */
  readonly perNetwork: number;
  /** To one receiving domain that is not large, from all borrowers. One borrower may use half of it. */
  readonly perDomain: number;
  readonly inAll: number;
  /** Whether a borrower's mails are also paced by the answers to those before (`pacing.ts`). */
  readonly isPaced: boolean;
  /** Domains of many recipients, besides the known ones. */
  readonly largeDomains: ReadonlySet<string>;
}

/** @internal exported for tests */
export const NO_MAIL_LIMITS: MailLimits = {
  perSender: 0,
  perNetwork: 0,
  perDomain: 0,
  inAll: 0,
  isPaced: false,
  largeDomains: new Set(),
};

/** What holds a mail back until the next day. `hold`: nobody has decided on the hold of its invitation. */
export type MailLimitName = 'all' | 'domain' | 'hold' | 'mailbox' | 'network' | 'pace' | 'sender';

/** Whether one more is allowed. */
export function isBelow(limit: number, count: number): boolean {
  return limit === 0 || count < limit;
}
