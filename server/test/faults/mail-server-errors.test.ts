import type { SMTPServerOptions } from 'smtp-server';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { smtpTransport } from '../../src/mail/transports/smtp.ts';
import type { MailTransport } from '../../src/mail/transports/transport.ts';
import { wrapStore } from '../../src/storage/instrumented-store.ts';
import { openSqlite } from '../../src/storage/sqlite/sqlite-store.ts';
import { StoreError } from '../../src/storage/store.ts';
import { logMailAttempts } from '../../src/telemetry/background-log.ts';
import { makeLog } from '../../src/telemetry/log.ts';
import { PrometheusMetrics } from '../../src/telemetry/prometheus.ts';
import { openMailApp } from '../../src/testing/mail/mail-app.ts';
import { startMailServer } from '../../src/testing/mail/smtp-server.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;

type MailApp = Awaited<ReturnType<typeof openMailApp>>;

/** The app with a real mail server. */
async function openFixture(options: SMTPServerOptions) {
  const server = await startMailServer(options);
  onTestFinished(server.close);
  const transport = smtpTransport(server.address);
  onTestFinished(() => transport.close());
  return { ...(await openMailApp({ store: openSqlite(':memory:'), transport })), server, transport };
}

async function invite({ testApp, dispatch }: MailApp, email = 'ana@example.com'): Promise<void> {
  await (await testApp.as('borrower@example.com')).postsLoan({ lenders: [{ email, contribution_amount: 1 }] });
  await dispatch();
}

/** Runs the sender every five minutes until a mail has failed, for three days at most. */
async function runUntilFailed({ testApp, sender, onError, outcomes }: MailApp): Promise<void> {
  const end = testApp.now + 3 * DAY_MS;
  while (testApp.now < end && !outcomes().includes('invitation failed')) {
    await sender.sendDue(onError);
    testApp.advance(5 * MINUTE_MS);
  }
}

function mostInADay(times: readonly number[]): number {
  return Math.max(...times.map((start) => times.filter((time) => time >= start && time < start + DAY_MS).length));
}

describe('a mail that was handed over', () => {
  it.each<[string, (drop: () => void, done: (error: Error) => void) => void]>([
    ['a server that drops the connection', (drop) => drop()],
    ['a server with a temporary error', (_, done) => done(Object.assign(new Error('4.3.0 later'), { responseCode: 451 }))],
  ])('goes to %s three times in 24 hours at most, until it fails', async (_, end) => {
    const times: number[] = [];
    const fixture: Awaited<ReturnType<typeof openFixture>> = await openFixture({
      onData(stream, __, done) {
        stream.resume().on('end', () => {
          times.push(fixture.testApp.now);
          end(fixture.server.drop, done);
        });
      },
    });
    await invite(fixture);
    await runUntilFailed(fixture);
    expect(mostInADay(times)).toBe(3);
    expect(times.length).toBeLessThanOrEqual(9);
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(10 * MINUTE_MS); // passes greylisting
    expect([fixture.outcomes().at(-1), fixture.errors]).toEqual(['invitation failed', []]);
  });

  it('is sent three times in 24 hours at most where the process dies each time', async () => {
    const times: number[] = [];
    let isDead = false;
    const transport: MailTransport = {
      async send() {
        times.push(app.testApp.now);
        isDead = true;
      },
      async close() {},
    };
    const store = openSqlite(':memory:');
    const senderStore = wrapStore(store, async (verb, call) => {
      if (isDead && verb === 'commit') throw new StoreError('unavailable', 'dead');
      return call();
    });
    const app: MailApp = await openMailApp({ store, senderStore, transport });
    await invite(app);
    for (const end = app.testApp.now + 2 * DAY_MS; app.testApp.now < end; app.testApp.advance(MINUTE_MS)) {
      isDead = false;
      await app.newSender().sendDue(app.onError);
    }
    expect([mostInADay(times), times.length]).toEqual([3, 6]);
  });

  it('is not counted where the server could not be reached', async () => {
    const fixture = await openFixture({});
    await fixture.server.close();
    await invite(fixture);
    await runUntilFailed(fixture);
    expect(fixture.outcomes().length).toBeGreaterThan(40); // hourly for two days
    expect(fixture.outcomes().at(-1)).toBe('invitation failed');
  });
});

