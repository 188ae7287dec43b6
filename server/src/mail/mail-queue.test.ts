import { describe, expect, it } from 'vitest';
import type { OutgoingMail } from '../domain/outgoing-mail.ts';
import { outgoingMailWrite } from '../execution/commit-writes.ts';
import { dueShards, mailQueueShards } from '../storage/index-keys.ts';
import { wrapStore } from '../storage/instrumented-store.ts';
import { mailIdOf, outgoingMailKey } from '../storage/keys.ts';
import type { Store } from '../storage/store.ts';
import { csv, lines, runToEnd, upload } from '../testing/app/import-helpers.ts';
import type { TestUser } from '../testing/app/test-user.ts';
import { engines } from '../testing/dynamodb/engines.ts';
import { openMailApp } from '../testing/mail/mail-app.ts';
import { memoryTransport } from '../testing/mail/memory-transport.ts';
import { queueMails } from './queue-mails.ts';

type Fixture = Awaited<ReturnType<typeof openFixture>>;

async function openFixture(store: Store) {
  const { transport, messages, ...memory } = memoryTransport();
  const app = await openMailApp({ store, transport });
  const { testApp, dispatch, sender, onError } = app;
  return {
    ...app,
    ...memory,
    messages,
    transport,
    recipients: () => messages.map(({ to }) => to.slice(0, to.indexOf('@'))),
    /** Invites by hand, and queues the mails. */
    async invites(borrower: string, prefix: string, count = 1): Promise<void> {
      const user = await testApp.as(borrower);
      for (let from = 0; from < count; from += 20) {
        const lenders = Array.from({ length: Math.min(20, count - from) }, (_, index) => ({
          email: `${prefix}${from + index}@example.com`,
          contribution_amount: 1,
        }));
        await user.postsLoan({ lenders });
      }
      await dispatch();
    },
    /** Imports a file, and queues the mails. */
    async imports(borrower: string, prefix: string, count: number): Promise<void> {
      await importFile(app, await testApp.as(borrower), prefix, count);
      await dispatch();
    },
    /** Sends one mail of each shard after the other until all of a kind were sent. @returns how many were sent in all */
    async sentUntilAll(prefix: string, count: number): Promise<number> {
      for (let round = 0; round < 1000; round += 1) {
        if (messages.filter(({ to }) => to.startsWith(prefix)).length === count) return messages.length;
        await sender.sendDue(onError, { maxPerShard: 1 });
      }
      throw new Error(`not all mails to ${prefix} were sent`);
    },
  };
}

async function importFile({ testApp }: Pick<Fixture, 'testApp'>, user: TestUser, prefix: string, count: number): Promise<void> {
  const loanId = await user.postsLoan({ amount: 1_000_000 });
  const { status, body } = await upload(user, loanId, csv(...lines(count, 1, prefix)));
  if (status !== 202) throw new Error(`the file was not accepted: ${status}`);
  await runToEnd(testApp, body.import.import_id);
}

const SHARDS = mailQueueShards().length;

describe.each(engines)('the mail queue on $name', ({ name, open }) => {
  /** Mails of an import. DynamoDB Local is slow, and the order of an index is part of the store's contract. */
  const size = name === 'SQLite' ? 300 : 30;
  it('sends an invitation by hand before the imported mails that were queued before it', async () => {
    const fixture = await openFixture(await open());
    await fixture.imports('importer@example.com', 'bulk', size);
    await fixture.invites('other@example.com', 'hand');
    expect(await fixture.sentUntilAll('hand', 1)).toBeLessThanOrEqual(SHARDS);
    expect([await fixture.sentUntilAll('bulk', size), fixture.errors]).toEqual([size + 1, []]);
  });

  it('sends an invitation soon that is made while a long run is under way', async () => {
    const fixture = await openFixture(await open());
    await fixture.imports('importer@example.com', 'bulk', size);
    const { transport, recipients, sender, onError } = fixture;
    const send = transport.send.bind(transport);
    let invited: number | undefined;
    transport.send = async (message) => {
      await send(message);
      if (invited !== undefined || recipients().length < 10) return;
      invited = Number.POSITIVE_INFINITY;
      await fixture.invites('other@example.com', 'hand');
      invited = recipients().length;
    };
    for (const _run of [1, 2]) await sender.sendDue(onError); // the first one may end before the mail is queued
    expect(recipients()).toHaveLength(size + 1);
    expect(recipients().indexOf('hand0') - (invited ?? 0)).toBeLessThanOrEqual(10 * SHARDS);
  });

  it('reads a page of each shard, however many mails are queued', async () => {
    const store = await open();
    const fixture = await openFixture(store);
    let rows = 0;
    const counting: Store = {
      ...wrapStore(store, (_verb, call) => call()),
      async listIndex(range) {
        const found = await store.listIndex(range);
        rows += found.length;
        return found;
      },
    };
    const rowsOfRun = async () => {
      rows = 0;
      await fixture.newSender(counting).sendDue(fixture.onError, { maxPerShard: 1 });
      return rows;
    };
    await fixture.imports('importer@example.com', 'bulk', size / 3);
    const few = await rowsOfRun();
    await fixture.imports('importer@example.com', 'more', size / 3);
    await fixture.invites('other@example.com', 'hand');
    expect(few).toBeLessThanOrEqual(10 * SHARDS);
    expect(await rowsOfRun()).toBeLessThanOrEqual(10 * SHARDS);
  });

  it('sends the stored mails of earlier versions', async () => {
    const store = await open();
    const fixture = await openFixture(store);
    await fixture.invites('borrower@example.com', 'ana', 30);
    const until = fixture.testApp.now + 60_000;
    for (const [index, mail] of (await mailsIn(store)).entries()) {
      const { borrowerId: _, lane: __, ...earlier } = mail.data;
      const state = index % 2 ? ({ name: 'waiting', from: 0 } as const) : ({ name: 'claimed', until } as const);
      await store.commit(fixture.services.ids.command(), [outgoingMailWrite({ ...earlier, state }, mail.version)]);
    }
    await fixture.sender.sendDue(fixture.onError);
    expect(fixture.messages).toHaveLength(15);
    fixture.testApp.advance(60_000);
    await fixture.sender.sendDue(fixture.onError);
    expect([fixture.messages.length, fixture.errors]).toEqual([30, []]);
  });

  it('sends mails that were scheduled while the clock was ahead, after it was set back', async () => {
    const store = await open();
    const fixture = await openFixture(store);
    await fixture.invites('borrower@example.com', 'ana');
    const [mail] = await mailsIn(store);
    if (!mail) throw new Error('no mail');
    const from = fixture.testApp.now + 365 * 86_400_000;
    const ahead: OutgoingMail = { ...mail.data, handovers: [from, from, from], state: { name: 'waiting', from } };
    await store.commit(fixture.services.ids.command(), [outgoingMailWrite(ahead, mail.version)]);
    await fixture.sender.sendDue(fixture.onError);
    expect([fixture.messages.length, fixture.errors]).toEqual([1, []]);
  });

  it('queues every mail once where several processes queue mails of a borrower', async () => {
    const store = await open();
    const fixture = await openFixture(store);
    await fixture.invites('borrower@example.com', 'ana', 30);
    const mails = await mailsIn(store);
    const unqueued = mails.map(({ data, version }) => ({ outgoingMail: data, version }));
    const { ids } = fixture.services;
    const parts = [0, 5, 10, 15, 20, 25].map((from) => unqueued.slice(from, from + 5));
    await Promise.all([...parts, ...parts].map((part) => queueMails({ store, ids }, part)));
    const queued = await mailsIn(store);
    expect(queued.map(({ version }) => version)).toEqual(Array(30).fill(2));
    const turns = queued.map(({ data: { state } }) => (state.name === 'queued' ? state.turn : -1));
    expect(new Set(turns).size).toBe(30);
  }, 60_000);
});

