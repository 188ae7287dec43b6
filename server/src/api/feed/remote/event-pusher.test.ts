import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LoanId } from '../../../domain/ids.ts';
import { parsePosition } from '../../../events/event-position.ts';
import { StoreError } from '../../../storage/store.ts';
import type { FeedClient } from '../../../testing/api/feed.ts';
import { type RemoteFeed, serveRemoteFeed } from '../../../testing/api/remote-feed.ts';
import { failingStore } from '../../../testing/app/failing-store.ts';
import { lenders, openTestApp, type TestApp } from '../../../testing/app/test-app.ts';
import { LOAN, type TestUser } from '../../../testing/app/test-user.ts';
import { openEmailTestApp, signInByEmail } from '../../../testing/sign-in/email-user.ts';

let testApp: TestApp;
let borrower: TestUser;
let loan: LoanId;
let failing: ReturnType<typeof failingStore>;

beforeEach(async () => {
  failing = failingStore();
  testApp = await openTestApp({ store: failing.store });
  borrower = await testApp.as('borrower@example.com');
  loan = (await borrower.postsLoan()) as LoanId;
});

afterEach(() => testApp.close());

const invite = (prefix: string) => borrower.post(`/loans/${loan}/lenders`, { lenders: lenders(1, 1, prefix) });

const firstCursor = async () => (await borrower.get(`/loans/${loan}/events?limit=1`)).body.next_cursor;

async function subscribed({ connect, api }: RemoteFeed, count = 1): Promise<FeedClient[]> {
  const clients = await Promise.all(Array.from({ length: count }, () => connect()));
  for (const client of clients) await client.subscribe(borrower, loan);
  await api.idle();
  return clients;
}

/** Of each message, the address in its event, or its type. */
const received = ({ messages }: FeedClient) => messages.map(({ type, event }) => event?.data.lender?.email ?? type);

