import { toAsciiDomain } from './email/domain-name.ts';
import { foldCase } from './email/fold-case.ts';
import { hasInvisibleCharacter, invisibleCharacterIn } from './email/invisible-characters.ts';

declare const email: unique symbol;

/** An address in canonical form, as addresses are compared, stored and shown. */
export type Email = string & { readonly [email]: true };

const LENGTH_MAX = 254;
const LOCAL_BYTES_MAX = 64;
/** A dot-atom of RFC 5321, with the letters and digits of every script (RFC 6531). */
const LOCAL = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;

/** Recent results of `parseEmail`: one request needs the same address in several layers. Cleared when full. */
const parsed = new Map<string, Email | undefined>();
const PARSED_MAX = 1000;

/**
 * Converts an address to its canonical form: trimmed, Unicode NFC, the local part in folded case, the domain in ASCII (UTS 46).
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

/** What an address must be, for the error about one that `parseEmail` rejects. Nobody can see an invisible character in it. */
export function emailRule(input: string): string {
  const character = invisibleCharacterIn(input);
  if (character === undefined) return 'must be an e-mail address such as "ana@example.com"';
  return `must be an e-mail address without invisible characters, and has ${character}: type it by hand`;
}

function canonicalize(input: string): Email | undefined {
  const text = input.trim().normalize('NFC');
  const at = text.lastIndexOf('@');
  const local = foldCase(text.slice(0, Math.max(at, 0))).normalize('NFC');
  if (!LOCAL.test(local) || hasInvisibleCharacter(local) || Buffer.byteLength(local) > LOCAL_BYTES_MAX) return undefined;
  const domain = toAsciiDomain(text.slice(at + 1));
  const address = `${local}@${domain}`;
  const isShort = address.length <= LENGTH_MAX || [...address].length <= LENGTH_MAX;
  return domain !== undefined && isShort ? (address as Email) : undefined;
}
