import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FeedClient, serveFeed, type Told } from '../../src/testing/api/feed.ts';
import { frozenTime } from '../../src/testing/app/fake-time.ts';
import { linesOf } from '../../src/testing/app/log-lines.ts';
import { lenders, openTestApp, type Person, type TestApp } from '../../src/testing/app/test-app.ts';

const HOUR_MS = 3_600_000;

let testApp: TestApp;
let borrower: Person;
let loan: string;

beforeEach(async () => {
  testApp = await openTestApp();
  borrower = await testApp.as('borrower@example.com');
  loan = await borrower.postsLoan({ lenders: lenders(2, 100) });
});

afterEach(() => testApp.close());

const invite = (prefix: string, count = 1) => borrower.post(`/loans/${loan}/lenders`, { lenders: lenders(count, 1, prefix) });
const history = async (person = borrower): Promise<Told[]> => (await person.get(`/loans/${loan}/events?limit=100`)).body.events;

async function connected(): Promise<FeedClient> {
  return (await serveFeed(testApp)).connect();
}

describe('watching a loan', () => {
  it('tells new events only, each as GET tells it', async () => {
    const client = await connected();
    const subscribed = await client.subscribe(borrower, loan);
    expect(subscribed).toEqual({ type: 'subscribed', loan_id: loan, cursor: expect.any(String) });
    const ann = await testApp.as('ann0@example.com');
    await ann.post(`/invitations/${loan}/accept`);
    const told = await client.next();
    expect(told).toEqual({ type: 'event', loan_id: loan, cursor: expect.any(String), event: (await history()).at(-1) });
    expect(told.event).toMatchObject({ type: 'lender.accepted', actor: 'lender' });
  });

  it('tells every event of a change, in order, under cursors of their own', async () => {
    const client = await connected();
    await client.subscribe(borrower, loan);
    await invite('late', 3);
    expect(await client.events(3)).toEqual(['lender.invited late0', 'lender.invited late1', 'lender.invited late2']);
    const cursors = client.messages.map(({ cursor }) => cursor);
    for (const [place, cursor] of cursors.entries()) {
      const { body } = await borrower.get(`/loans/${loan}/events?after=${cursor}`);
      expect(body.events).toHaveLength(cursors.length - 1 - place);
    }
  });

  it('goes on behind a cursor, whichever call gave it, and then with what is new', async () => {
    const { body } = await borrower.get(`/loans/${loan}/events?limit=2`);
    const client = await connected();
    const subscribed = await client.subscribe(borrower, loan, body.next_cursor);
    expect(subscribed.cursor).toBe(body.next_cursor);
    await invite('late');
    expect(await client.events(2)).toEqual(['lender.invited ann1', 'lender.invited late0']);
  });

  it('misses nothing of what happens while it subscribes, and tells nothing twice', async () => {
    const { connect } = await serveFeed(testApp);
    const clients = await Promise.all(Array.from({ length: 8 }, () => connect()));
    const start = (await history()).length;
    const changing = (async () => {
      for (let n = 0; n < 40; n += 1) await invite(`n${n}x`);
    })();
    const first = await Promise.all(clients.map(async (client) => client.subscribe(borrower, loan)));
    await changing;
    const all = (await history()).map(({ event_id }) => event_id);
    for (const [place, client] of clients.entries()) {
      const { body } = await borrower.get(`/loans/${loan}/events?limit=100&after=${first[place].cursor}`);
      const expected = body.events.map(({ event_id }: Told) => event_id);
      await expect.poll(() => client.messages.length).toBe(1 + expected.length);
      expect(client.messages.slice(1).map(({ event }) => event.event_id)).toEqual(expected);
      expect(all.slice(-expected.length)).toEqual(expected);
    }
    expect(all).toHaveLength(start + 40);
  });

  it('catches up over more changes than are read at once', async () => {
    const { body } = await borrower.get(`/loans/${loan}/events?limit=2`);
    for (let n = 0; n < 120; n += 1) await invite(`n${n}x`);
    const client = await connected();
    await client.subscribe(borrower, loan, body.next_cursor);
    const told = await client.events(121);
    expect(told.slice(1)).toEqual(Array.from({ length: 120 }, (_, n) => `lender.invited n${n}x0`));
  });

  it('reads a change once, however many watch', async () => {
    const { connect } = await serveFeed(testApp);
    const clients = await Promise.all(Array.from({ length: 30 }, () => connect()));
    for (const client of clients) await client.subscribe(borrower, loan);
    const calls = await testApp.callsOf(async () => {
      await invite('late');
      await Promise.all(clients.map((client) => client.events(1)));
    });
    expect(calls.filter((verb) => verb === 'list')).toHaveLength(1);
  });

  it('watches several loans on one connection, and each under its id', async () => {
    const other = await borrower.postsLoan();
    const client = await connected();
    for (const id of [loan, other]) await client.subscribe(borrower, id);
    await borrower.post(`/loans/${other}/cancel`);
    expect(await client.next()).toMatchObject({ loan_id: other, event: { type: 'loan.cancelled' } });
    await invite('late');
    expect(await client.next()).toMatchObject({ loan_id: loan, event: { type: 'lender.invited' } });
  });

  it('ends with unsubscribe, also where there is nothing to end', async () => {
    const client = await connected();
    await client.subscribe(borrower, loan);
    for (let time = 0; time < 2; time += 1)
      expect(await client.ask({ type: 'unsubscribe', loan_id: loan })).toEqual({ type: 'unsubscribed', loan_id: loan });
    await invite('late');
    expect(await client.ask({ type: 'ping' })).toEqual({ type: 'pong' });
    expect(testApp.app.services.changes.watched()).toEqual([]);
  });

  it('subscribed to twice is told once, from the second place on', async () => {
    const client = await connected();
    const { cursor } = await client.subscribe(borrower, loan);
    await invite('one');
    expect(await client.events(1)).toEqual(['lender.invited one0']);
    await client.subscribe(borrower, loan, cursor);
    await invite('two');
    expect(await client.events(2)).toEqual(['lender.invited one0', 'lender.invited two0']);
    expect(await client.ask({ type: 'ping' })).toEqual({ type: 'pong' });
  });

  it('lets go of everything once the connection is gone', async () => {
    const client = await connected();
    await client.subscribe(borrower, loan);
    expect(testApp.app.services.changes.watched()).toEqual([loan]);
    client.socket.terminate();
    await expect.poll(() => testApp.app.services.changes.watched()).toEqual([]);
  });
});