/** The stored mails that are to be sent. */
async function mailsIn(store: Store) {
  const rows = await Promise.all(
    [...mailQueueShards(), ...dueShards('mail')].map((partition) => store.listIndex({ partition, limit: 100 })),
  );
  const items = await store.batchGet(rows.flat().map(({ key }) => outgoingMailKey(mailIdOf(key.partition))));
  return items.filter((item) => item !== undefined);
}

// On SQLite only: it takes many mails to see, and DynamoDB Local is slow.
describe.each(engines.filter(({ name }) => name === 'SQLite'))('a long mail queue on $name', ({ open }) => {
  const size = 300;

  it('lets two imports take turns, whichever came first', async () => {
    const fixture = await openFixture(await open());
    await fixture.imports('first@example.com', 'first', size);
    const few = size / 10;
    await fixture.imports('second@example.com', 'second', few);
    const sent = await fixture.sentUntilAll('second', few);
    expect(sent).toBeLessThanOrEqual(20 * SHARDS); // 60 mails, in shards that do not have equal parts; 330 in the order of time
    await fixture.sentUntilAll('first', size);
    await fixture.imports('second@example.com', 'again', 8); // has no disadvantage from mails that have left
    await fixture.imports('third@example.com', 'third', size);
    await fixture.imports('second@example.com', 'more', 8);
    const before = fixture.messages.length;
    expect((await fixture.sentUntilAll('more', 8)) - before).toBeLessThanOrEqual(20 * SHARDS);
  });

  it('sends imported mails too while there is much other mail', async () => {
    const fixture = await openFixture(await open());
    await fixture.invites('busy@example.com', 'hand', 240);
    await fixture.imports('importer@example.com', 'bulk', 120);
    await fixture.sender.sendDue(fixture.onError, { maxPerShard: 10 });
    const bulk = fixture.recipients().filter((to) => to.startsWith('bulk')).length;
    expect(bulk).toBeGreaterThanOrEqual(SHARDS);
    expect(bulk).toBeLessThanOrEqual(2 * SHARDS);
  });

  it('sends mail by hand before imported mail also after entries that fail', async () => {
    const store = await open();
    const fixture = await openFixture(store);
    await fixture.invites('stuck@example.com', 'stuck', 12 * SHARDS);
    const stuck = new Set((await mailsIn(store)).map(({ key }) => key.partition));
    await fixture.imports('importer@example.com', 'bulk', size);
    await fixture.invites('stuck@example.com', 'hand', 2 * SHARDS); // of the same borrower, so after those
    const get: Store['get'] = async (keys) => {
      if (keys.some(({ partition }) => stuck.has(partition))) throw new Error('stuck');
      return store.get(keys);
    };
    await fixture.newSender({ ...wrapStore(store, (_, call) => call()), get }).sendDue(fixture.onError);
    const recipients = fixture.recipients();
    expect(recipients).toHaveLength(size + 2 * SHARDS);
    const lastByHand = recipients.findLastIndex((to) => to.startsWith('hand'));
    expect(recipients.slice(0, lastByHand).filter((to) => to.startsWith('bulk')).length).toBeLessThan(size / 2);
  });
});
