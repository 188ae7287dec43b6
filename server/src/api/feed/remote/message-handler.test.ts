import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDynamoDb } from '../../../storage/dynamodb/dynamodb-store.ts';
import { openSqlite } from '../../../storage/sqlite/sqlite-store.ts';
import type { FeedClient, Message } from '../../../testing/api/feed.ts';
import { serveRemoteFeed } from '../../../testing/api/remote-feed.ts';
import { lenders, openTestApp, type TestApp } from '../../../testing/app/test-app.ts';
import { LOAN, type TestUser } from '../../../testing/app/test-user.ts';
import { endpoint, newTable, optionsAt } from '../../../testing/dynamodb/tables.ts';

const HOUR_MS = 3_600_000;

const ENGINES = [
  { engine: 'SQLite', skip: false, open: async () => openSqlite(':memory:') },
  { engine: 'DynamoDB', skip: endpoint === undefined, open: async () => openDynamoDb(await newTable(), optionsAt()) },
];

for (const { engine, skip, open } of ENGINES) {
  describe.skipIf(skip)(`the remote feed on ${engine}`, () => {
    let testApp: TestApp;
    let borrower: TestUser;
    let loan: string;

    beforeEach(async () => {
      testApp = await openTestApp({ store: await open() });
      borrower = await testApp.as('borrower@example.com');
      loan = await borrower.postsLoan({ lenders: lenders(2, 100) });
    });

    afterEach(() => testApp.close());

    const invite = (prefix: string) => borrower.post(`/loans/${loan}/lenders`, { lenders: lenders(1, 1, prefix) });

    /** The ids of the first events that a client receives, each once. */
    async function firstEventIds(client: FeedClient, count: number): Promise<string[]> {
      const ids = () => [...new Set(client.messages.flatMap(({ event }) => (event ? [event.event_id] : [])))];
      await expect.poll(() => ids().length, { timeout: 40_000 }).toBeGreaterThanOrEqual(count);
      return ids();
    }

    async function history(user: TestUser): Promise<string[]> {
      const { body } = await user.get(`/loans/${loan}/events?limit=100`);
      return body.events.map(({ event_id }: Message) => event_id);
    }

    it('sends events as they happen, as documented in docs/protocol.md', async () => {
      const { connect } = await serveRemoteFeed(testApp);
      const client = await connect();
      const subscribed = await client.subscribe(borrower, loan);
      expect(subscribed).toEqual({ type: 'subscribed', loan_id: loan, cursor: expect.any(String) });
      await invite('late');
      const received = await client.next();
      const { body } = await borrower.get(`/loans/${loan}/events?limit=100`);
      expect(received).toEqual({
        type: 'event',
        loan_id: loan,
        cursor: body.next_cursor,
        event: body.events.at(-1),
      });
      expect(await client.ask({ type: 'ping' })).toEqual({ type: 'pong' });
      expect(await client.ask({ type: 'unsubscribe', loan_id: loan })).toEqual({ type: 'unsubscribed', loan_id: loan });
      await invite('later');
      expect(await client.ask({ type: 'ping' })).toEqual({ type: 'pong' });
    });

    it('resumes after a cursor of another connection or of GET /loans/{loan_id}/events', async () => {
      const { connect } = await serveRemoteFeed(testApp);
      const { body } = await borrower.get(`/loans/${loan}/events?limit=1`);
      await invite('late');
      const client = await connect();
      expect(await client.subscribe(borrower, loan, body.next_cursor)).toMatchObject({ cursor: body.next_cursor });
      expect(await client.events(3)).toEqual(['lender.invited ann0', 'lender.invited ann1', 'lender.invited late0']);
      const cursor = client.messages.at(-1)?.cursor;
      client.socket.terminate();
      await invite('unseen');
      const again = await connect();
      await again.subscribe(borrower, loan, cursor);
      expect(await again.events(1)).toEqual(['lender.invited unseen0']);
    });

    it('neither skips nor reorders events under concurrent pushes and changes', async () => {
      const { connect, settled } = await serveRemoteFeed(testApp, { pushers: 2 });
      const { body } = await borrower.get(`/loans/${loan}/events?limit=1`);
      const changing = Promise.all(Array.from({ length: 12 }, (_, index) => invite(`n${index}-`)));
      const clients = await Promise.all(
        Array.from({ length: 3 }, async (_, index) => {
          const client = await connect();
          if (index % 2 === 0) await changing;
          await client.subscribe(borrower, loan, body.next_cursor);
          return client;
        }),
      );
      await changing;
      const [, ...expected] = await history(borrower);
      for (const client of clients) expect(await firstEventIds(client, expected.length)).toEqual(expected);
      await settled();
    });

    it('sends a lender the loan’s events and their own, and a stranger NOT_FOUND', async () => {
      const { connect } = await serveRemoteFeed(testApp);
      const [ann, other] = [await testApp.as('ann0@example.com'), await testApp.as('ann1@example.com')];
      const client = await connect();
      await client.subscribe(ann, loan);
      await other.post(`/invitations/${loan}/accept`);
      await ann.post(`/invitations/${loan}/accept`);
      await borrower.post(`/loans/${loan}/close`);
      expect(await client.events(2)).toEqual(['lender.accepted ann0', 'loan.closed']);
      expect(JSON.stringify(client.messages)).not.toContain('ann1');
      const stranger = await testApp.as('stranger@example.com');
      expect(await client.subscribe(stranger, loan)).toMatchObject({ type: 'error', loan_id: loan, problem: { status: 404 } });
    });

    it('rejects the 21st subscription of a connection and keeps the others', async () => {
      const { connect } = await serveRemoteFeed(testApp);
      const client = await connect();
      const loans = await Promise.all(Array.from({ length: 21 }, () => borrower.postsLoan(LOAN)));
      const responses: Message[] = [];
      for (const each of loans) responses.push(await client.subscribe(borrower, each));
      expect(responses.map(({ type }) => type)).toEqual([...Array(20).fill('subscribed'), 'error']);
      expect(responses.at(-1)).toMatchObject({ loan_id: loans[20], problem: { status: 409, error: 'CONFLICT' } });
      expect(await client.subscribe(borrower, loans[0] ?? '')).toMatchObject({ type: 'subscribed' });
      await client.ask({ type: 'unsubscribe', loan_id: loans[1] });
      expect(await client.subscribe(borrower, loans[20] ?? '')).toMatchObject({ type: 'subscribed' });
    });

    it('closes the connection when the token has expired, with an error before and no event', async () => {
      const { connect, subscriptionsTo } = await serveRemoteFeed(testApp);
      const client = await connect();
      await client.subscribe(borrower, loan);
      testApp.advance(HOUR_MS);
      await borrower.post(`/loans/${loan}/lenders`, { lenders: lenders(1, 1, 'late') });
      expect(await client.next()).toMatchObject({ type: 'error', loan_id: loan, problem: { status: 401, error: 'UNAUTHORIZED' } });
      expect(await client.closed).toMatchObject({ code: 1001 });
      expect(client.messages).toHaveLength(2);
      await expect.poll(() => subscriptionsTo(loan)).toEqual([]);
    });

    it('keeps a subscription that was renewed with a new token in time', async () => {
      const { connect, subscriptionsTo } = await serveRemoteFeed(testApp);
      const client = await connect();
      await client.subscribe(borrower, loan);
      testApp.advance(HOUR_MS / 2);
      await client.subscribe(await testApp.as('borrower@example.com'), loan);
      testApp.advance(HOUR_MS / 2);
      await invite('late');
      expect(await client.events(1)).toEqual(['lender.invited late0']);
      expect(await subscriptionsTo(loan)).toHaveLength(1);
    });

    it.each([true, false])(
      'removes the subscriptions of a connection that is gone, with a disconnect event: %s',
      async (isNotified) => {
        const { api, connect, subscriptionsTo, settled } = await serveRemoteFeed(testApp);
        if (!isNotified) api.state.reportsDisconnects = false;
        const [gone, stays] = [await connect(), await connect()];
        const second = await borrower.postsLoan(LOAN);
        await gone.subscribe(borrower, loan);
        await gone.subscribe(borrower, second);
        await stays.subscribe(borrower, loan);
        gone.socket.terminate();
        await expect.poll(() => api.connectionIds()).toHaveLength(1);
        if (!isNotified) {
          expect(await subscriptionsTo(loan)).toHaveLength(2);
          await invite('late');
          await settled();
        }
        await expect.poll(() => subscriptionsTo(second)).toEqual([]);
        expect((await subscriptionsTo(loan)).map(({ connectionId }) => connectionId)).toEqual(api.connectionIds());
      },
    );

    it.each([
      ['{', 400],
      ['[]', 400],
      ['{"type":"sing"}', 400],
      ['{"type":"unsubscribe"}', 400],
      ['{"type":"subscribe"}', 401],
    ])('responds to %s with an error, and keeps the connection', async (text, status) => {
      const client = await (await serveRemoteFeed(testApp)).connect();
      client.send(text);
      expect(await client.next()).toMatchObject({ type: 'error', problem: { status, request_id: expect.any(String) } });
      expect(await client.ask({ type: 'ping' })).toEqual({ type: 'pong' });
    });

    it.each([
      ['a message of more than 32 KiB', JSON.stringify({ type: 'ping', more: 'x'.repeat(32_768) }), 413],
      ['a binary message', Buffer.from('{"type":"ping"}'), 400],
    ])('closes on %s, with an error before', async (_, message, status) => {
      const client = await (await serveRemoteFeed(testApp)).connect();
      client.socket.send(message);
      expect(await client.next()).toMatchObject({ type: 'error', problem: { status } });
      expect(await client.closed).toMatchObject({ code: 1001 });
    });
  });
}
