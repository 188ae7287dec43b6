import type { Email } from '../email.ts';

declare const canonical: unique symbol;

/** A mailbox, however its address is spelled. For limits and opt-outs only: it identifies nobody, and no mail goes to it. */
export type CanonicalMailbox = string & { readonly [canonical]: true };

/**
 * Domains whose provider ignores dots in the local part, with the domain that they are an alias of. Addresses of organizations
 * at the same providers have other domains, where dots count.
 */
const DOTS_IGNORED: ReadonlyMap<string, string> = new Map([
  ['gmail.com', 'gmail.com'],
  ['googlemail.com', 'gmail.com'],
  ...['proton.me', 'protonmail.com', 'protonmail.ch', 'pm.me'].map((domain) => [domain, domain] as const),
]);

/** The mailbox of an address: without case, the tag after `+`, and dots where the provider ignores them. */
export function canonicalMailbox(email: Email): CanonicalMailbox {
  const at = email.lastIndexOf('@');
  const domain = email.slice(at + 1);
  const untagged = withoutTag(foldCase(email.slice(0, at)));
  const provider = DOTS_IGNORED.get(domain);
  const mailbox = provider === undefined ? `${untagged}@${domain}` : `${untagged.replaceAll('.', '')}@${provider}`;
  return mailbox as CanonicalMailbox;
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
