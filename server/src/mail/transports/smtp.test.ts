import { once } from 'node:events';
import { createServer } from 'node:net';
import type { SMTPServerOptions } from 'smtp-server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { emailOf, lenderOf } from '../../testing/app/domain-fixtures.ts';
import { messageOf } from '../../testing/mail/mail-fixtures.ts';
import { smtpError, startMailServer } from '../../testing/mail/smtp-server.ts';
import { CERTIFICATE, KEY } from '../../testing/mail/test-certificate.ts';
import { type SmtpOptions, smtpTransport } from './smtp.ts';
import type { SmtpServer } from './smtp-url.ts';
import { type MailTransport, MailTransportError } from './transport.ts';

async function serverOf(options: SMTPServerOptions = {}) {
  const server = await startMailServer(options);
  onTestFinished(server.close);
  return server;
}

/** Takes the content and does not respond. */
function atEnd(then: () => void): NonNullable<SMTPServerOptions['onData']> {
  return (stream) => void stream.resume().on('end', then);
}

function transportTo(server: SmtpServer, options: SmtpOptions = {}): MailTransport {
  const transport = smtpTransport(server, options);
  onTestFinished(() => transport.close());
  return transport;
}

async function errorOf(sending: Promise<void>): Promise<MailTransportError> {
  const thrown = await sending.then(
    () => new Error('it was sent'),
    (error: unknown) => error,
  );
  if (!(thrown instanceof MailTransportError)) throw thrown;
  expect(thrown.cause).toBeUndefined();
  expect(thrown.message).not.toMatch(/@|ben/);
  return thrown;
}

describe('smtpTransport', () => {
  it('delivers a mail unchanged to its recipient', async () => {
    const { address, delivered } = await serverOf();
    const message = messageOf();
    await transportTo(address).send(message);
    expect(delivered).toMatchObject([{ from: 'mail@lending.example.org', to: ['ben@example.com'] }]);
    const mail = delivered[0]?.mail ?? { headers: [] };
    expect(mail).toMatchObject({
      from: { name: 'Private Lending', address: 'mail@lending.example.org' },
      to: [{ name: '', address: 'ben@example.com' }],
      subject: message.subject,
      messageId: '<mail-1@lending.example.org>',
      text: `${message.text}\n`,
      html: `${message.html.join('')}\n`,
      date: '2026-03-01T09:15:00.000Z',
    });
    const headers = new Map(mail.headers.map(({ key, value }) => [key, value]));
    for (const [name, value] of Object.entries(message.headers)) expect(headers.get(name.toLowerCase())).toBe(value);
  });

  it('sends the same bytes when a mail is sent again', async () => {
    const { address, delivered } = await serverOf();
    const transport = transportTo(address);
    await transport.send(messageOf());
    await transport.send(messageOf());
    expect(delivered).toHaveLength(2);
    expect(delivered[0]?.raw).toBe(delivered[1]?.raw);
  });

  it('delivers lines that begin with dots unchanged', async () => {
    const { address, delivered } = await serverOf();
    const dots = '.\n..\n.a\n\n.\n';
    await transportTo(address).send({ ...messageOf(), text: dots, html: [dots] });
    expect(delivered).toMatchObject([{ mail: { text: `${dots}\n`, html: `${dots}\n` } }]);
  });

  it('delivers a mail over another connection where the server has closed the first one', async () => {
    const { address, delivered, drop } = await serverOf();
    const transport = transportTo(address);
    await transport.send(messageOf());
    drop();
    await transport.send(messageOf({ mailId: 'mail-2' }));
    expect(delivered.map(({ mail }) => mail.messageId)).toEqual(['<mail-1@lending.example.org>', '<mail-2@lending.example.org>']);
  });

  it('delivers to internationalized addresses', async () => {
    const { address, delivered } = await serverOf();
    const jurgen = lenderOf('ben', { email: emailOf('jürgen@bücher.example') });
    await transportTo(address).send(messageOf({}, jurgen));
    expect(delivered[0]?.to).toEqual(['jürgen@bücher.example']);
  });

  it('sends an address that needs SMTPUTF8 to no server without it, and domains in ASCII', async () => {
    const senders: string[] = [];
    const onMailFrom: SMTPServerOptions['onMailFrom'] = ({ address }, _, done) => {
      senders.push(address);
      done();
    };
    const { address, delivered } = await serverOf({ hideSMTPUTF8: true, onMailFrom });
    const transport = transportTo(address);
    const to = (recipient: string) => transport.send(messageOf({}, lenderOf('ben', { email: emailOf(recipient) })));
    for (const recipient of ['jürgen@example.com', '用户@example.com']) {
      expect(await errorOf(to(recipient))).toMatchObject({ kind: 'address-unsupported', isHandedOver: false });
    }
    expect(senders).toEqual([]);
    await to('ben@bücher.example');
    expect(delivered[0]?.raw).toMatch(/^To: ben@xn--bcher-kva\.example\r$/m);
  });

  it('sends to an internationalized address with a password over TLS', async () => {
    const { address, delivered } = await serverOf({
      key: KEY,
      cert: CERTIFICATE,
      authOptional: false,
      onAuth: (_, __, done) => done(null, { user: 'a' }),
    });
    const transport = transportTo({ ...address, tls: 'required', auth: { user: 'ana', pass: 'opensesame' } }, { ca: CERTIFICATE });
    await transport.send(messageOf({}, lenderOf('ben', { email: emailOf('jürgen@example.com') })));
    expect(delivered).toMatchObject([{ to: ['jürgen@example.com'], secure: true }]);
    expect(delivered[0]?.mail.to).toEqual([{ name: '', address: 'jürgen@example.com' }]);
  });

  it('aborts a mail to an internationalized address', async () => {
    const { address } = await serverOf({ onMailFrom() {} });
    const message = messageOf({}, lenderOf('ben', { email: emailOf('jürgen@example.com') }));
    expect(await errorOf(transportTo(address, { sendMsMax: 300 }).send(message))).toMatchObject({ kind: 'unavailable' });
    expect(await errorOf(transportTo(address).send(message, AbortSignal.abort()))).toMatchObject({ kind: 'unavailable' });
  });

  it('sends further mail after a rejected one', async () => {
    const { address, delivered } = await serverOf({
      onRcptTo: ({ address }, _, done) => done(address.startsWith('ben') ? smtpError(550, `5.1.1 no ${address} here`) : null),
    });
    const transport = transportTo(address);
    await errorOf(transport.send(messageOf()));
    await transport.send(messageOf({}, lenderOf('chloe')));
    expect(delivered.map(({ to }) => to)).toEqual([['chloe@example.com']]);
  });
});

