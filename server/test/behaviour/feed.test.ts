import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FeedClient, type Message, serveFeed } from '../../src/testing/api/feed.ts';
import { frozenTime } from '../../src/testing/app/fake-time.ts';
import { linesOf } from '../../src/testing/app/log-lines.ts';
import { lenders, openTestApp, type TestApp } from '../../src/testing/app/test-app.ts';
import type { TestUser } from '../../src/testing/app/test-user.ts';

const HOUR_MS = 3_600_000;

let testApp: TestApp;
let borrower: TestUser;
let loan: string;

beforeEach(async () => {
  testApp = await openTestApp();
  borrower = await testApp.as('borrower@example.com');
  loan = await borrower.postsLoan({ lenders: lenders(2, 100) });
});

afterEach(() => testApp.close());

const invite = (prefix: string, count = 1) => borrower.post(`/loans/${loan}/lenders`, { lenders: lenders(count, 1, prefix) });
const history = async (user = borrower): Promise<Message[]> => (await user.get(`/loans/${loan}/events?limit=100`)).body.events;

async function connect(): Promise<FeedClient> {
  return (await serveFeed(testApp)).connect();
}

describe('ws /feed', () => {
  it('sends new events only, each as GET /loans/{loan_id}/events returns it', async () => {
    const client = await connect();
    const subscribed = await client.subscribe(borrower, loan);
    expect(subscribed).toEqual({ type: 'subscribed', loan_id: loan, cursor: expect.any(String) });
    const ann = await testApp.as('ann0@example.com');
    await ann.post(`/invitations/${loan}/accept`);
    const received = await client.next();
    const event = (await history()).at(-1);
    expect(received).toEqual({ type: 'event', loan_id: loan, cursor: expect.any(String), event });
    expect(event).toMatchObject({ type: 'lender.accepted', actor: 'lender' });
  });

  it('sends every event of a change in order, each with its own cursor', async () => {
    const client = await connect();
    await client.subscribe(borrower, loan);
    await invite('late', 3);
    expect(await client.events(3)).toEqual(['lender.invited late0', 'lender.invited late1', 'lender.invited late2']);
    const cursors = client.messages.map(({ cursor }) => cursor);
    for (const [index, cursor] of cursors.entries()) {
      const { body } = await borrower.get(`/loans/${loan}/events?after=${cursor}`);
      expect(body.events).toHaveLength(cursors.length - 1 - index);
    }
  });

  it('sends the events after a cursor of GET /loans/{loan_id}/events, then new ones', async () => {
    const { body } = await borrower.get(`/loans/${loan}/events?limit=2`);
    const client = await connect();
    const subscribed = await client.subscribe(borrower, loan, body.next_cursor);
    expect(subscribed.cursor).toBe(body.next_cursor);
    await invite('late');
    expect(await client.events(2)).toEqual(['lender.invited ann1', 'lender.invited late0']);
  });

  it('neither misses nor repeats events that happen while clients subscribe', async () => {
    const { connect } = await serveFeed(testApp);
    const clients = await Promise.all(Array.from({ length: 8 }, () => connect()));
    const start = (await history()).length;
    const changing = (async () => {
      for (let n = 0; n < 40; n += 1) await invite(`n${n}x`);
    })();
    const first = await Promise.all(clients.map(async (client) => client.subscribe(borrower, loan)));
    await changing;
    const all = (await history()).map(({ event_id }) => event_id);
    for (const [index, client] of clients.entries()) {
      const { body } = await borrower.get(`/loans/${loan}/events?limit=100&after=${first[index].cursor}`);
      const expected = body.events.map(({ event_id }: Message) => event_id);
      await expect.poll(() => client.messages.length).toBe(1 + expected.length);
      expect(client.messages.slice(1).map(({ event }) => event.event_id)).toEqual(expected);
      expect(all.slice(-expected.length)).toEqual(expected);
    }
    expect(all).toHaveLength(start + 40);
  });

  it('catches up over several pages of history', async () => {
    const { body } = await borrower.get(`/loans/${loan}/events?limit=2`);
    for (let n = 0; n < 120; n += 1) await invite(`n${n}x`);
    const client = await connect();
    await client.subscribe(borrower, loan, body.next_cursor);
    const events = await client.events(121);
    expect(events.slice(1)).toEqual(Array.from({ length: 120 }, (_, n) => `lender.invited n${n}x0`));
  });

  it('reads a change once for all subscriptions', async () => {
    const { connect } = await serveFeed(testApp);
    const clients = await Promise.all(Array.from({ length: 30 }, () => connect()));
    for (const client of clients) await client.subscribe(borrower, loan);
    const calls = await testApp.callsOf(async () => {
      await invite('late');
      await Promise.all(clients.map((client) => client.events(1)));
    });
    expect(calls.filter((verb) => verb === 'list')).toHaveLength(1);
  });

  it('sends the events of several loans on one connection', async () => {
    const other = await borrower.postsLoan();
    const client = await connect();
    for (const id of [loan, other]) await client.subscribe(borrower, id);
    await borrower.post(`/loans/${other}/cancel`);
    expect(await client.next()).toMatchObject({ loan_id: other, event: { type: 'loan.cancelled' } });
    await invite('late');
    expect(await client.next()).toMatchObject({ loan_id: loan, event: { type: 'lender.invited' } });
  });

  it('responds to unsubscribe also without a subscription, and sends no more events', async () => {
    const client = await connect();
    await client.subscribe(borrower, loan);
    for (let time = 0; time < 2; time += 1)
      expect(await client.ask({ type: 'unsubscribe', loan_id: loan })).toEqual({ type: 'unsubscribed', loan_id: loan });
    await invite('late');
    expect(await client.ask({ type: 'ping' })).toEqual({ type: 'pong' });
    expect(testApp.app.services.changes.watched()).toEqual([]);
  });

  it('replaces a subscription to the same loan, from its new cursor on', async () => {
    const client = await connect();
    const { cursor } = await client.subscribe(borrower, loan);
    await invite('one');
    expect(await client.events(1)).toEqual(['lender.invited one0']);
    await client.subscribe(borrower, loan, cursor);
    await invite('two');
    expect(await client.events(2)).toEqual(['lender.invited one0', 'lender.invited two0']);
    expect(await client.ask({ type: 'ping' })).toEqual({ type: 'pong' });
  });

  it('sends a lender their own events and the loan’s, without names, addresses and amounts of others', async () => {
    const ann = await testApp.as('ann0@example.com');
    const client = await connect();
    await client.subscribe(ann, loan);
    await invite('late', 2);
    await ann.post(`/invitations/${loan}/accept`);
    await borrower.post(`/loans/${loan}/cancel`);
    expect(await client.events(2)).toEqual(['lender.accepted ann0', 'loan.cancelled']);
    expect(JSON.stringify(client.messages)).not.toMatch(/late|borrower@/);
    expect(client.messages.map(({ event }) => event?.request_id !== undefined)).toEqual([false, true, false]);
  });

  it.each<[string, (loanId: string) => object, object]>([
    ['without a token', (loan_id) => ({ loan_id }), { status: 401, error: 'UNAUTHORIZED' }],
    ['with a malformed token', (loan_id) => ({ loan_id, token: 'x.y.z' }), { status: 401 }],
    ['with a token that is not text', (loan_id) => ({ loan_id, token: { a: 1 } }), { status: 401 }],
  ])('rejects a subscription %s, and keeps the connection', async (_, message, problem) => {
    const client = await connect();
    const response = await client.ask({ type: 'subscribe', ...message(loan) });
    expect(response).toEqual({ type: 'error', loan_id: loan, problem: expect.objectContaining(problem) });
    expect(await client.ask({ type: 'ping' })).toEqual({ type: 'pong' });
  });

  it('rejects subscriptions with the errors of HTTP, and logs them', async () => {
    const client = await connect();
    const stranger = await testApp.as('stranger@example.com');
    const unverified = await testApp.as('x@example.com', { email_verified: false });
    const others = (await testApp.as('ann0@example.com')).get(`/loans/${loan}/events?limit=1`);
    const cursor = (await others).body.next_cursor;
    expect((await client.subscribe(stranger, loan)).problem).toMatchObject({ status: 404, error: 'NOT_FOUND' });
    expect((await client.subscribe(borrower, 'none')).problem).toMatchObject({ status: 404 });
    expect((await client.subscribe(unverified, loan)).problem).toMatchObject({ status: 403, error: 'FORBIDDEN' });
    for (const after of ['', 'x', cursor])
      expect((await client.subscribe(borrower, loan, after)).problem).toMatchObject({ status: 400, details: [{ path: 'after' }] });
    expect((await client.ask({ type: 'subscribe', token: borrower.token })).problem).toMatchObject({
      message: 'loan_id must be the id of a loan.',
    });
    expect(linesOf(testApp).at(-1)).toMatchObject({ endpoint: 'WatchLoan', error: 'VALIDATION_ERROR', status: 'Error' });
    expect(testApp.app.services.changes.watched()).toEqual([]);
  });
});

describe('ws /feed over time', () => {
  frozenTime();

  it('accepts a new token by subscribing again', async () => {
    const client = await connect();
    testApp.advance(HOUR_MS - 500);
    await client.subscribe(borrower, loan);
    await client.subscribe(await testApp.as('borrower@example.com'), loan);
    vi.advanceTimersByTime(700);
    await invite('late');
    expect(await client.events(1)).toEqual(['lender.invited late0']);
  });
});
