import { type Email, parseEmail } from '../domain/email.ts';
import { parseSingleLine } from '../domain/single-line-text.ts';

/** Who a mail is from, as its reader sees it. */
export interface Mailbox {
  readonly name: string | null;
  readonly address: Email;
}

/** One mail to one person, ready for any transport. */
export interface Message {
  readonly messageId: string;
  readonly from: Mailbox;
  readonly to: Email;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** What stands in the head besides the usual. */
  readonly headers: Readonly<Record<string, string>>;
}

const NAME_LENGTH_MAX = 80;

/** Reads `ana@example.com` or `Ana <ana@example.com>`, the name in double quotes or not. */
export function parseMailbox(text: string): Mailbox | undefined {
  const [, named, inBrackets] = /^\s*([^<>]*?)\s*<([^<>]*)>\s*$/.exec(text) ?? [];
  const address = parseEmail(inBrackets ?? text);
  const name = parseSingleLine((named ?? '').replace(/^"(.*)"$/, '$1'), NAME_LENGTH_MAX);
  if (address === undefined || name === undefined || /["@]/.test(name ?? '')) return undefined;
  return { name, address };
}
