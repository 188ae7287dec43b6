import { getDomain } from 'tldts';
import type { Email } from '../../domain/email.ts';
import { canonicalMailbox } from '../../domain/mail/canonical-mailbox.ts';
import { isPrivacyRelay } from '../names/privacy-relays.ts';
import { isFreeMail } from './free-mail.ts';

/** An address, taken apart for the features. */
export interface Address {
  readonly email: Email;
  readonly local: string;
  readonly domain: string;
  readonly mailbox: string;
  /** Of the domain: who registered it. */
  readonly organization: string;
  readonly isFreeMail: boolean;
  /** Its local part is made by a service, so its pattern says nothing. */
  readonly isRelay: boolean;
}

export function addressOf(email: Email): Address {
  const at = email.lastIndexOf('@');
  const domain = email.slice(at + 1);
  const isLarge = isFreeMail(domain);
  const organization = isLarge ? domain : (getDomain(domain, { allowPrivateDomains: true }) ?? domain);
  return {
    email,
    local: email.slice(0, at),
    domain,
    mailbox: canonicalMailbox(email),
    organization,
    isFreeMail: isLarge || isFreeMail(organization),
    isRelay: isPrivacyRelay(domain),
  };
}