describe('watching as a lender', () => {
  it('tells the own entries and the loan’s, and nobody’s name, address or amount', async () => {
    const ann = await testApp.as('ann0@example.com');
    const client = await connected();
    await client.subscribe(ann, loan);
    await invite('late', 2);
    await ann.post(`/invitations/${loan}/accept`);
    await borrower.post(`/loans/${loan}/cancel`);
    expect(await client.events(2)).toEqual(['lender.accepted ann0', 'loan.cancelled']);
    expect(JSON.stringify(client.messages)).not.toMatch(/late|borrower@/);
    expect(client.messages.map(({ event }) => event?.request_id !== undefined)).toEqual([false, true, false]);
  });
});

describe('a token', () => {
  frozenTime();

  it('closes the connection with 4401 when it expires, and not before', async () => {
    const client = await connected();
    testApp.advance(HOUR_MS - 700);
    await client.subscribe(borrower, loan);
    vi.advanceTimersByTime(699);
    expect(await client.ask({ type: 'ping' })).toEqual({ type: 'pong' });
    vi.advanceTimersByTime(1);
    expect((await client.closed).code).toBe(4401);
    expect(testApp.app.services.changes.watched()).toEqual([]);
  });

  it('may be renewed by subscribing again', async () => {
    const client = await connected();
    testApp.advance(HOUR_MS - 500);
    await client.subscribe(borrower, loan);
    await client.subscribe(await testApp.as('borrower@example.com'), loan);
    vi.advanceTimersByTime(700);
    await invite('late');
    expect(await client.events(1)).toEqual(['lender.invited late0']);
  });

  it('that has expired opens nothing, not even within the leeway of a request', async () => {
    const client = await connected();
    testApp.advance(HOUR_MS + 1000);
    expect((await client.subscribe(borrower, loan)).problem).toMatchObject({ status: 401, error: 'UNAUTHORIZED' });
  });
});

describe('a refusal', () => {
  it.each<[string, (loanId: string) => object, object]>([
    ['no token', (loan_id) => ({ loan_id }), { status: 401, error: 'UNAUTHORIZED' }],
    ['a token that is none', (loan_id) => ({ loan_id, token: 'x.y.z' }), { status: 401 }],
    ['a token that is no text', (loan_id) => ({ loan_id, token: { a: 1 } }), { status: 401 }],
  ])('for %s leaves the connection open', async (_, message, problem) => {
    const client = await connected();
    const told = await client.ask({ type: 'subscribe', ...message(loan) });
    expect(told).toEqual({ type: 'error', loan_id: loan, problem: expect.objectContaining(problem) });
    expect(await client.ask({ type: 'ping' })).toEqual({ type: 'pong' });
  });

  it('is the same as by HTTP, counted and logged', async () => {
    const client = await connected();
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
