import { describe, expect, it } from 'vitest';
import type { Pause } from '../outbox/pause.ts';
import { wrapStore } from '../storage/instrumented-store.ts';
import { openSqlite } from '../storage/sqlite/sqlite-store.ts';
import { type Store, StoreError } from '../storage/store.ts';
import { failingStore } from '../testing/app/failing-store.ts';
import { lenders } from '../testing/app/test-app.ts';
import { engines } from '../testing/dynamodb/engines.ts';
import { openMailApp, RENEW_MS_MIN, untilAborted } from '../testing/mail/mail-app.ts';
import { memoryTransport } from '../testing/mail/memory-transport.ts';
import type { MailTransport } from './transports/transport.ts';

const MINUTE_MS = 60_000;

/** Runs the sender for an hour, and sends one invitation. */
async function sendForAnHour({ testApp, sender, onError, dispatch }: Awaited<ReturnType<typeof openMailApp>>): Promise<void> {
  await (await testApp.as('borrower@example.com')).postsLoan({ lenders: [{ email: 'ana@example.com', contribution_amount: 1 }] });
  await dispatch();
  for (let minute = 0; minute < 60; minute += 1) {
    await sender.sendDue(onError);
    testApp.advance(MINUTE_MS);
  }
}

/** Calls `onSent` after each mail. */
function sendingTo(messages: unknown[], onSent: () => void): MailTransport {
  return {
    async send(message) {
      messages.push(message);
      onSent();
    },
    async close() {},
  };
}

describe('recording the outcome of a mail', () => {
  it.each(['busy', 'throttled', 'unavailable'] as const)(
    'is retried while the store is %s, and the mail is sent once',
    async (kind) => {
      const { store, failCommits, fail } = failingStore();
      const messages: unknown[] = [];
      const waits: number[] = [];
      const pause =
        (advance: (ms: number) => void): Pause =>
        async (ms, signal) => {
          if (ms > RENEW_MS_MIN) return untilAborted(signal);
          waits.push(ms);
          advance(ms);
          if (waits.length === 10) fail(undefined);
        };
      const app = await openMailApp({ store, transport: sendingTo(messages, () => failCommits(kind)), pause });
      await sendForAnHour(app);
      expect([messages.length, app.outcomes(), app.errors]).toEqual([1, ['invitation sent'], []]);
      expect(waits).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000, 5000, 5000, 5000]);
    },
  );

  it('survives a foreign write lock of eight seconds', async () => {
    const messages: unknown[] = [];
    let lockedUntil = 0;
    const engine = openSqlite(':memory:');
    let advance: (ms: number) => void = () => {};
    const commit: Store['commit'] = async (command, writes) => {
      if (now() >= lockedUntil) return engine.commit(command, writes);
      advance(5000); // the busy timeout
      throw new StoreError('busy', 'locked');
    };
    let now = () => 0;
    const transport = sendingTo(messages, () => {
      lockedUntil = now() + 8000;
    });
    const app = await openMailApp({ store: { ...wrapStore(engine, (_verb, call) => call()), commit }, transport });
    now = () => app.testApp.now;
    advance = (ms) => app.testApp.advance(ms);
    await sendForAnHour(app);
    expect([messages.length, app.outcomes(), app.errors]).toEqual([1, ['invitation sent'], []]);
  });

  it('ends when the claim does, with the error of the store', async () => {
    const { store, failCommits, fail } = failingStore();
    const messages: unknown[] = [];
    const app = await openMailApp({ store, transport: sendingTo(messages, () => failCommits('unavailable')) });
    await (await app.testApp.as('b@example.com')).postsLoan({ lenders: [{ email: 'ana@example.com', contribution_amount: 1 }] });
    await app.dispatch();
    const start = app.testApp.now;
    await app.sender.sendDue(app.onError);
    expect([app.errors.length, app.outcomes()]).toEqual([1, []]);
    expect(app.testApp.now - start).toBeGreaterThan(110_000);
    expect(app.testApp.now - start).toBeLessThan(120_000);
    fail(undefined);
  });
});

