/** Digits of a sign-in code. */
export const CODE_LENGTH = 8;

/** Zero of the digits that phones type in other scripts: Arabic, Persian, Devanagari, full width. */
const ZEROS = [0x0660, 0x06f0, 0x0966, 0xff10];
const OTHER_DIGITS = /[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\uff10-\uff19]/g;
/** Eight digits, in a row or as the mail groups them. */
const CODE = /(?<!\d)(\d{4})[\s.\u2010-\u2015-]?(\d{4})(?!\d)/;

/**
 * Returns the digits of a code that is being typed, or was pasted: `1234 5678`, `1234-5678`, or a whole sentence of the mail. At most
 * eight.
 */
export function codeDigits(text: string): string {
  const ascii = text.replace(OTHER_DIGITS, (digit) => String((digit.codePointAt(0) ?? 0) - zeroBelow(digit)));
  const [, first, second] = CODE.exec(ascii) ?? [];
  if (first !== undefined && second !== undefined) return first + second;
  return ascii.replace(/\D/g, '').slice(0, CODE_LENGTH);
}

/** Formats `1234 5678`, as in the mail. */
export function formatCode(digits: string): string {
  return digits.replace(/^(\d{4})(?=\d)/, '$1 ');
}

/** The code in the link of a mail. */
export interface LinkCode {
  readonly code: string;
  /** The first characters of its challenge. */
  readonly challengeStart: string;
}

/** Reads the fragment of the mail's link: `#for=Ab-_1234&code=12345678`. @returns undefined where there is no code */
export function codeInFragment(fragment: string): LinkCode | undefined {
  const parameters = new URLSearchParams(fragment.replace(/^#/, ''));
  const [challengeStart, code] = [parameters.get('for') ?? '', parameters.get('code') ?? ''];
  return /^[\w-]{8}$/.test(challengeStart) && /^\d{8}$/.test(code) ? { code, challengeStart } : undefined;
}

/** @returns the code of the link, if it was sent for this challenge: the link of an older mail has the code of another one */
export function codeFor(challenge: string, { code, challengeStart }: LinkCode): string | undefined {
  return challenge.startsWith(challengeStart) ? code : undefined;
}

function zeroBelow(digit: string): number {
  const point = digit.codePointAt(0) ?? 0;
  return ZEROS.findLast((zero) => zero <= point) ?? 0;
}
