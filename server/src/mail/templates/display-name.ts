import type { Email } from '../../domain/email.ts';

/*
 * A name is whatever somebody typed, and a mail carries it to a stranger. So it stands beside the address, which is
 * verified, and only where it reads as a name.
 */

const LENGTH_MAX = 40;
const DIGITS_MAX = 4;
/** Pictures and what can't be seen: controls, marks of direction, joiners, private characters. */
const UNSEEN = /[\p{C}\p{So}\p{Sk}\u115f\u1160\u3164\uffa0\u2800]|\p{Variation_Selector}/gu;
const NAME = /^[\p{L}\p{M}\p{N} .,&'’·-]+$/u;
/** What mail programs make a link of: a word, a dot (IDNA has four), and a word of two letters or more. */
const DOMAIN = /[\p{L}\p{N}][.\u3002][\p{L}\p{N}-]{2,}/u;
/** Marks piled up over a letter reach into the lines around. */
const PILED_UP = /\p{M}{3}/u;
const FROM_RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** @returns null where nothing is left, or what is left is no mere name: a link, a number to call, a sentence's marks */
function safeDisplayName(name: string | null): string | null {
  const plain = (name ?? '')
    .toWellFormed()
    .normalize('NFKC')
    .replace(/[\p{Z}\p{Cc}]+/gu, ' ')
    .replace(UNSEEN, '')
    .trim();
  const digits = plain.match(/\p{N}/gu)?.length ?? 0;
  if (!NAME.test(plain) || !/\p{L}/u.test(plain) || DOMAIN.test(plain) || PILED_UP.test(plain) || digits > DIGITS_MAX) return null;
  const contents = [...plain];
  return contents.length <= LENGTH_MAX ? plain : `${contents.slice(0, LENGTH_MAX).join('').trimEnd()}…`;
}

/** `Ana Silva (ana@example.com)`, or the address alone. */
export function nameAndAddress(name: string | null, address: Email): string {
  const plain = safeDisplayName(name);
  return plain === null ? isolated(address) : `${isolated(plain)} (${isolated(address)})`;
}

/** Kept apart where it is written from right to left, or it would turn round what stands beside it. */
function isolated(text: string): string {
  return FROM_RIGHT_TO_LEFT.test(text) ? `\u2068${text}\u2069` : text;
}