it('mails are not sent any more once their claim has ended, as another process may be sending them', async () => {
  const engine = openSqlite(':memory:');
  const rejected = new Set(['"name":"sent"']);
  let claims = 0;
  const allClaimed = Promise.withResolvers<void>();
  const commit: Store['commit'] = async (command, writes) => {
    const text = JSON.stringify(writes);
    if ([...rejected].some((part) => text.includes(part))) throw new StoreError('unavailable', 'no outcome is stored');
    if (text.includes('"name":"claimed"')) claims += 1;
    if (claims === 3) allClaimed.resolve();
    return engine.commit(command, writes);
  };
  const { transport, messages } = memoryTransport();
  const waiting: MailTransport = {
    ...transport,
    send: (message, signal) => allClaimed.promise.then(() => transport.send(message, signal)),
  };
  const senderStore = { ...wrapStore(engine, (_verb, call) => call()), commit };
  const app = await openMailApp({ store: engine, senderStore, transport: waiting });
  const borrower = await app.testApp.as('b@example.com');
  for (const prefix of ['a', 'b', 'c']) await borrower.postsLoan({ lenders: lenders(20, 1, prefix) });
  await app.dispatch();
  await app.sender.sendDue(app.onError);
  expect([messages.length, app.outcomes()]).toEqual([25, []]);
  rejected.clear();
  app.testApp.advance(3 * MINUTE_MS);
  await app.newSender().sendDue(app.onError);
  expect([messages.length, app.outcomes().length]).toEqual([25 + 60, 60]);
});

describe.each(engines)('the claim on a mail on $name', ({ open }) => {
  it('is renewed while the mail is being sent, so that no other process sends it', async () => {
    const { transport, messages } = memoryTransport();
    const renewals = Promise.withResolvers<void>();
    const slow: MailTransport = {
      ...transport,
      async send(message) {
        await transport.send(message);
        await renewals.promise;
      },
    };
    let renewed = 0;
    const pause =
      (advance: (ms: number) => void): Pause =>
      async (ms, signal) => {
        if (renewed === 10) {
          renewals.resolve();
          return untilAborted(signal);
        }
        renewed += 1;
        advance(ms);
        if (renewed > 1) await app.newSender().sendDue(app.onError); // another process, after each renewal
      };
    const app = await openMailApp({ store: await open(), transport: slow, pause });
    await (await app.testApp.as('b@example.com')).postsLoan({ lenders: [{ email: 'ana@example.com', contribution_amount: 1 }] });
    await app.dispatch();
    await app.sender.sendDue(app.onError);
    expect([renewed, messages.length, app.outcomes(), app.errors]).toEqual([10, 1, ['invitation sent'], []]);
  });

  it('survives a renewal and a record whose responses were lost', async () => {
    const store = await open();
    const { transport, messages } = memoryTransport();
    let losesResponses = false;
    const commit: Store['commit'] = async (command, writes) => {
      const result = await store.commit(command, writes);
      if (losesResponses && result.committed) throw new StoreError('unavailable', 'the response was lost');
      return result;
    };
    const renewed = Promise.withResolvers<void>();
    const pause =
      (advance: (ms: number) => void): Pause =>
      async (ms, signal) => {
        if (ms <= RENEW_MS_MIN) return advance(ms);
        if (losesResponses) {
          renewed.resolve();
          return untilAborted(signal);
        }
        losesResponses = true;
        advance(ms);
      };
    const slow: MailTransport = {
      ...transport,
      async send(message) {
        await transport.send(message);
        await renewed.promise;
      },
    };
    const app = await openMailApp({
      store,
      senderStore: { ...wrapStore(store, (_verb, call) => call()), commit },
      transport: slow,
      pause,
    });
    await (await app.testApp.as('b@example.com')).postsLoan({ lenders: [{ email: 'ana@example.com', contribution_amount: 1 }] });
    await app.dispatch();
    await app.sender.sendDue(app.onError);
    losesResponses = false;
    app.testApp.advance(10 * MINUTE_MS);
    await app.sender.sendDue(app.onError);
    expect([messages.length, app.outcomes(), app.errors]).toEqual([1, ['invitation sent'], []]);
  });
});
