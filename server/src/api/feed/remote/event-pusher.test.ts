import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LoanId } from '../../../domain/ids.ts';
import { parsePosition } from '../../../events/event-position.ts';
import { StoreError } from '../../../storage/store.ts';
import type { FeedClient, Told } from '../../../testing/api/feed.ts';
import { type RemoteFeed, serveFeedAfar } from '../../../testing/api/remote-feed.ts';
import { failingStore } from '../../../testing/app/failing-store.ts';
import { lenders, openTestApp, type Person, type TestApp } from '../../../testing/app/test-app.ts';

/* How the events of loans are pushed, whatever the gateway makes of them. */

let testApp: TestApp;
let borrower: Person;
let loan: LoanId;
let trouble: ReturnType<typeof failingStore>;

beforeEach(async () => {
  trouble = failingStore();
  testApp = await openTestApp({ store: trouble.store });
  borrower = await testApp.as('borrower@example.com');
  loan = (await borrower.postsLoan()) as LoanId;
});

afterEach(() => testApp.close());

const invite = (prefix: string) => borrower.post(`/loans/${loan}/lenders`, { lenders: lenders(1, 1, prefix) });

async function watching({ connect, api }: RemoteFeed, count = 1): Promise<FeedClient[]> {
  const clients = await Promise.all(Array.from({ length: count }, () => connect()));
  for (const client of clients) await client.subscribe(borrower, loan);
  await api.idle();
  return clients;
}

const typesIn = ({ messages }: FeedClient) => messages.map(({ type, event }: Told) => event?.data.lender?.email ?? type);

describe('a push', () => {
  it('reads the history once for all who watch', async () => {
    const feed = await serveFeedAfar(testApp, { pushers: 0 });
    await watching(feed, 10);
    await invite('late');
    const calls = await testApp.callsOf(() => feed.push.pushToSubscribers(loan));
    expect(calls.filter((verb) => verb === 'list')).toHaveLength(2); // the watchers and the chapters
    expect(calls.filter((verb) => verb === 'commit')).toHaveLength(10);
  });

  it('goes through a history of several pages', async () => {
    const feed = await serveFeedAfar(testApp, { pushers: 0 });
    for (let index = 0; index < 105; index += 1) await invite(`n${index}-`);
    const { body } = await borrower.get(`/loans/${loan}/events?limit=1`);
    const client = await feed.connect();
    await client.subscribe(borrower, loan, body.next_cursor);
    expect(await client.events(105)).toEqual(Array.from({ length: 105 }, (_, index) => `lender.invited n${index}-0`));
    await expect.poll(async () => (await feed.watchersOf(loan))[0]?.position).toEqual({ version: 107, index: -1 });
  });

  it('sees it through where another has written of the watcher meanwhile', async () => {
    const feed = await serveFeedAfar(testApp, { pushers: 0 });
    for (let index = 0; index < 55; index += 1) await invite(`n${index}-`);
    const { body } = await borrower.get(`/loans/${loan}/events?limit=1`);
    let isFirst = true;
    feed.api.interceptPosts(async () => {
      if (!isFirst) return undefined;
      isFirst = false;
      for await (const watcher of feed.push.watchers.of(loan)) await feed.push.watchers.advance(watcher, {});
      return undefined;
    });
    const client = await feed.connect();
    await client.subscribe(borrower, loan, body.next_cursor);
    await feed.api.idle();
    await expect.poll(() => new Set(typesIn(client)).size).toBe(56); // each event, some twice, and that it is subscribed
    expect([...new Set(typesIn(client))].at(-1)).toBe('n54-0@example.com');
  });

  it('writes nothing for who has no part in what happened', async () => {
    await invite('ann');
    const feed = await serveFeedAfar(testApp, { pushers: 0 });
    const client = await feed.connect();
    await client.subscribe(await testApp.as('ann0@example.com'), loan);
    await feed.api.idle();
    await invite('late');
    expect(await testApp.callsOf(() => feed.push.pushToSubscribers(loan))).toEqual(['list', 'list']);
    expect(typesIn(client)).toEqual(['subscribed']);
  });

  it('tells whoever was recorded, and not told so, that they are subscribed: then what happened since', async () => {
    const feed = await serveFeedAfar(testApp, { pushers: 0 });
    const [client] = await watching(feed);
    const [watcher] = await feed.watchersOf(loan);
    if (!client || !watcher) throw new Error('somebody watches');
    await feed.push.watchers.add({ ...watcher, isAcknowledged: false, position: parsePosition(undefined) }, 20);
    await feed.push.pushToSubscribers(loan);
    await expect.poll(() => typesIn(client)).toEqual(['subscribed', 'subscribed', 'event']);
  });
});

