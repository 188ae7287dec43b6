import * as z from 'zod';
import { toAsciiDomain } from '../domain/email/domain-name.ts';
import type { MailLimits } from '../domain/mail/limits/daily-limits.ts';
import { optionalWholeNumber, wholeNumber } from './whole-number.ts';

/* Daily limits of mail about pending invitations. 0: none. */

const MAX = 100_000_000;
/** Of one borrower: five hours of as many invitations as they may send. A co-operative of a thousand goes out in a day. */
const SENDER_HOURS = 5;
/** Of a network, such as an office: two borrowers at their limit, or some hundred who invite a family. */
const NETWORK_HOURS = 10;

export const mailLimitSettings = {
  MAILS_PER_DAY: wholeNumber(0, MAX, 50_000),
  SENDER_MAILS_PER_DAY: optionalWholeNumber(0, MAX).optional(),
  NETWORK_MAILS_PER_DAY: optionalWholeNumber(0, MAX).optional(),
  DOMAIN_MAILS_PER_DAY: wholeNumber(0, MAX, 200),
  PACING: z.literal('off', { error: 'must be off, or not set' }).optional(),
  LARGE_MAIL_DOMAINS: z.string().prefault('').transform(parseDomains),
};

/** @param invitesPerHour determines the defaults of a borrower and of a network, so that who raises it raises these too */
export function mailLimitsOf(values: z.output<z.ZodObject<typeof mailLimitSettings>>, invitesPerHour: number): MailLimits {
  return {
    inAll: values.MAILS_PER_DAY,
    perSender: values.SENDER_MAILS_PER_DAY ?? SENDER_HOURS * invitesPerHour,
    perNetwork: values.NETWORK_MAILS_PER_DAY ?? NETWORK_HOURS * invitesPerHour,
    perDomain: values.DOMAIN_MAILS_PER_DAY,
    isPaced: values.PACING !== 'off',
    largeDomains: values.LARGE_MAIL_DOMAINS,
  };
}

function parseDomains(text: string, context: z.RefinementCtx): ReadonlySet<string> {
  const domains = text
    .split(/[\s,]+/)
    .filter((each) => each !== '')
    .map(toAsciiDomain);
  if (domains.includes(undefined)) {
    context.addIssue({ code: 'custom', message: 'must be domains such as example.edu, with commas between' });
    return z.NEVER;
  }
  return new Set(domains.filter((domain) => domain !== undefined));
}
