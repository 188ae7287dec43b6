import { domainToASCII } from 'node:url';

declare const email: unique symbol;

/** An address in the one form in which addresses are compared, stored and shown. */
export type Email = string & { readonly [email]: true };

const LENGTH_MAX = 254;
const LOCAL_BYTES_MAX = 64;
/** A dot-atom of RFC 5321, with the letters and digits of every script (RFC 6531). */
const LOCAL = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
/** What may stand in a domain before IDNA maps it; keeps out the percent-encoding that URLs would decode. */
const DOMAIN_AS_SENT = /^[\p{L}\p{M}\p{N}.\u3002\uff0e\uff61-]+$/u;
/** At least two labels, the last not a number: no bare host and no IP address. */
const DOMAIN = new RegExp(`^(?:${LABEL}\\.)+(?!\\d+$)${LABEL}$`);

/**
 * Reads an address: trimmed, Unicode NFC, lower case, the domain in its ASCII form (IDNA).
 * Dots and plus-tags are significant: a.b@x and ab@x are two people.
 */
export function parseEmail(sent: string): Email | undefined {
  if (sent.length > 4 * LENGTH_MAX) return undefined;
  const folded = sent.trim().normalize('NFC').toLowerCase().normalize('NFC');
  const at = folded.lastIndexOf('@');
  const local = folded.slice(0, Math.max(at, 0));
  const domainAsSent = folded.slice(at + 1);
  const domain = DOMAIN_AS_SENT.test(domainAsSent) ? domainToASCII(domainAsSent) : '';
  const address = `${local}@${domain}`;
  const fits = LOCAL.test(local) && Buffer.byteLength(local) <= LOCAL_BYTES_MAX && DOMAIN.test(domain);
  return fits && [...address].length <= LENGTH_MAX ? (address as Email) : undefined;
}
