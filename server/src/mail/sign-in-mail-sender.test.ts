import { beforeEach, describe, expect, it } from 'vitest';
import type { RequestId } from '../domain/ids.ts';
import type { SignInMailAttempt } from '../telemetry/background-log.ts';
import { emailOf, found } from '../testing/app/domain-fixtures.ts';
import { parseMailbox } from './message.ts';
import { SignInMailQueue, SignInMailSender } from './sign-in-mail-sender.ts';
import { composeSignInMessage } from './templates/sign-in-email.ts';
import { type MailTransport, MailTransportError } from './transports/transport.ts';

const NOW = Date.UTC(2026, 2, 1, 9, 15);
const CODE = '04071995';
const SITE = 'https://lending.example.org/app2';
const FROM = found(parseMailbox('Private Lending <no-reply@lending.example.org>'), 'sender');

const mailTo = (name: string) => ({
  mailId: `mail-${name}`,
  to: emailOf(`${name}@example.com`),
  code: CODE,
  challengeStart: 'Ab-_1234',
  at: NOW,
  expiresAt: NOW + 600_000,
  requestId: 'r-1' as RequestId,
  traceparent: null,
});

describe('composeSignInMessage', () => {
  const { subject, text, html, headers, messageId } = composeSignInMessage(mailTo('ana'), {
    from: FROM,
    language: 'en',
    site: SITE,
  });

  it('has the code alone on a line of the text, once in the HTML, and in the link that only fills it in', () => {
    expect(text.split('\n')).toContain(CODE);
    expect(html.join('').split(`>${CODE}<`)).toHaveLength(2);
    const link = `${SITE}/app/sign-in#for=Ab-_1234&code=${CODE}`;
    expect(text).toContain(`${link}\n`);
    expect(html.join('')).toContain(`href="${link.replace('&', '&amp;')}"`);
    expect(text).toContain('It works for 10 minutes, once');
    expect(text).toContain('If you did not ask for this, ignore it');
  });

  it('has the code neither in the subject nor where a locked phone shows the beginning of the text', () => {
    expect(subject).toBe('Your code to sign in to Private Lending');
    const visible = html
      .join('')
      .replace(/<style>.*<\/style>|<title>.*<\/title>/gs, '')
      .replaceAll(/<[^>]*>/g, '');
    for (const shown of [text, visible.trim()]) expect(shown.indexOf(CODE)).toBeGreaterThan(200);
  });

  it('is in the operator’s language, with the code as far from the beginning', () => {
    const german = composeSignInMessage(mailTo('ana'), { from: FROM, language: 'de', site: SITE });
    expect(german.subject).toBe('Ihr Code zur Anmeldung bei Private Lending');
    expect(german.html.join('')).toContain('<html lang="de">');
    expect(german.text.indexOf(CODE)).toBeGreaterThan(200);
  });

  it('is no bulk mail, so it has no link to opt out', () => {
    expect(Object.keys(headers)).toEqual(['Auto-Submitted', 'X-Auto-Response-Suppress', 'X-Request-Id']);
    expect([text, ...html].join('')).not.toContain('opt-out');
    expect(messageId).toBe('<mail-ana@lending.example.org>');
  });
});

