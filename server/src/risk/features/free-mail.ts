import { LARGE_MAIL_DOMAINS } from '../../domain/mail/limits/large-mail-domains.ts';
import { providerOf } from '../../domain/mail/mail-providers.ts';

/** Whether unrelated people have their mailboxes at a domain, so that it says nothing of whose they are. */
export function isFreeMail(domain: string): boolean {
  return LARGE_MAIL_DOMAINS.has(domain) || providerOf(domain) !== undefined;
}