describe('EventPusher', () => {
  it('reads the history once for all subscriptions', async () => {
    const feed = await serveRemoteFeed(testApp, { pushers: 0 });
    await subscribed(feed, 10);
    await invite('late');
    const calls = await testApp.callsOf(() => feed.push.pushToSubscribers(loan));
    expect(calls.filter((verb) => verb === 'list')).toHaveLength(2); // the subscriptions and the event batches
    expect(calls.filter((verb) => verb === 'commit')).toHaveLength(10);
  });

  it('sends nothing more, and closes the connection, once the subscriber’s session has been ended by another process', async () => {
    const byEmail = await openEmailTestApp();
    const [owner, feed] = [await signInByEmail(byEmail, 'borrower@example.com'), await serveRemoteFeed(byEmail, { pushers: 0 })];
    const id = (await owner.post('/loans', LOAN)).body.loan.loan_id as LoanId;
    const client = await feed.connect();
    await client.subscribe(owner, id);
    await feed.api.idle();
    const invited = (prefix: string) => owner.post(`/loans/${id}/lenders`, { lenders: lenders(1, 1, prefix) });
    await invited('before');
    await feed.push.pushToSubscribers(id);
    await invited('after');
    const { session } = await byEmail.app.services.authenticator.authenticate({ kind: 'token', token: owner.token });
    if (session) await byEmail.app.sessions.end(session);
    byEmail.advance(30_000);
    await feed.push.pushToSubscribers(id);
    await client.closed;
    expect(received(client)).toEqual(['subscribed', 'before0@example.com', 'error']);
    expect(await feed.subscriptionsTo(id)).toEqual([]);
    await byEmail.close();
  });

  it('sends a history of several pages', async () => {
    const feed = await serveRemoteFeed(testApp, { pushers: 0 });
    for (let index = 0; index < 105; index += 1) await invite(`n${index}-`);
    const client = await feed.connect();
    await client.subscribe(borrower, loan, await firstCursor());
    expect(await client.events(105)).toEqual(Array.from({ length: 105 }, (_, index) => `lender.invited n${index}-0`));
    await expect.poll(async () => (await feed.subscriptionsTo(loan))[0]?.position).toEqual({ version: 107, index: -1 });
  });

  it('sends all events when another process writes the subscription meanwhile', async () => {
    const feed = await serveRemoteFeed(testApp, { pushers: 0 });
    for (let index = 0; index < 55; index += 1) await invite(`n${index}-`);
    const cursor = await firstCursor();
    let isFirst = true;
    feed.api.state.intercept = async () => {
      if (!isFirst) return undefined;
      isFirst = false;
      for await (const subscription of feed.push.subscriptions.of(loan)) await feed.push.subscriptions.advance(subscription, {});
      return undefined;
    };
    const client = await feed.connect();
    await client.subscribe(borrower, loan, cursor);
    await feed.api.idle();
    await expect.poll(() => new Set(received(client)).size).toBe(56); // `subscribed`, and each event, some twice
    expect([...new Set(received(client))].at(-1)).toBe('n54-0@example.com');
  });

  it('writes nothing for a subscriber who may not see the events', async () => {
    await invite('ann');
    const feed = await serveRemoteFeed(testApp, { pushers: 0 });
    const client = await feed.connect();
    await client.subscribe(await testApp.as('ann0@example.com'), loan);
    await feed.api.idle();
    await invite('late');
    expect(await testApp.callsOf(() => feed.push.pushToSubscribers(loan))).toEqual(['list', 'list']);
    expect(received(client)).toEqual(['subscribed']);
  });

  it('sends `subscribed` and later events to a subscription that was stored and not acknowledged', async () => {
    const feed = await serveRemoteFeed(testApp, { pushers: 0 });
    const [client] = await subscribed(feed);
    const [subscription] = await feed.subscriptionsTo(loan);
    if (!client || !subscription) throw new Error('no subscription');
    await feed.push.subscriptions.add({ ...subscription, isAcknowledged: false, position: parsePosition(undefined) }, 20);
    await feed.push.pushToSubscribers(loan);
    await expect.poll(() => received(client)).toEqual(['subscribed', 'subscribed', 'event']);
  });

  it('retries a message that the gateway does not take', async () => {
    const feed = await serveRemoteFeed(testApp, { limits: { pauseMsMax: 5 } });
    const [client] = await subscribed(feed);
    let attempts = 0;
    feed.api.state.intercept = async () => (++attempts < 3 ? 429 : undefined);
    await invite('late');
    expect(await client?.events(1)).toEqual(['lender.invited late0']);
  });

  it('closes connections that take no message, to resume, without holding up the others', async () => {
    const feed = await serveRemoteFeed(testApp, { limits: { pauseMsMax: 5, concurrency: 4 } });
    const clients = await subscribed(feed, 8);
    const [failingId, slowId] = feed.api.connectionIds();
    const never = new Promise<undefined>(() => {});
    feed.api.state.intercept = async (connectionId) =>
      connectionId === failingId ? 500 : connectionId === slowId ? never : undefined;
    await invite('late');
    for (const client of clients.slice(2)) expect(await client.events(1)).toEqual(['lender.invited late0']);
    expect(await clients[0]?.closed).toMatchObject({ code: 1001 });
    expect(clients[0]?.messages).toEqual([expect.objectContaining({ type: 'subscribed' })]);
    feed.api.state.intercept = async () => undefined;
    const again = await feed.connect();
    await again.subscribe(borrower, loan, clients[0]?.messages[0]?.cursor);
    expect(await again.events(1)).toEqual(['lender.invited late0']);
  });

  it('closes a connection that can not catch up in time, to resume', async () => {
    for (let index = 0; index < 5; index += 1) await invite(`n${index}-`);
    const feed = await serveRemoteFeed(testApp, { limits: { subscriptionMs: 0 } });
    const client = await feed.connect();
    const response = await client.subscribe(borrower, loan, await firstCursor());
    expect(response).toMatchObject({ type: 'error', problem: { error: 'SERVICE_UNAVAILABLE', retryable: true } });
    expect(await client.closed).toMatchObject({ code: 1001 });
    await expect.poll(() => feed.subscriptionsTo(loan)).toEqual([]);
  });

  it('keeps a subscription whose connection can neither be sent to nor closed', async () => {
    const feed = await serveRemoteFeed(testApp, { pushers: 0, limits: { pauseMsMax: 5 } });
    const [client] = await subscribed(feed);
    const close = feed.push.sockets.close;
    feed.api.state.intercept = async () => 500;
    Object.assign(feed.push.sockets, { close: () => Promise.reject(new Error('no')) });
    await invite('late');
    await feed.push.pushToSubscribers(loan);
    expect(await feed.subscriptionsTo(loan)).toHaveLength(1);
    Object.assign(feed.push.sockets, { close });
    feed.api.state.intercept = async () => undefined;
    await feed.push.pushToSubscribers(loan);
    expect(await client?.events(1)).toEqual(['lender.invited late0']);
  });

  it('rejects when the store fails, and loses nothing in the next run', async () => {
    const feed = await serveRemoteFeed(testApp, { pushers: 0 });
    const [client] = await subscribed(feed);
    await invite('late');
    failing.failCommits(new StoreError('throttled', 'the store is throttled'));
    await expect(feed.push.pushToSubscribers(loan)).rejects.toThrow('throttled');
    failing.fail(undefined);
    await invite('later');
    await feed.push.pushToSubscribers(loan);
    expect(await client?.events(3)).toEqual(['lender.invited late0', 'lender.invited late0', 'lender.invited later0']);
  });
});

describe('the remote feed', () => {
  it('sends an error, or closes the connection, when the store fails', async () => {
    const feed = await serveRemoteFeed(testApp);
    const [client] = await subscribed(feed);
    failing.fail('unavailable');
    expect(await client?.subscribe(borrower, loan)).toMatchObject({ type: 'error', problem: { status: 503 } });
    client?.send({ type: 'unsubscribe', loan_id: loan });
    expect(await client?.closed).toMatchObject({ code: 1001 });
    expect(feed.logged.join()).toContain('a message could not be handled');
    expect(feed.logged.join()).not.toContain('@');
  });
});
