/**
 * Services that forward mail to the mailbox of one user under addresses made for each sender. Their users hide an address; they
 * don't throw one away. Some lists of disposable domains have them by mistake.
 */
const RELAYS: ReadonlySet<string> = new Set([
  '8alias.com',
  '8shield.net',
  'addy.io',
  'aleeas.com',
  'anonaddy.com',
  'anonaddy.me',
  'dralias.com',
  'duck.com',
  'fastmail.com',
  'icloud.com',
  'mozmail.com',
  'opayq.com',
  'passfwd.com',
  'passinbox.com',
  'passmail.com',
  'passmail.net',
  'privaterelay.appleid.com',
  'relay.firefox.com',
  'silomails.com',
  'simplelogin.co',
  'simplelogin.com',
  'simplelogin.fr',
  'simplelogin.io',
  'slmail.me',
  'slmails.com',
]);

/** @param domain of an address, in its canonical form; a subdomain of a relay belongs to one of its users */
export function isPrivacyRelay(domain: string): boolean {
  return RELAYS.has(domain) || RELAYS.has(domain.slice(domain.indexOf('.') + 1));
}
