import type { Email } from '../email.ts';
import { providerOf } from './mail-providers.ts';

declare const canonical: unique symbol;

/** A mailbox, however its address is spelled. For limits and opt-outs only: it identifies nobody, and no mail goes to it. */
export type CanonicalMailbox = string & { readonly [canonical]: true };

interface Address {
  readonly local: string;
  readonly domain: string;
}

/** The mailbox of an address: without case, the tag after `+`, and what its provider ignores (docs/mailboxes.md). */
export function canonicalMailbox(email: Email): CanonicalMailbox {
  const { local, domain } = withoutSubdomain(addressIn(email));
  const provider = providerOf(domain);
  const untagged = withoutTag(foldCase(local));
  const known = withoutKeyword(provider?.ignored ? without(untagged, provider.ignored) : untagged, provider?.keywordSeparator);
  return mailboxOf({ local: known, domain: provider?.mainDomain ?? domain });
}

/**
 * The canonical forms of earlier versions that an address and its mailbox had, at each domain of the provider. Forms with another
 * keyword, subdomain or ignored character than the address has are not among them.
 */
export function earlierMailboxes(email: Email): CanonicalMailbox[] {
  const mailbox = canonicalMailbox(email);
  const spelled = addressIn(email);
  const provider = providerOf(spelled.domain);
  const names = [earlierName(spelled), addressIn(mailbox).local];
  const forms = provider?.mainDomain
    ? provider.domains.flatMap((domain) => names.map((local) => ({ local, domain: earlierDomain(domain) })))
    : [{ local: earlierName(spelled), domain: spelled.domain }];
  return [...new Set(forms.map(mailboxOf))].filter((form) => form !== mailbox);
}

/** Where earlier versions may have stored an opt-out for an address: also under its exact spelling. */
export function earlierOptOutMailboxes(email: Email): CanonicalMailbox[] {
  const forms = new Set([...earlierMailboxes(email), mailboxOf(addressIn(email))]);
  forms.delete(canonicalMailbox(email));
  return [...forms];
}

function earlierDomain(domain: string): string {
  return domain === 'googlemail.com' ? 'gmail.com' : domain;
}

/** The name in the canonical form of earlier versions, which knew tags, and dots at Gmail and Proton. */
function earlierName({ local, domain }: Address): string {
  const untagged = withoutTag(foldCase(local));
  return providerOf(domain)?.ignored ? untagged.replaceAll('.', '') : untagged;
}

function addressIn(text: string): Address {
  const at = text.lastIndexOf('@');
  return { local: text.slice(0, at), domain: text.slice(at + 1) };
}

function mailboxOf({ local, domain }: Address): CanonicalMailbox {
  return `${local}@${domain}` as CanonicalMailbox;
}

/** `tag@name.domain` as `name@domain`, where the provider has that. */
function withoutSubdomain(address: Address): Address {
  const [name = '', ...rest] = address.domain.split('.');
  const domain = rest.join('.');
  return providerOf(domain)?.hasSubdomains ? { local: name, domain } : address;
}

/** By way of upper case, which makes one of `ß` and `ss`, and of the two small sigmas. */
function foldCase(text: string): string {
  return text.toUpperCase().toLowerCase().replaceAll('ς', 'σ').normalize('NFC');
}

/** A local part that starts with `+` has no name before the tag, so the whole is the name. */
function withoutTag(local: string): string {
  const plus = local.indexOf('+');
  return plus > 0 ? local.slice(0, plus) : local;
}

/** Where nothing else is left, all characters are the name. */
function without(local: string, ignored: RegExp): string {
  return local.replaceAll(ignored, '') || local;
}

/** The separator remains: the base name alone may be another user's account. */
function withoutKeyword(local: string, separator: string | undefined): string {
  const at = separator === undefined ? -1 : local.indexOf(separator);
  return at > 0 ? local.slice(0, at + 1) : local;
}
