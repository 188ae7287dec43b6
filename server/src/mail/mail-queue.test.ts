import { describe, expect, it } from 'vitest';
import { MAILS_PER_MAILING, mailsIn, turnIn, withMails } from '../domain/mail/mailing.ts';
import type { OutgoingMail } from '../domain/outgoing-mail.ts';
import { mailingWrite } from '../execution/commit-writes.ts';
import { dueIndexEntry, dueShards, earlierMailQueueShards, mailQueueIndexEntry, mailQueueShards } from '../storage/index-keys.ts';
import { wrapStore } from '../storage/instrumented-store.ts';
import { mailingIdOf, mailingKey, outgoingMailKey } from '../storage/keys.ts';
import type { Store } from '../storage/store.ts';
import { csv, lines, runToEnd, upload } from '../testing/app/import-helpers.ts';
import type { TestUser } from '../testing/app/test-user.ts';
import { engines } from '../testing/dynamodb/engines.ts';
import { openMailApp } from '../testing/mail/mail-app.ts';
import { memoryTransport } from '../testing/mail/memory-transport.ts';
import { queueMailings } from './queue-mailings.ts';
import type { MailTransport } from './transports/transport.ts';

type Fixture = Awaited<ReturnType<typeof openFixture>>;

async function openFixture(store: Store) {
  const { transport: memoryOnly, messages, ...memory } = memoryTransport();
  const onSent = { listener: () => {} };
  const transport: MailTransport = {
    ...memoryOnly,
    async send(message) {
      await memoryOnly.send(message);
      onSent.listener();
    },
  };
  const app = await openMailApp({ store, transport });
  const { testApp, dispatch, sender, onError } = app;
  return {
    ...app,
    ...memory,
    messages,
    transport,
    onSent,
    recipients: () => messages.map(({ to }) => to.slice(0, to.indexOf('@'))),
    /** Invites by hand, and queues the mails: a mailing for each loan. */
    async invites(borrower: string, prefix: string, count = 1, perLoan = 20): Promise<void> {
      const user = await testApp.as(borrower);
      for (let from = 0; from < count; from += perLoan) {
        const lenders = Array.from({ length: Math.min(perLoan, count - from) }, (_, index) => ({
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
    /** Sends mails until all of a kind were sent. @returns how many were sent in all */
    async sentUntilAll(prefix: string, count: number): Promise<number> {
      const stopping = new AbortController();
      const all = () => messages.filter(({ to }) => to.startsWith(prefix)).length >= count;
      onSent.listener = () => {
        if (all()) stopping.abort();
      };
      await sender.sendDue(onError, { signal: stopping.signal });
      if (!all()) throw new Error(`not all mails to ${prefix} were sent`);
      return messages.length;
    },
  };
}

async function importFile({ testApp }: Pick<Fixture, 'testApp'>, user: TestUser, prefix: string, count: number): Promise<void> {
  const loanId = await user.postsLoan({ amount: 1_000_000 });
  const { status, body } = await upload(user, loanId, csv(...lines(count, 1, prefix)));
  if (status !== 202) throw new Error(`the file was not accepted: ${status}`);
  await runToEnd(testApp, body.import.import_id);
}

/** Mails that a process has claimed at the same time. */
const CLAIMED = 3 * MAILS_PER_MAILING;

describe.each(engines)('the mail queue on $name', ({ name, open }) => {
  /** Mails of an import. DynamoDB Local is slow, and the order of an index is part of the store's contract. */
  const size = name === 'SQLite' ? 300 : 30;
  it('sends an invitation by hand before the imported mails that were queued before it', async () => {
    const fixture = await openFixture(await open());
    await fixture.imports('importer@example.com', 'bulk', size);
    await fixture.invites('other@example.com', 'hand');
    expect(await fixture.sentUntilAll('hand', 1)).toBeLessThanOrEqual(8); // which are sent at the same time
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
    expect(recipients().indexOf('hand0') - (invited ?? 0)).toBeLessThanOrEqual(CLAIMED + 8);
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
      const stopping = new AbortController();
      fixture.onSent.listener = () => stopping.abort();
      await fixture.newSender(counting).sendDue(fixture.onError, { signal: stopping.signal });
      return rows;
    };
    await fixture.imports('importer@example.com', 'bulk', size / 3);
    const few = await rowsOfRun();
    await fixture.imports('importer@example.com', 'more', size / 3);
    await fixture.invites('other@example.com', 'hand');
    expect(few).toBeLessThanOrEqual(10 * mailQueueShards().length);
    expect(await rowsOfRun()).toBeLessThanOrEqual(10 * mailQueueShards().length);
  });

  it('sends the stored mails of earlier versions, each of which is an item', async () => {
    const store = await open();
    const fixture = await openFixture(store);
    await fixture.invites('borrower@example.com', 'ana', 30);
    const until = fixture.testApp.now + 60_000;
    const [queue = ''] = earlierMailQueueShards();
    let count = 0;
    for (const { key, version, data } of await mailingsIn(store)) {
      const earlier = mailsIn(data).map(({ borrowerId: _, lane: __, ...mail }) => {
        const { mailId } = mail;
        const write = { key: outgoingMailKey(mailId), expected: 0 };
        count += 1;
        if (count % 3 === 0) {
          const index = { partition: queue, sort: mailQueueIndexEntry(mailId, 'bulk', count).sort };
          return { ...write, data: { ...mail, state: { name: 'queued', turn: count } as const }, index };
        }
        const state = count % 3 === 1 ? ({ name: 'waiting', from: 0 } as const) : ({ name: 'claimed', until } as const);
        return { ...write, data: { ...mail, state }, index: dueIndexEntry('mail', mailId, until) };
      });
      await store.commit(fixture.services.ids.command(), [{ key, expected: version, isDelete: true }, ...earlier]);
    }
    await fixture.sender.sendDue(fixture.onError);
    expect(fixture.messages).toHaveLength(20);
    fixture.testApp.advance(60_000);
    await fixture.newSender().sendDue(fixture.onError);
    await fixture.newSender().sendDue(fixture.onError);
    expect([fixture.messages.length, fixture.errors]).toEqual([30, []]);
    expect(new Set(fixture.recipients()).size).toBe(30);
  });

  it('sends mails that were scheduled while the clock was ahead, after it was set back', async () => {
    const store = await open();
    const fixture = await openFixture(store);
    await fixture.invites('borrower@example.com', 'ana');
    const from = fixture.testApp.now + 365 * 86_400_000;
    await rewrite(fixture, (mail) => ({ ...mail, handovers: [from, from, from], state: { name: 'waiting', from } }));
    await fixture.sender.sendDue(fixture.onError);
    expect([fixture.messages.length, fixture.errors]).toEqual([1, []]);
  });

  it('queues every mailing once where several processes queue mailings of a borrower', async () => {
    const store = await open();
    const fixture = await openFixture(store);
    await fixture.invites('borrower@example.com', 'ana', 24, 2);
    const now = fixture.testApp.now;
    await rewrite(fixture, (mail) => ({ ...mail, state: { name: 'waiting', from: now } }));
    const unqueued = (await mailingsIn(store)).map(({ data, version }) => ({ mailing: data, version }));
    const { ids } = fixture.services;
    const parts = [0, 2, 4, 6, 8, 10].map((from) => unqueued.slice(from, from + 2));
    await Promise.all([...parts, ...parts].map((part) => queueMailings({ store, ids, clock: () => now }, part)));
    const queued = await mailingsIn(store);
    expect(queued.map(({ version }) => version)).toEqual(Array(12).fill(3));
    expect(new Set(queued.map(({ data }) => turnIn(data))).size).toBe(12);
  });
});

/** The stored mailings that are to be sent. */
async function mailingsIn(store: Store) {
  const rows = await Promise.all(
    [...mailQueueShards(), ...dueShards('mailing')].map((partition) => store.listIndex({ partition, limit: 100 })),
  );
  const items = await store.batchGet(rows.flat().map(({ key }) => mailingKey(mailingIdOf(key.partition))));
  return items.filter((item) => item !== undefined);
}

async function rewrite({ testApp: { store }, services }: Fixture, change: (mail: OutgoingMail) => OutgoingMail): Promise<void> {
  for (const { data, version } of await mailingsIn(store)) {
    const changed = withMails(data, mailsIn(data).map(change));
    await store.commit(services.ids.command(), [mailingWrite(changed, version)]);
  }
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
    expect(sent).toBeLessThanOrEqual(160); // 330 in the order of time
    await fixture.sentUntilAll('first', size);
    await fixture.imports('second@example.com', 'again', 8); // has no disadvantage from mails that have left
    await fixture.imports('third@example.com', 'third', size);
    await fixture.imports('second@example.com', 'more', 8);
    const before = fixture.messages.length;
    expect((await fixture.sentUntilAll('more', 8)) - before).toBeLessThanOrEqual(160);
  });

  it('sends imported mails too while there is much other mail', async () => {
    const fixture = await openFixture(await open());
    await fixture.invites('busy@example.com', 'hand', 240);
    await fixture.imports('importer@example.com', 'bulk', 120);
    await fixture.sender.sendDue(fixture.onError);
    const [first, all] = [fixture.recipients().slice(0, 190), fixture.recipients()];
    const bulk = first.filter((to) => to.startsWith('bulk')).length;
    expect(bulk).toBeGreaterThanOrEqual(MAILS_PER_MAILING);
    expect(bulk).toBeLessThanOrEqual(2 * MAILS_PER_MAILING);
    expect([all.length, fixture.errors]).toEqual([360, []]);
  });

  it('sends mail by hand before imported mail also after entries that fail', async () => {
    const store = await open();
    const fixture = await openFixture(store);
    await fixture.invites('stuck@example.com', 'stuck', 60, 1);
    const stuck = new Set((await mailingsIn(store)).map(({ key }) => key.partition));
    await fixture.imports('importer@example.com', 'bulk', size);
    await fixture.invites('stuck@example.com', 'hand', 16, 4); // of the same borrower, so after those
    const get: Store['get'] = async (keys) => {
      if (keys.some(({ partition }) => stuck.has(partition))) throw new Error('stuck');
      return store.get(keys);
    };
    await fixture.newSender({ ...wrapStore(store, (_, call) => call()), get }).sendDue(fixture.onError);
    const recipients = fixture.recipients();
    expect(recipients).toHaveLength(size + 16);
    const lastByHand = recipients.findLastIndex((to) => to.startsWith('hand'));
    expect(recipients.slice(0, lastByHand).filter((to) => to.startsWith('bulk')).length).toBeLessThan(size / 2);
  });
});
