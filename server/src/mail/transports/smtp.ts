import type { Readable } from 'node:stream';
import { createTransport } from 'nodemailer';
import { needsSmtpUtf8 } from '../message.ts';
import { toMailOptions } from './mime.ts';
import { toTransportError } from './smtp-error.ts';
import type { SmtpServer } from './smtp-url.ts';
import type { MailTransport } from './transport.ts';

/** For one mail, including the wait for a connection. */
const SEND_MS_MAX = 30_000;
const CONNECT_MS_MAX = 10_000;
const CONNECTIONS_MAX = 5;

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
  const connection = {
    host,
    port,
    secure: tls === 'always',
    requireTLS: tls === 'required',
    tls: { minVersion: 'TLSv1.2', ...(ca !== undefined && { ca }) },
    connectionTimeout: CONNECT_MS_MAX,
    dnsTimeout: CONNECT_MS_MAX,
    greetingTimeout: CONNECT_MS_MAX,
    socketTimeout: sendMsMax,
    logger: false,
  } as const;
  const transport = createTransport({
    ...connection,
    ...(auth && { auth }),
    pool: true,
    maxConnections: CONNECTIONS_MAX,
    maxRequeues: 1, // the server may have closed an idle connection; not once any content was sent
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  /** The content of each mail that is being sent, by Message-ID. It is read from the moment when the server accepts DATA. */
  const contents = new Map<string, Readable>();
  transport.use('stream', ({ message }, done) => {
    const create = message.createReadStream.bind(message);
    message.createReadStream = (options) => {
      const content = create(options);
      contents.set(message.messageId(), content);
      return content;
    };
    done();
  });

  return {
    async send(message, signal) {
      const timeout = AbortSignal.timeout(sendMsMax);
      const either = signal ? AbortSignal.any([signal, timeout]) : timeout;
      const { from, to, messageId } = message;
      if (needsSmtpUtf8(from.address) || needsSmtpUtf8(to)) {
        const { sendByUtf8 } = await import('./smtp-utf8.ts');
        return sendByUtf8(connection, auth, message, either);
      }
      try {
        await transport.sendMail({ ...toMailOptions(message), envelope: { from: from.address, to: [to] }, signal: either });
      } catch (thrown) {
        throw toTransportError(thrown, contents.get(messageId)?.readableDidRead ?? false);
      } finally {
        contents.delete(messageId);
      }
    },
    async close() {
      transport.close();
    },
  };
}
