import { createHash } from 'node:crypto';
import MailComposer from 'nodemailer/lib/mail-composer';
import type { Message } from '../message.ts';

/** A message in nodemailer's words. The same message gives the same bytes each time. */
export function toMailOptions({ messageId, from, to, at, subject, text, html, headers }: Message) {
  return {
    messageId,
    date: new Date(at),
    from: { name: from.name ?? '', address: from.address },
    to: { name: '', address: to },
    subject,
    text,
    html,
    headers,
    // Made of what it has to differ from, so nothing within can bring it about.
    baseBoundary: createHash('sha256').update(`${messageId}\n${text}\n${html}`).digest('hex').slice(0, 32),
    xMailer: false,
    disableFileAccess: true,
    disableUrlAccess: true,
  } as const;
}

/** A message as the bytes of RFC 5322. */
export function mimeOf(message: Message): Promise<Buffer> {
  return new MailComposer({ ...toMailOptions(message), newline: 'win' }).compile().build();
}
