import { createHash } from 'node:crypto';
import MailComposer from 'nodemailer/lib/mail-composer';
import type { Message } from '../message.ts';
import { FLOWED_TYPE, toFlowed } from './format-flowed.ts';

/** Converts to nodemailer's options. The same message always gives the same bytes. */
export function toMailOptions({ messageId, from, to, at, subject, text, html, headers }: Message) {
  return {
    messageId,
    date: new Date(at),
    from: { name: from.name ?? '', address: from.address },
    to: { name: '', address: to },
    subject,
    alternatives: [
      { contentType: FLOWED_TYPE, content: toFlowed(text) },
      { contentType: 'text/html; charset=utf-8', content: html },
    ],
    headers,
    // A hash of the content, so the content cannot have the boundary in it.
    baseBoundary: createHash('sha256').update(`${messageId}\n${text}\n${html}`).digest('hex').slice(0, 32),
    xMailer: false as const,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** Encodes a message by RFC 5322. */
export function mimeOf(message: Message): Promise<Buffer> {
  return new MailComposer({ ...toMailOptions(message), newline: 'win' }).compile().build();
}
