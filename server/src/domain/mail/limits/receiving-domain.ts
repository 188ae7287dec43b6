import { getDomain } from 'tldts';
import type { Email } from '../../email.ts';
import { providerOf } from '../mail-providers.ts';
import { LARGE_MAIL_DOMAINS } from './large-mail-domains.ts';

/** Reserved by RFC 2606 and RFC 6761: nobody gets mail there. */
const RESERVED = /(?:^|\.)(?:example(?:\.(?:com|net|org))?|test|invalid|localhost)$/;

/**
 * The registered domain at which an address gets mail, where all its mailboxes may be one recipient's: who has a domain has all
 * names and subdomains of it. @param large domains of many recipients, besides the known ones
 * @returns undefined for a domain of many recipients, and for a reserved one
 */
export function smallDomainOf(email: Email, large: ReadonlySet<string>): string | undefined {
  const host = email.slice(email.lastIndexOf('@') + 1);
  const domain = getDomain(host, { allowPrivateDomains: true }) ?? host;
  const isLarge = [host, domain].some((each) => LARGE_MAIL_DOMAINS.has(each) || large.has(each)) || providerOf(domain);
  return isLarge || RESERVED.test(host) ? undefined : domain;
}
