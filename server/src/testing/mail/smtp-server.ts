import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { SmtpServer } from '../../mail/transports/smtp-url.ts';

interface DeliveredMail {
  /** Of the SMTP envelope, like `to`. */
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
  readonly mail: Email;
  readonly secure: boolean;
}

/** A real mail server in the test's process. */
export async function startMailServer(options: SMTPServerOptions = {}) {
  const delivered: DeliveredMail[] = [];
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
  server.on('error', () => {}); // some tests make clients hang up
  const sockets = new Set<Socket>();
  server.server.on('connection', (socket: Socket) => sockets.add(socket.on('close', () => sockets.delete(socket))));
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  const address: SmtpServer = { host: '127.0.0.1', port, tls: 'offered', auth: undefined };
  return {
    delivered,
    address,
    /** Closes all connections at once, without a response. */
    drop(): void {
      for (const socket of sockets) socket.destroy();
    },
    close: () => new Promise<void>((resolve) => void server.close(resolve)),
  };
}

/** An error that makes the server respond with a status code. */
export function smtpError(responseCode: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode });
}
