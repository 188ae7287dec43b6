import * as z from 'zod';
import { MailTransportError } from './transport.ts';

/** An error of nodemailer. */
const smtpError = z.object({
  message: z.string(),
  code: z.string().catch(''),
  originalCode: z.string().optional().catch(undefined),
  command: z.string().catch(''),
  response: z.string().catch(''),
  responseCode: z.number().optional().catch(undefined),
});

/** Steps at which an error is about this mail or its recipient. */
const MAIL_STEPS = new Set(['RCPT TO', 'DATA']);
/** The server requires authentication or TLS, which is not about this mail. */
const AUTHENTICATION_REQUIRED = 530;

export function toTransportError(thrown: unknown, isHandedOver: boolean): MailTransportError {
  const { message, code, originalCode, command, response, responseCode } = smtpError.parse(thrown);
  const step = /^[A-Z ]{1,12}/.exec(command)?.[0].trim() ?? '';
  if (responseCode !== undefined) {
    const [, enhanced] = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(response) ?? [];
    const isFinal = responseCode >= 500 && MAIL_STEPS.has(command) && responseCode !== AUTHENTICATION_REQUIRED;
    const status = [responseCode, enhanced].filter(Boolean).join(' ');
    const text = `the mail server answered ${status} to ${step}`;
    return new MailTransportError(isFinal ? 'rejected' : 'unavailable', text, { isHandedOver });
  }
  const words = message.split(' ').map((word) => (word.includes('@') ? '…' : word));
  const reason = words.join(' ').slice(0, 200);
  return new MailTransportError('unavailable', `mail server error: ${originalCode ?? code} ${reason}`, { isHandedOver });
}
