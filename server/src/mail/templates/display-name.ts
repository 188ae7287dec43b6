import { isolate } from '@private-lending/locale/text';
import type { Email } from '../../domain/email.ts';
import { isReservedName } from './reserved-names.ts';

/*
 * A name is free text that a mail shows to strangers. So it is shown only if it looks like a name, and always next to the address,
 * which is verified, except in the greeting, to the owner of the address.
 */

const LENGTH_MAX = 40;
const DIGITS_MAX = 4;
/** Symbols such as emoji, and what is invisible: controls, direction marks, joiners, private-use characters. */
const REMOVED = /[\p{C}\p{So}\p{Sk}\u115f\u1160\u3164\uffa0\u2800]|\p{Variation_Selector}/gu;
const NAME = /^[\p{L}\p{M}\p{N} .,&'’·-]+$/u;
/** What mail programs turn into a link: a word, a dot (IDNA has four) and at least two letters. */
const DOMAIN = /[\p{L}\p{N}][.\u3002][\p{L}\p{N}-]{2,}/u;
/** Stacked combining marks overflow into adjacent lines. */
const STACKED_MARKS = /\p{M}{3}/u;

/** Cleans up a name: one line of at most 41 characters. @returns null if it is empty, or more than a name: a link, a phone number, markup, a brand */
export function safeDisplayName(name: string | null): string | null {
  const plain = (name ?? '')
    .toWellFormed()
    .normalize('NFKC')
    .replace(/[\p{Z}\p{Cc}]+/gu, ' ')
    .replace(REMOVED, '')
    .trim();
  const digits = plain.match(/\p{N}/gu)?.length ?? 0;
  if (!NAME.test(plain) || !/\p{L}/u.test(plain) || DOMAIN.test(plain) || STACKED_MARKS.test(plain) || digits > DIGITS_MAX)
    return null;
  if (isReservedName(plain)) return null;
  const characters = [...plain];
  return characters.length <= LENGTH_MAX ? plain : `${characters.slice(0, LENGTH_MAX).join('').trimEnd()}…`;
}

/** Formats `Ana Silva (ana@example.com)`, or the address alone. */
export function nameAndAddress(name: string | null, address: Email): string {
  const plain = safeDisplayName(name);
  return plain === null ? isolate(address) : `${isolate(plain)} (${isolate(address)})`;
}
