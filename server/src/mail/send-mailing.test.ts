import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Mailing } from '../domain/mail/mailing.ts';
import { mailsIn } from '../domain/mail/mailing.ts';
import type { OutgoingMail } from '../domain/outgoing-mail.ts';
import { wrapStore } from '../storage/instrumented-store.ts';
import { isMailingKey, mailingIdOf, mailingKey } from '../storage/keys.ts';
import { openSqlite } from '../storage/sqlite/sqlite-store.ts';
import type { Key, Store } from '../storage/store.ts';
import { isDelete } from '../storage/store.ts';
import { lenders } from '../testing/app/test-app.ts';
import { openMailApp } from '../testing/mail/mail-app.ts';
import { memoryTransport } from '../testing/mail/memory-transport.ts';
import type { MailTransport } from './transports/transport.ts';

/** Of the mails of a mailing, by name. */
type States = Partial<Record<OutgoingMail['state']['name'], number>>;

/** The app with a transport whose mails wait until they are accepted, and the states of the mails in each write of a mailing. */
async function openFixture(count: number) {
  const engine = openSqlite(':memory:');
  const written: States[] = [];
  const keys = new Map<string, Key<Mailing>>();
  const commit: Store['commit'] = (command, writes) => {
    for (const write of writes) {
      if (!isMailingKey(write.key) || isDelete(write)) continue;
      keys.set(write.key.partition, mailingKey(mailingIdOf(write.key.partition)));
      const mails = mailsIn(write.data as Mailing);
      written.push(
        Object.fromEntries([...Map.groupBy(mails, ({ state }) => state.name)].map(([name, { length }]) => [name, length])),
      );
    }
    return engine.commit(command, writes);
  };
  const waiting: (() => void)[] = [];
  const transport: MailTransport = {
    send: () => new Promise((resolve) => waiting.push(resolve)),
    async close() {},
  };
  const app = await openMailApp({ store: { ...wrapStore(engine, (_verb, call) => call()), commit }, transport });
  await (await app.testApp.as('borrower@example.com')).postsLoan({ lenders: lenders(count, 1) });
  await app.dispatch();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  written.length = 0;
  const run = app.sender.sendDue(app.onError);
  return {
    ...app,
    run,
    written,
    waiting,
    /** Lets the transport take some mails. */
    async accept(mails: number): Promise<void> {
      await vi.waitFor(() => expect(waiting.length).toBeGreaterThan(0));
      for (const accept of waiting.splice(0, mails)) accept();
      await new Promise(setImmediate);
    },
  };
}

describe('sendMailing', () => {
  it('records the outcomes of a mailing in one write', async () => {
    const { run, accept, written, waiting, outcomes } = await openFixture(20);
    while (outcomes().length === 0) {
      await accept(8);
      if (written.at(-1)?.sent !== undefined) break;
    }
    await run;
    expect([written, waiting, outcomes().length]).toEqual([[{ claimed: 20 }, { sent: 20 }], [], 20]);
  });

  it('records outcomes after 200 ms, and those of later mails by the next write', async () => {
    const { run, accept, written, outcomes, errors } = await openFixture(3);
    await accept(1);
    await vi.advanceTimersByTimeAsync(199);
    expect(written).toEqual([{ claimed: 3 }]);
    await vi.advanceTimersByTimeAsync(1);
    expect(written).toEqual([{ claimed: 3 }, { claimed: 2, sent: 1 }]);
    await accept(2);
    await run;
    expect(written.slice(2)).toEqual([{ sent: 3 }]);
    expect([outcomes(), errors]).toEqual([Array(3).fill('invitation sent'), []]);
  });
});

it('a process sends at most 25 mails whose outcomes are not recorded, however many mailings it has claimed', async () => {
  const engine = openSqlite(':memory:');
  const recordable = Promise.withResolvers<void>();
  const senderStore: Store = {
    ...wrapStore(engine, (_verb, call) => call()),
    async commit(command, writes) {
      if (JSON.stringify(writes).includes('"name":"sent"')) await recordable.promise;
      return engine.commit(command, writes);
    },
  };
  const { transport, messages } = memoryTransport();
  const app = await openMailApp({ store: engine, senderStore, transport });
  const borrower = await app.testApp.as('borrower@example.com');
  for (const prefix of ['a', 'b', 'c']) await borrower.postsLoan({ lenders: lenders(20, 1, prefix) });
  await app.dispatch();
  const run = app.sender.sendDue(app.onError);
  await expect.poll(() => messages.length).toBe(25);
  for (let iteration = 0; iteration < 100; iteration += 1) await new Promise(setImmediate);
  expect(messages).toHaveLength(25);
  recordable.resolve();
  await run;
  expect([messages.length, app.outcomes().length, app.errors]).toEqual([60, 60, []]);
});