describe('where messages are not taken', () => {
  it('a push tries again, in place', async () => {
    const feed = await serveFeedAfar(testApp, { limits: { pauseMsMax: 5 } });
    const [client] = await watching(feed);
    let refusals = 0;
    feed.api.interceptPosts(async () => (++refusals < 3 ? 429 : undefined));
    await invite('late');
    expect(await client?.events(1)).toEqual(['lender.invited late0']);
  });

  it('who takes none is sent away and resumes, and holds up nobody else', async () => {
    const feed = await serveFeedAfar(testApp, { limits: { pauseMsMax: 5, atOnce: 4 } });
    const clients = await watching(feed, 8);
    const [failing, slow] = feed.api.connectionIds();
    const never = new Promise<undefined>(() => {});
    feed.api.interceptPosts(async (connectionId) => (connectionId === failing ? 500 : connectionId === slow ? never : undefined));
    await invite('late');
    for (const client of clients.slice(2)) expect(await client.events(1)).toEqual(['lender.invited late0']);
    expect(await clients[0]?.closed).toMatchObject({ code: 1001 });
    expect(clients[0]?.messages).toEqual([expect.objectContaining({ type: 'subscribed' })]);
    feed.api.interceptPosts(async () => undefined);
    const again = await feed.connect();
    await again.subscribe(borrower, loan, clients[0]?.messages[0]?.cursor);
    expect(await again.events(1)).toEqual(['lender.invited late0']);
  }, 40_000);

  it('who has too much to catch up with in time goes on after connecting again', async () => {
    for (let index = 0; index < 5; index += 1) await invite(`n${index}-`);
    const { body } = await borrower.get(`/loans/${loan}/events?limit=1`);
    const feed = await serveFeedAfar(testApp, { limits: { watcherMs: 0 } });
    const client = await feed.connect();
    const told = await client.subscribe(borrower, loan, body.next_cursor);
    expect(told).toMatchObject({ type: 'error', problem: { error: 'SERVICE_UNAVAILABLE', retryable: true } });
    expect(await client.closed).toMatchObject({ code: 1001 });
    await expect.poll(() => feed.watchersOf(loan)).toEqual([]);
  });

  it('who can neither be told nor closed is met again by the next push', async () => {
    const feed = await serveFeedAfar(testApp, { pushers: 0, limits: { pauseMsMax: 5 } });
    const [client] = await watching(feed);
    const close = feed.push.sockets.close;
    feed.api.interceptPosts(async () => 500);
    Object.assign(feed.push.sockets, { close: () => Promise.reject(new Error('no')) });
    await invite('late');
    await feed.push.pushToSubscribers(loan);
    expect(await feed.watchersOf(loan)).toHaveLength(1);
    Object.assign(feed.push.sockets, { close });
    feed.api.interceptPosts(async () => undefined);
    await feed.push.pushToSubscribers(loan);
    expect(await client?.events(1)).toEqual(['lender.invited late0']);
  });
});

describe('where the store fails', () => {
  it('a push says so, to be run again, and loses nothing', async () => {
    const feed = await serveFeedAfar(testApp, { pushers: 0 });
    const [client] = await watching(feed);
    await invite('late');
    trouble.failCommits(new StoreError('throttled', 'the store is throttled'));
    await expect(feed.push.pushToSubscribers(loan)).rejects.toThrow('throttled');
    trouble.fail(undefined);
    await invite('later');
    await feed.push.pushToSubscribers(loan);
    expect(await client?.events(3)).toEqual(['lender.invited late0', 'lender.invited late0', 'lender.invited later0']);
  });

  it('a client is answered as everywhere, or cut off to resume', async () => {
    const feed = await serveFeedAfar(testApp);
    const [client] = await watching(feed);
    trouble.fail('unavailable');
    expect(await client?.subscribe(borrower, loan)).toMatchObject({ type: 'error', problem: { status: 503 } });
    client?.send(JSON.stringify({ type: 'unsubscribe', loan_id: loan }));
    expect(await client?.closed).toMatchObject({ code: 1001 });
    expect(feed.logged.join()).toContain('a message could not be carried out');
    expect(feed.logged.join()).not.toContain('@');
  });
});
