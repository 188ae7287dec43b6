import { type Email, parseEmail } from '../domain/email.ts';
import { parseSingleLine } from '../domain/single-line-text.ts';

/** A sender. */
export interface Mailbox {
  readonly name: string | null;
  readonly address: Email;
}

/** A mail to one address, ready for any transport. */
export interface Message {
  readonly messageId: string;
  readonly from: Mailbox;
  readonly to: Email;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly subject: string;
  /** A paragraph a line; not wrapped. */
  readonly text: string;
  /** In pieces, which the transport encodes one by one. A piece that other mails have too is encoded once. */
  readonly html: readonly string[];
  /** Headers besides those for the other members. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Ids, and no address, by which a later notification about the mail leads to what it is about. Names and values are of ASCII
   * letters, digits, _ and -, as SES requires. Undefined where none is expected.
   */
  readonly tags?: Readonly<Record<string, string>>;
}

/** Whether a mail server has to support SMTPUTF8 (RFC 6531) for the address. Domains are in ASCII, local parts may not be. */
export function needsSmtpUtf8(address: Email): boolean {
  return /[^\p{ASCII}]/u.test(address);
}

const NAME_LENGTH_MAX = 80;

/** Parses `ana@example.com` or `Ana <ana@example.com>`, with the name in double quotes or not. */
export function parseMailbox(text: string): Mailbox | undefined {
  const [, displayName = '', inBrackets] = /^([^<>]*)<([^<>]*)>$/.exec(text.trim()) ?? [];
  const address = parseEmail(inBrackets ?? text);
  const name = parseSingleLine(displayName.trim().replace(/^"(.*)"$/, '$1'), NAME_LENGTH_MAX);
  if (address === undefined || name === undefined || /["@]/.test(name ?? '')) return undefined;
  return { name, address };
}