describe('SignInMailSender', () => {
  let queue: SignInMailQueue;
  let now: number;
  const attempts: SignInMailAttempt[] = [];
  const pauses: number[] = [];

  beforeEach(() => {
    queue = new SignInMailQueue();
    now = NOW;
    attempts.length = 0;
    pauses.length = 0;
  });

  async function passTime(ms: number): Promise<void> {
    now += ms;
  }

  /** A sender whose pauses pass at once. */
  function openSender(send: MailTransport['send'], pause = passTime) {
    return new SignInMailSender({
      queue,
      transport: { send, close: async () => {} },
      from: FROM,
      language: 'en',
      site: SITE,
      clock: () => now,
      onAttempt: (attempt) => void attempts.push(attempt),
      pause: (ms) => {
        pauses.push(ms);
        return pause(ms);
      },
    });
  }

  const outcomes = () => attempts.map(({ outcome }) => outcome);
  const unavailable = () => Promise.reject(new MailTransportError('unavailable', 'the server is busy'));

  it('writes in the language of the page that requested the code, else in the operator’s', async () => {
    const subjects: string[] = [];
    queue.add({ ...mailTo('ana'), language: 'de' });
    queue.add(mailTo('ben'));
    const sender = openSender(async ({ subject }) => void subjects.push(subject));
    await expect.poll(() => subjects).toHaveLength(2);
    await sender.stop();
    expect(subjects).toEqual(['Ihr Code zur Anmeldung bei Private Lending', 'Your code to sign in to Private Lending']);
  });

  it('sends mails that wait already, and later ones, three at a time', async () => {
    const gate = Promise.withResolvers<void>();
    const sending: string[] = [];
    for (const name of ['ana', 'ben', 'chloe', 'dan']) queue.add(mailTo(name));
    const sender = openSender(async ({ to }) => {
      sending.push(to);
      await gate.promise;
    });
    queue.add(mailTo('eve'));
    expect(sending).toEqual(['ana@example.com', 'ben@example.com', 'chloe@example.com']);
    gate.resolve();
    await expect.poll(() => sending).toHaveLength(5);
    await sender.stop();
    expect(outcomes()).toEqual(Array(5).fill('sent'));
    expect(queue.take()).toBeUndefined();
  });

  it('retries a mail server that is unavailable, with the same message, as long as the code is valid', async () => {
    const sent: unknown[] = [];
    const sender = openSender((message) => {
      sent.push(message);
      return unavailable();
    });
    queue.add(mailTo('ana'));
    await expect.poll(outcomes).toEqual([...Array(5).fill('postponed'), 'failed']);
    expect(pauses).toEqual([1000, 4000, 15_000, 60_000, 120_000]);
    expect(new Set(sent.map((message) => JSON.stringify(message))).size).toBe(1);
    expect(attempts.at(-1)).toMatchObject({ tries: 6, requestId: 'r-1', error: expect.any(MailTransportError) });
    expect(JSON.stringify(attempts)).not.toContain('ana@');
    expect(JSON.stringify(attempts)).not.toContain(CODE);
    await sender.stop();
  });

  it('does not retry once the code would have expired, nor a mail that no server will ever accept', async () => {
    const sender = openSender(unavailable, () => passTime(599_500));
    queue.add(mailTo('ana'));
    await expect.poll(outcomes).toEqual(['postponed', 'failed']);
    await sender.stop();
    for (const kind of ['rejected', 'address-unsupported'] as const) {
      attempts.length = 0;
      const other = openSender(() => Promise.reject(new MailTransportError(kind, 'no')));
      queue.add(mailTo('ben'));
      await expect.poll(outcomes).toEqual([kind === 'rejected' ? 'failed' : kind]);
      await other.stop();
    }
  });

  it('has room again once a mail is sent or given up', async () => {
    for (let count = 0; count < 1000; count += 1) queue.add(mailTo(`user${count}`));
    expect(queue.hasRoom).toBe(false);
    let count = 0;
    const sender = openSender(async () => {
      count += 1;
      if (count % 2 === 0) throw new MailTransportError('rejected', 'no');
    });
    await expect.poll(() => attempts.length, { timeout: 10_000 }).toBe(1000);
    expect(queue.hasRoom).toBe(true);
    await sender.stop();
  });

  it('ends a retry that waits when it is stopped', async () => {
    const aborted = Promise.withResolvers<never>();
    const sender = openSender(unavailable, () => aborted.promise);
    queue.add(mailTo('ana'));
    await expect.poll(outcomes).toEqual(['postponed']);
    const stopped = sender.stop();
    aborted.reject(new Error('stopped'));
    await stopped;
    expect(outcomes()).toEqual(['postponed']);
  });
});