describe('smtpTransport errors', () => {
  const rejecting = {
    rcpt: (code: number): SMTPServerOptions => ({
      onRcptTo: ({ address }, _, done) => done(smtpError(code, `${code > 499 ? '5.1.1' : '4.2.0'} <${address}> is unknown`)),
    }),
    sender: (code: number): SMTPServerOptions => ({
      onMailFrom: ({ address }, _, done) => done(smtpError(code, `${address} may not send for ben@example.com`)),
    }),
    data: (code: number): SMTPServerOptions => ({
      onData(stream, _, done) {
        stream.resume().on('end', () => done(smtpError(code, 'ben@example.com does not want it')));
      },
    }),
  };

  it.each<[string, SMTPServerOptions, MailTransportError['kind'], RegExp]>([
    ['the recipient is unknown', rejecting.rcpt(550), 'rejected', /answered 550 5\.1\.1 to RCPT TO$/],
    ['the mailbox is full', rejecting.rcpt(450), 'unavailable', /answered 450 4\.2\.0 to RCPT TO$/],
    ['the server requires authentication', rejecting.rcpt(530), 'unavailable', /answered 530/],
    ['the mail is considered spam', rejecting.data(554), 'rejected', /answered 554 to DATA$/],
    ['the server has no disk space', rejecting.data(452), 'unavailable', /answered 452 to DATA$/],
    ['the sender is not allowed', rejecting.sender(553), 'unavailable', /answered 553 to MAIL FROM$/],
  ])('maps the SMTP status to a kind of error when %s', async (_, options, kind, message) => {
    const { address, delivered } = await serverOf(options);
    const error = await errorOf(transportTo(address).send(messageOf()));
    expect(error.kind).toBe(kind);
    expect(error.message).toMatch(message);
    expect(delivered).toEqual([]);
  });

  /** Ends an attempt: closes the connection, or aborts it as if the time was over. */
  interface Ends {
    drop(): void;
    abort(): void;
  }

  it.each<[string, boolean, (ends: Ends) => SMTPServerOptions]>([
    ['the server took the content and drops the connection', true, ({ drop }) => ({ onData: atEnd(drop) })],
    ['the server took the content and does not respond', true, ({ abort }) => ({ onData: atEnd(abort) })],
    ['the server took the content and has no disk space', true, () => rejecting.data(452)],
    ['the mailbox is full', false, () => rejecting.rcpt(450)],
    ['the server does not respond to the sender', false, ({ abort }) => ({ onMailFrom: abort })],
    ['the server drops the connection before the content', false, ({ drop }) => ({ onMailFrom: drop })],
  ])('reports whether the content was handed over: %s', async (_, isHandedOver, optionsFor) => {
    for (const to of ['ben@example.com', 'jürgen@example.com']) {
      const controller = new AbortController();
      let drop = () => {};
      const server = await serverOf(optionsFor({ drop: () => drop(), abort: () => controller.abort() }));
      drop = server.drop;
      const message = messageOf({}, lenderOf('ben', { email: emailOf(to) }));
      const error = await errorOf(transportTo(server.address).send(message, controller.signal));
      expect(error).toMatchObject({ kind: 'unavailable', isHandedOver });
    }
  });

  it('throws unavailable when the connection is refused', async () => {
    const { address, close } = await startMailServer();
    await close();
    expect(await errorOf(transportTo(address).send(messageOf()))).toMatchObject({
      kind: 'unavailable',
      message: expect.stringMatching(/ECONNREFUSED/),
    });
  });

  it('throws unavailable when the server does not respond in time', async () => {
    const { address } = await serverOf({ onMailFrom() {} });
    expect(await errorOf(transportTo(address, { sendMsMax: 300 }).send(messageOf()))).toMatchObject({ kind: 'unavailable' });
  });

  it('throws unavailable when the server sends its greeting without end', async () => {
    const server = createServer((socket) => {
      const timer = setInterval(() => socket.write('220-and another thing\r\n'), 20);
      socket.on('error', () => {}).on('close', () => clearInterval(timer));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const listening = server.address();
    const port = typeof listening === 'object' ? (listening?.port ?? 0) : 0;
    const address = { host: '127.0.0.1', port, tls: 'offered', auth: undefined } as const;
    expect(await errorOf(transportTo(address, { sendMsMax: 300 }).send(messageOf()))).toMatchObject({
      kind: 'unavailable',
      message: expect.stringMatching(/EABORT/),
    });
  });

  it('throws unavailable when the password is wrong, without the password in the message', async () => {
    const { address } = await serverOf({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: ({ username }, _, done) => done(smtpError(535, `5.7.8 no ${username}`)),
    });
    const auth = { user: 'ben@example.com', pass: 'opensesame' };
    const error = await errorOf(transportTo({ ...address, auth }).send(messageOf()));
    expect(error).toMatchObject({ kind: 'unavailable', message: expect.stringMatching(/answered 535 5\.7\.8 to AUTH/) });
    expect(error.message).not.toContain('opensesame');
  });

  it('throws unavailable after the transport was closed', async () => {
    const { address } = await serverOf();
    const transport = transportTo(address);
    await transport.close();
    expect(await errorOf(transport.send(messageOf()))).toMatchObject({ kind: 'unavailable' });
  });
});

describe('smtpTransport over TLS', () => {
  const certificate = { key: KEY, cert: CERTIFICATE };

  it.each<[SmtpServer['tls'], boolean]>([
    ['always', true],
    ['required', false],
    ['offered', false],
  ])('sends to a server with a trusted certificate: TLS %s', async (tls, secure) => {
    const { address, delivered } = await serverOf({ ...certificate, secure });
    await transportTo({ ...address, tls }, { ca: CERTIFICATE }).send(messageOf());
    expect(delivered).toMatchObject([{ secure: true }]);
  });

  it.each<[SmtpServer['tls'], boolean]>([
    ['always', true],
    ['required', false],
  ])('does not send to a server with an untrusted certificate: TLS %s', async (tls, secure) => {
    const { address, delivered } = await serverOf({ ...certificate, secure });
    const error = await errorOf(transportTo({ ...address, tls }).send(messageOf()));
    expect(error).toMatchObject({ kind: 'unavailable', message: expect.stringMatching(/self-signed/) });
    expect(delivered).toEqual([]);
  });

  it('sends neither mail nor password in plain text if TLS is required', async () => {
    let logins = 0;
    const { address, delivered } = await serverOf({
      allowInsecureAuth: true,
      onAuth(_, __, done) {
        logins += 1;
        done(null, { user: 'ana' });
      },
    });
    const auth = { user: 'ana', pass: 'opensesame' };
    expect(await errorOf(transportTo({ ...address, tls: 'required', auth }).send(messageOf()))).toMatchObject({
      kind: 'unavailable',
    });
    expect([delivered, logins]).toEqual([[], 0]);
  });
});
