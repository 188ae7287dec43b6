import type { Readable } from 'node:stream';
import { createTransport, type Transporter } from 'nodemailer';
import MailMessage from 'nodemailer/lib/mailer/mail-message';
import MimeNode from 'nodemailer/lib/mime-node';
import type SMTPPool from 'nodemailer/lib/smtp-pool';
import { type Message, needsSmtpUtf8 } from '../message.ts';
import { mimeOf } from './mime.ts';
import { SmtpContent } from './smtp-content.ts';
import { toTransportError } from './smtp-error.ts';
import type { SmtpServer } from './smtp-url.ts';
import type { MailTransport } from './transport.ts';

/** For one mail, including the wait for a connection. */
const SEND_MS_MAX = 30_000;
const CONNECT_MS_MAX = 10_000;
const CONNECTIONS_MAX = 5;

type Mailer = Transporter<SMTPPool.SentMessageInfo, SMTPPool.Options>;

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
  const mailer = createTransport({
    ...connection,
    ...(auth && { auth }),
    pool: true,
    maxConnections: CONNECTIONS_MAX,
    maxRequeues: 1, // the server may have closed an idle connection; not once any content was sent
  });
  return {
    async send(message, signal) {
      const { from, to } = message;
      const time = new SendTime(sendMsMax, signal);
      try {
        if (needsSmtpUtf8(from.address) || needsSmtpUtf8(to)) {
          const { sendByUtf8 } = await import('./smtp-utf8.ts');
          await sendByUtf8(connection, auth, message, time.signal);
        } else await sendByPool(mailer, message, time.signal);
      } finally {
        time.end();
      }
    },
    async close() {
      mailer.close();
    },
  };
}

/** Hands the encoded mail to the pool itself: `sendMail` would compose and encode it by a chain of streams. */
async function sendByPool(mailer: Mailer, message: Message, signal: AbortSignal): Promise<void> {
  const mail = new MailMessage(mailer, { signal });
  const encoded = new EncodedMessage(message, mimeOf(message));
  mail.message = encoded;
  return new Promise((resolve, reject) => {
    mailer.transporter.send(mail, (error) => (error ? reject(toTransportError(error, encoded.isRead)) : resolve()));
  });
}

/** What the pool reads of a mail. */
class EncodedMessage extends MimeNode {
  readonly #message: Message;
  readonly #bytes: Buffer;
  #content: Readable | undefined;

  constructor(message: Message, bytes: Buffer) {
    super(false, { baseBoundary: 'unused' }); // the default is random
    this.#message = message;
    this.#bytes = bytes;
  }

  /** Whether the server accepted DATA, so that it may have got the content. */
  get isRead(): boolean {
    return this.#content?.readableDidRead ?? false;
  }

  /** Called again where the pool repeats the mail, which it does only if nothing was read. */
  override createReadStream(): Readable {
    this.#content = new SmtpContent(this.#bytes);
    return this.#content;
  }

  override getEnvelope(): { from: string; to: string[] } {
    return { from: this.#message.from.address, to: [this.#message.to] };
  }

  /** Only for logs of the pool. */
  override getHeader(): undefined {
    return undefined;
  }

  override messageId(): string {
    return this.#message.messageId;
  }
}

/** The time to send one mail. `AbortSignal.any` takes several times as long as a controller with its timer. */
class SendTime {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #outer: AbortSignal | undefined;
  readonly #abort = () => this.#controller.abort();

  constructor(ms: number, outer: AbortSignal | undefined) {
    this.#timer = setTimeout(this.#abort, ms);
    this.#outer = outer;
    if (outer?.aborted) this.#abort();
    else outer?.addEventListener('abort', this.#abort);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#outer?.removeEventListener('abort', this.#abort);
  }
}
