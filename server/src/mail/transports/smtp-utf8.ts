import { Readable } from 'node:stream';
import SMTPConnection, { type SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';
import * as z from 'zod';
import { type Message, needsSmtpUtf8 } from '../message.ts';
import { mimeOf } from './mime.ts';
import { toTransportError } from './smtp-error.ts';
import type { SmtpServer } from './smtp-url.ts';
import { MailTransportError } from './transport.ts';

/** What the server announced in its response to EHLO. nodemailer does not publish it. */
const announced = z.object({ _supportedExtensions: z.array(z.string()) });

/**
 * Sends a mail whose sender or recipient has an address with a local part that is not ASCII, over a connection of its own. The pool
 * would send such an address raw to a server without SMTPUTF8 (RFC 6531).
 * @throws MailTransportError `address-unsupported` where the server does not support the recipient's address
 */
export async function sendByUtf8(
  options: SMTPConnectionOptions,
  auth: SmtpServer['auth'],
  message: Message,
  signal: AbortSignal,
): Promise<void> {
  const content = Readable.from(mimeOf(message), { objectMode: false });
  const connection = new SMTPConnection(options);
  try {
    await new Promise<void>((resolve, reject) => {
      const fail = (error: unknown) => reject(toTransportError(error, content.readableDidRead));
      const onAbort = () => fail(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      connection.on('error', fail).once('end', () => fail(new Error('connection closed')));
      const send = () => {
        if (!announced.parse(connection)._supportedExtensions.includes('SMTPUTF8')) return reject(unsupported(message));
        const envelope = { from: message.from.address, to: [message.to] };
        connection.send(envelope, content, (error) => (error ? fail(error) : resolve()));
      };
      connection.connect((error) => {
        if (error) return fail(error);
        if (!auth) return send();
        connection.login({ user: auth.user, credentials: auth }, (denied) => (denied ? fail(denied) : send()));
      });
      if (signal.aborted) onAbort();
    });
  } finally {
    connection.close();
    content.destroy();
  }
}

function unsupported({ to }: Message): MailTransportError {
  return needsSmtpUtf8(to)
    ? new MailTransportError(
        'address-unsupported',
        "the mail server does not support SMTPUTF8, which the recipient's address needs",
      )
    : new MailTransportError('unavailable', 'the mail server does not support SMTPUTF8, which the address in MAIL_FROM needs');
}
