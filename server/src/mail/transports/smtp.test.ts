import { once } from 'node:events';
import { createServer } from 'node:net';
import type { SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { emailOf, lenderOf } from '../../testing/app/domain-fixtures.ts';
import { messageOf } from '../../testing/mail/mail-fixtures.ts';
import { selfSigned } from '../../testing/mail/self-signed-certificate.ts';
import { answering, startMailServer } from '../../testing/mail/smtp-server.ts';
import { type SmtpOptions, smtpTransport } from './smtp.ts';
import type { SmtpServer } from './smtp-url.ts';
import { type MailTransport, MailTransportError } from './transport.ts';

const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function serverOf(options: SMTPServerOptions = {}) {
  const server = await startMailServer(options);
  open.push(server.close);
  return server;
}

function postTo(server: SmtpServer, options: SmtpOptions = {}): MailTransport {
  const transport = smtpTransport(server, options);
  open.push(() => transport.close());
  return transport;
}

async function failureOf(sending: Promise<void>): Promise<MailTransportError> {
  const thrown = await sending.then(
    () => new Error('it was sent'),
    (error: unknown) => error,
  );
  if (!(thrown instanceof MailTransportError)) throw thrown;
  expect(thrown.cause).toBeUndefined();
  expect(thrown.message).not.toMatch(/@|ben/);
  return thrown;
}

describe('mail by SMTP', () => {
  it('arrives as it was written, at whom it is for', async () => {
    const { place, delivered } = await serverOf();
    const message = messageOf();
    await postTo(place).send(message);
    expect(delivered).toMatchObject([{ from: 'post@lending.example.org', to: ['ben@example.com'] }]);
    const mail = delivered[0]?.mail ?? { headers: [] };
    expect(mail).toMatchObject({
      from: { name: 'Private Lending', address: 'post@lending.example.org' },
      to: [{ name: '', address: 'ben@example.com' }],
      subject: message.subject,
      messageId: '<letter-1@lending.example.org>',
      text: `${message.text}\n`,
      html: `${message.html}\n`,
      date: '2026-03-01T09:15:00.000Z',
    });
    const heads = new Map(mail.headers.map(({ key, value }) => [key, value]));
    for (const [name, value] of Object.entries(message.headers)) expect(heads.get(name.toLowerCase())).toBe(value);
  });

  it('is the same to the byte when it is sent again', async () => {
    const { place, delivered } = await serverOf();
    const transport = postTo(place);
    await transport.send(messageOf());
    await transport.send(messageOf());
    expect(delivered).toHaveLength(2);
    expect(delivered[0]?.raw).toBe(delivered[1]?.raw);
  });

  it('reaches addresses of every script', async () => {
    const { place, delivered } = await serverOf();
    const jurgen = lenderOf('ben', { email: emailOf('jürgen@bücher.example') });
    await postTo(place).send(messageOf({}, jurgen));
    expect(delivered[0]?.to).toEqual(['jürgen@bücher.example']);
  });

  it('goes on after a mail that was refused', async () => {
    const { place, delivered } = await serverOf({
      onRcptTo: ({ address }, _, done) => done(address.startsWith('ben') ? answering(550, `5.1.1 no ${address} here`) : null),
    });
    const transport = postTo(place);
    await failureOf(transport.send(messageOf()));
    await transport.send(messageOf({}, lenderOf('chloe')));
    expect(delivered.map(({ to }) => to)).toEqual([['chloe@example.com']]);
  });
});

describe('a refusal', () => {
  const refusing = {
    rcpt: (code: number): SMTPServerOptions => ({
      onRcptTo: ({ address }, _, done) => done(answering(code, `${code > 499 ? '5.1.1' : '4.2.0'} <${address}> is unfit`)),
    }),
    sender: (code: number): SMTPServerOptions => ({
      onMailFrom: ({ address }, _, done) => done(answering(code, `${address} may not send for ben@example.com`)),
    }),
    data: (code: number): SMTPServerOptions => ({
      onData(stream, _, done) {
        stream.resume().on('end', () => done(answering(code, 'ben@example.com does not like it')));
      },
    }),
  };

  it.each<[string, SMTPServerOptions, MailTransportError['kind'], RegExp]>([
    ['the reader is unknown', refusing.rcpt(550), 'rejected', /answered 550 5\.1\.1 to RCPT TO$/],
    ['the reader’s box is full for now', refusing.rcpt(450), 'unavailable', /answered 450 4\.2\.0 to RCPT TO$/],
    ['the server wants us to sign in first', refusing.rcpt(530), 'unavailable', /answered 530/],
    ['the mail is taken for spam', refusing.data(554), 'rejected', /answered 554 to DATA$/],
    ['the server is short of space', refusing.data(452), 'unavailable', /answered 452 to DATA$/],
    ['the sender may not send', refusing.sender(553), 'unavailable', /answered 553 to MAIL FROM$/],
  ])('where %s', async (_, options, kind, message) => {
    const { place, delivered } = await serverOf(options);
    const failure = await failureOf(postTo(place).send(messageOf()));
    expect(failure.kind).toBe(kind);
    expect(failure.message).toMatch(message);
    expect(delivered).toEqual([]);
  });

  it('where nobody listens', async () => {
    const { place, close } = await startMailServer();
    await close();
    expect(await failureOf(postTo(place).send(messageOf()))).toMatchObject({
      kind: 'unavailable',
      message: expect.stringMatching(/ECONNREFUSED/),
    });
  });

  it('where the server does not answer in time', async () => {
    const { place } = await serverOf({ onMailFrom() {} });
    expect(await failureOf(postTo(place, { sendMsMax: 300 }).send(messageOf()))).toMatchObject({ kind: 'unavailable' });
  });

  it('where the server keeps talking and never comes to an end', async () => {
    const talker = createServer((socket) => {
      const talking = setInterval(() => socket.write('220-and another thing\r\n'), 20);
      socket.on('error', () => {}).on('close', () => clearInterval(talking));
    });
    talker.listen(0, '127.0.0.1');
    await once(talker, 'listening');
    open.push(async () => void talker.close());
    const address = talker.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const place = { host: '127.0.0.1', port, tls: 'offered', auth: undefined } as const;
    expect(await failureOf(postTo(place, { sendMsMax: 300 }).send(messageOf()))).toMatchObject({
      kind: 'unavailable',
      message: expect.stringMatching(/EABORT/),
    });
  });

  it('where the password is wrong, without telling it', async () => {
    const { place } = await serverOf({
      ...{ authOptional: false, allowInsecureAuth: true },
      onAuth: ({ username }, _, done) => done(answering(535, `5.7.8 no ${username}`)),
    });
    const auth = { user: 'ben@example.com', pass: 'opensesame' };
    const failure = await failureOf(postTo({ ...place, auth }).send(messageOf()));
    expect(failure).toMatchObject({ kind: 'unavailable', message: expect.stringMatching(/answered 535 5\.7\.8 to AUTH/) });
    expect(failure.message).not.toContain('opensesame');
  });

  it('after the post is closed', async () => {
    const { place } = await serverOf();
    const transport = postTo(place);
    await transport.close();
    expect(await failureOf(transport.send(messageOf()))).toMatchObject({ kind: 'unavailable' });
  });
});

describe('over TLS', () => {
  const { key, cert } = selfSigned();
  const own = { key, cert, secure: false };

  it.each<[SmtpServer['tls'], boolean]>([
    ['always', true],
    ['required', false],
    ['offered', false],
  ])('mail goes to a server that proves itself: TLS %s', async (tls, secure) => {
    const { place, delivered } = await serverOf({ ...own, secure });
    await postTo({ ...place, tls }, { ca: cert }).send(messageOf());
    expect(delivered).toMatchObject([{ secure: true }]);
  });

  it.each<[SmtpServer['tls'], boolean]>([
    ['always', true],
    ['required', false],
  ])('mail does not go to one that anybody could be: TLS %s', async (tls, secure) => {
    const { place, delivered } = await serverOf({ ...own, secure });
    const failure = await failureOf(postTo({ ...place, tls }).send(messageOf()));
    expect(failure).toMatchObject({ kind: 'unavailable', message: expect.stringMatching(/self-signed/) });
    expect(delivered).toEqual([]);
  });

  it('mail and password do not go out in the clear where TLS is required', async () => {
    let signIns = 0;
    const { place, delivered } = await serverOf({
      allowInsecureAuth: true,
      onAuth(_, __, done) {
        signIns += 1;
        done(null, { user: 'ana' });
      },
    });
    const auth = { user: 'ana', pass: 'opensesame' };
    expect(await failureOf(postTo({ ...place, tls: 'required', auth }).send(messageOf()))).toMatchObject({ kind: 'unavailable' });
    expect([delivered, signIns]).toEqual([[], 0]);
  });
});
