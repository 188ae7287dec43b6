import { createTransport } from 'nodemailer';
import * as z from 'zod';
import { toMailOptions } from './mime.ts';
import type { SmtpServer } from './smtp-url.ts';
import { type MailTransport, MailTransportError } from './transport.ts';

/** For one mail, including the wait for a connection. */
const SEND_MS_MAX = 30_000;
const CONNECT_MS_MAX = 10_000;
const CONNECTIONS_MAX = 3;

export interface SmtpOptions {
  readonly sendMsMax?: number;
  /** A CA certificate in PEM to trust in place of the default ones. */
  readonly ca?: string;
}

/** Sends mail by SMTP, with a pool of connections. */
export function smtpTransport(
  { host, port, tls, auth }: SmtpServer,
  { sendMsMax = SEND_MS_MAX, ca }: SmtpOptions = {},
): MailTransport {
  const transport = createTransport({
    pool: true,
    maxConnections: CONNECTIONS_MAX,
    maxRequeues: 1, // the server may have closed an idle connection
    host,
    port,
    ...(auth && { auth }),
    secure: tls === 'always',
    requireTLS: tls === 'required',
    tls: { minVersion: 'TLSv1.2', ...(ca !== undefined && { ca }) },
    connectionTimeout: CONNECT_MS_MAX,
    dnsTimeout: CONNECT_MS_MAX,
    greetingTimeout: CONNECT_MS_MAX,
    socketTimeout: sendMsMax,
    disableFileAccess: true,
    disableUrlAccess: true,
    logger: false,
  });

  return {
    async send(message) {
      const envelope = { from: message.from.address, to: [message.to] };
      const signal = AbortSignal.timeout(sendMsMax);
      try {
        await transport.sendMail({ ...toMailOptions(message), envelope, signal });
      } catch (thrown) {
        throw toTransportError(thrown);
      }
    },
    async close() {
      transport.close();
    },
  };
}

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

function toTransportError(thrown: unknown): MailTransportError {
  const { message, code, originalCode, command, response, responseCode } = smtpError.parse(thrown);
  const step = /^[A-Z ]{1,12}/.exec(command)?.[0].trim() ?? '';
  if (responseCode !== undefined) {
    const [, enhanced] = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(response) ?? [];
    const isFinal = responseCode >= 500 && MAIL_STEPS.has(command) && responseCode !== AUTHENTICATION_REQUIRED;
    const status = [responseCode, enhanced].filter(Boolean).join(' ');
    return new MailTransportError(isFinal ? 'rejected' : 'unavailable', `the mail server answered ${status} to ${step}`);
  }
  const reason = message.replaceAll(/\S*@\S*/g, '…').slice(0, 200);
  return new MailTransportError('unavailable', `mail server error: ${originalCode ?? code} ${reason}`);
}
