import { createTransport } from 'nodemailer';
import * as z from 'zod';
import { toMailOptions } from './mime.ts';
import type { SmtpServer } from './smtp-url.ts';
import { type MailTransport, MailTransportError } from './transport.ts';

/** In all, for one mail: from waiting for a connection to the server's last word. */
const SEND_MS_MAX = 30_000;
const CONNECT_MS_MAX = 10_000;
const CONNECTIONS_MAX = 3;

export interface SmtpOptions {
  readonly sendMsMax?: number;
  /** Certificates that vouch for the server, besides those that everybody trusts. */
  readonly ca?: string;
}

/** Mail by SMTP, over a few connections that are kept for the next mail. */
export function smtpTransport(
  { host, port, tls, auth }: SmtpServer,
  { sendMsMax = SEND_MS_MAX, ca }: SmtpOptions = {},
): MailTransport {
  const transport = createTransport({
    pool: true,
    maxConnections: CONNECTIONS_MAX,
    maxRequeues: 1, // a connection that the server has given up meanwhile is no reason to fail
    ...{ host, port, ...(auth && { auth }) },
    ...{ secure: tls === 'always', requireTLS: tls === 'required' },
    tls: { minVersion: 'TLSv1.2', ...(ca !== undefined && { ca }) },
    ...{ connectionTimeout: CONNECT_MS_MAX, dnsTimeout: CONNECT_MS_MAX, greetingTimeout: CONNECT_MS_MAX, socketTimeout: sendMsMax },
    ...{ disableFileAccess: true, disableUrlAccess: true, logger: false },
  });

  return {
    async send(message) {
      const envelope = { from: message.from.address, to: [message.to] };
      const signal = AbortSignal.timeout(sendMsMax);
      try {
        await transport.sendMail({ ...toMailOptions(message), envelope, signal });
      } catch (thrown) {
        throw toPostError(thrown);
      }
    },
    async close() {
      transport.close();
    },
  };
}

/** What nodemailer says of a failure. */
const failure = z.object({
  message: z.string(),
  code: z.string().catch(''),
  originalCode: z.string().optional().catch(undefined),
  command: z.string().catch(''),
  response: z.string().catch(''),
  responseCode: z.number().optional().catch(undefined),
});

/** What a server may have against this mail or its reader, rather than against us. */
const ABOUT_THE_MAIL = new Set(['RCPT TO', 'DATA']);
/** 530: it wants us to sign in, or to use TLS, first. */
const ABOUT_US = new Set([530]);

function toPostError(thrown: unknown): MailTransportError {
  const { message, code, originalCode, command, response, responseCode } = failure.parse(thrown);
  const step = /^[A-Z ]{1,12}/.exec(command)?.[0].trim() ?? '';
  if (responseCode !== undefined) {
    const [, enhanced] = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(response) ?? [];
    const isFinal = responseCode >= 500 && ABOUT_THE_MAIL.has(command) && !ABOUT_US.has(responseCode);
    const said = [responseCode, enhanced].filter(Boolean).join(' ');
    return new MailTransportError(isFinal ? 'rejected' : 'unavailable', `the mail server answered ${said} to ${step}`);
  }
  const reason = message.replaceAll(/\S*@\S*/g, '…').slice(0, 200);
  return new MailTransportError('unavailable', `the mail server can’t be used: ${originalCode ?? code} ${reason}`);
}