describe('a mail to an address that needs SMTPUTF8', () => {
  it('fails at once on a server without it, with the reason in the outcome, the log and the metric', async () => {
    const fixture = await openFixture({ hideSMTPUTF8: true });
    await invite(fixture, 'jürgen@example.com');
    await fixture.sender.sendDue(fixture.onError);
    const [attempt] = fixture.attempts;
    if (!attempt) throw new Error('no attempt');
    expect(attempt.outgoingMail.state).toMatchObject({ name: 'failed', reason: 'address-unsupported' });
    const lines: string[] = [];
    const metrics = new PrometheusMetrics();
    logMailAttempts(makeLog({ write: (line) => void lines.push(line) }), metrics)(attempt);
    expect(lines.join()).toContain('"outcome":"address-unsupported"');
    expect(lines.join()).not.toContain('jürgen');
    expect(await metrics.page.text()).toContain('mails_total{kind="invitation",outcome="address-unsupported"} 1');
    await runUntilFailed(fixture);
    expect([fixture.outcomes(), fixture.server.delivered]).toEqual([['invitation address-unsupported'], []]);
  });
});

describe('stopping the mail sender', () => {
  it('ends within three seconds with a mail server that does not respond, and sends the mail after the next start', async () => {
    const connected = Promise.withResolvers<void>();
    let respond = (_done: () => void): void => connected.resolve(); // and no response
    const fixture = await openFixture({
      onMailFrom(_, __, done) {
        respond(done);
      },
    });
    await invite(fixture);
    const run = fixture.sender.sendDue(fixture.onError);
    await connected.promise;
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const stopped = fixture.sender.stop();
    await vi.advanceTimersByTimeAsync(3000);
    await Promise.all([stopped, run]);
    vi.useRealTimers();
    expect([fixture.outcomes(), fixture.errors]).toEqual([['invitation postponed'], []]);
    respond = (done) => done();
    fixture.testApp.advance(MINUTE_MS);
    await fixture.newSender().sendDue(fixture.onError);
    expect(fixture.outcomes()).toEqual(['invitation postponed', 'invitation sent']);
  });

  it('waits for a mail that is being sent, so that the transport can be closed after it', async () => {
    const [begun, accept] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const fixture = await openFixture({
      onData(stream, _, done) {
        begun.resolve();
        void accept.promise.then(() => stream.resume().on('end', () => done()));
      },
    });
    await invite(fixture);
    const run = fixture.sender.sendDue(fixture.onError);
    await begun.promise;
    const order: string[] = [];
    const stopped = fixture.sender.stop().then(async () => {
      order.push(...fixture.outcomes(), 'closed');
      await fixture.transport.close();
    });
    accept.resolve();
    await Promise.all([stopped, run]);
    expect(order).toEqual(['invitation sent', 'closed']);
  });

  it('gives up recording an outcome after three seconds where the store stays unavailable', async () => {
    const store = openSqlite(':memory:');
    let isDown = false;
    const senderStore = wrapStore(store, async (verb, call) => {
      if (isDown && verb === 'commit') throw new StoreError('unavailable', 'down');
      return call();
    });
    const sent = Promise.withResolvers<void>();
    const transport: MailTransport = {
      async send() {
        isDown = true;
        sent.resolve();
      },
      async close() {},
    };
    const pause = () => (_ms: number, signal: AbortSignal) =>
      new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
    const app = await openMailApp({ store, senderStore, transport, pause });
    await invite(app);
    const run = app.sender.sendDue(app.onError);
    await sent.promise;
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const stopped = app.sender.stop();
    await vi.advanceTimersByTimeAsync(3000);
    await Promise.all([stopped, run]);
    expect(app.errors).toHaveLength(1);
  });
});
