import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { SmtpServer } from '../../mail/transports/smtp-url.ts';

/* A real mail server in the test's own process, and mail read as a mail program reads it. */

interface Delivered {
  /** As told to the server, outside of the mail. */
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
  readonly mail: Email;
  readonly secure: boolean;
}

export async function startMailServer(options: SMTPServerOptions = {}) {
  const delivered: Delivered[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: options.key ? [] : ['STARTTLS'],
    closeTimeout: 100,
    onData(stream, { envelope, secure }, done) {
      buffer(stream).then(async (bytes) => {
        const { mailFrom, rcptTo } = envelope;
        const from = mailFrom ? mailFrom.address : '';
        const to = rcptTo.map(({ address }) => address);
        delivered.push({ from, to, raw: bytes.toString(), mail: await PostalMime.parse(bytes), secure });
        done();
      }, done);
    },
    ...options,
  });
  server.on('error', () => {}); // clients that hang up are what some tests are about
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  const place: SmtpServer = { host: '127.0.0.1', port, tls: 'offered', auth: undefined };
  return {
    delivered,
    place,
    close: () => new Promise<void>((resolve) => void server.close(resolve)),
  };
}

/** What a server answers in place of taking it. */
export function answering(responseCode: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode });
}
