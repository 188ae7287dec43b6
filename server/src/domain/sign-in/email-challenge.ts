import type { Language } from '@private-lending/locale/languages';
import type { Email } from '../email.ts';

/** How long a code may be used. */
export const CODE_MS = 600_000;
/** Wrong codes after which a challenge can't be used any more. */
export const CODE_TRIES_MAX = 5;
const CODE_DIGITS = 8;
/** The number of codes. */
export const CODES = 10 ** CODE_DIGITS;

/** A code that was sent to an address. It works only with its challenge, which the browser or client that requested it has. */
export interface EmailChallenge {
  readonly email: Email;
  /** HMAC of challenge and code. */
  readonly codeHash: string;
  readonly failedTries: number;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** @param number from 0, below `CODES` */
export function codeOf(number: number): string {
  return String(number).padStart(CODE_DIGITS, '0');
}

/** What the link of a mail says of its challenge: enough to recognise it by, and far too little to use it. */
export function challengeStart(challenge: string): string {
  return challenge.slice(0, 8);
}

/** Parses a code as people type it: with spaces or hyphens between the digits. */
export function parseCode(text: string): string | undefined {
  const digits = text.replaceAll(/[\s-]/g, '');
  return /^\d{8}$/.test(digits) ? digits : undefined;
}

/** A mail with a code. It is never stored, as its code would be. */
export interface SignInMail {
  /** Opaque. */
  readonly mailId: string;
  readonly to: Email;
  readonly code: string;
  /** See `challengeStart`. */
  readonly challengeStart: string;
  /** Of the page that requested the code. Undefined for MAIL_LANGUAGE. */
  readonly language?: Language | undefined;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Epoch milliseconds after which the code can't be used. */
  readonly expiresAt: number;
}
