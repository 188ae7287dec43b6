import { domainToASCII } from 'node:url';

declare const email: unique symbol;

/** An address in canonical form, as addresses are compared, stored and shown. */
export type Email = string & { readonly [email]: true };

const LENGTH_MAX = 254;
const LOCAL_BYTES_MAX = 64;
/** A dot-atom of RFC 5321, with the letters and digits of every script (RFC 6531). */
const LOCAL = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
/** Characters of a domain before IDNA mapping. Excludes percent-encoding, which `domainToASCII` would decode. */
const UNICODE_DOMAIN = /^[\p{L}\p{M}\p{N}.\u3002\uff0e\uff61-]+$/u;
/** At least two labels, the last one not numeric: excludes bare host names and IP addresses. */
const DOMAIN = new RegExp(`^(?:${LABEL}\\.)+(?!\\d+$)${LABEL}$`);

/** Recent results of `parseEmail`: one request needs the same address in several layers. Cleared when full. */
const parsed = new Map<string, Email | undefined>();
const PARSED_MAX = 1000;

/**
 * Converts an address to its canonical form: trimmed, Unicode NFC, lower case, the domain in ASCII (IDNA).
 * Dots and plus-tags are significant: a.b@x and ab@x are different addresses.
 */
export function parseEmail(input: string): Email | undefined {
  if (input.length > 4 * LENGTH_MAX) return undefined;
  if (!parsed.has(input)) {
    if (parsed.size >= PARSED_MAX) parsed.clear();
    parsed.set(input, canonicalize(input));
  }
  return parsed.get(input);
}

function canonicalize(input: string): Email | undefined {
  const folded = input.trim().normalize('NFC').toLowerCase().normalize('NFC');
  const at = folded.lastIndexOf('@');
  const local = folded.slice(0, Math.max(at, 0));
  const unicodeDomain = folded.slice(at + 1);
  const domain = UNICODE_DOMAIN.test(unicodeDomain) ? domainToASCII(unicodeDomain) : '';
  const address = `${local}@${domain}`;
  const isValid = LOCAL.test(local) && Buffer.byteLength(local) <= LOCAL_BYTES_MAX && DOMAIN.test(domain);
  return isValid && [...address].length <= LENGTH_MAX ? (address as Email) : undefined;
}
