import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDynamoDb } from '../../../storage/dynamodb/dynamodb-store.ts';
import { openSqlite } from '../../../storage/sqlite/sqlite-store.ts';
import type { FeedClient, Told } from '../../../testing/api/feed.ts';
import { serveFeedAfar } from '../../../testing/api/remote-feed.ts';
import { LOAN, lenders, openTestApp, type Person, type TestApp } from '../../../testing/app/test-app.ts';
import { endpoint, newTable, optionsAt } from '../../../testing/dynamodb/tables.ts';

/* The feed behind a WebSocket API: what a client meets there. */

const HOUR_MS = 3_600_000;

const ENGINES = [
  { engine: 'SQLite', skip: false, open: async () => openSqlite(':memory:') },
  { engine: 'DynamoDB', skip: endpoint === undefined, open: async () => openDynamoDb(await newTable(), optionsAt()) },
];

for (const { engine, skip, open } of ENGINES) {
  describe.skipIf(skip)(`the feed behind a gateway, on ${engine}`, () => {
    let testApp: TestApp;
    let borrower: Person;
    let loan: string;

    beforeEach(async () => {
      testApp = await openTestApp({ store: await open() });
      borrower = await testApp.as('borrower@example.com');
      loan = await borrower.postsLoan({ lenders: lenders(2, 100) });
    });

    afterEach(() => testApp.close());

    const invite = (prefix: string) => borrower.post(`/loans/${loan}/lenders`, { lenders: lenders(1, 1, prefix) });

    /** The ids of the first so many events that a client is told, each counted once. */
    async function firstTold(client: FeedClient, count: number): Promise<string[]> {
      const ids = () => [...new Set(client.messages.flatMap(({ event }: Told) => (event ? [event.event_id] : [])))];
      await expect.poll(() => ids().length, { timeout: 40_000 }).toBeGreaterThanOrEqual(count);
      return ids();
    }

    async function history(person: Person): Promise<string[]> {
      const { body } = await person.get(`/loans/${loan}/events?limit=100`);
      return body.events.map(({ event_id }: Told) => event_id);
    }

    it('tells what happens as it happens, in the words of the reference', async () => {
      const { connect } = await serveFeedAfar(testApp);
      const client = await connect();
      const subscribed = await client.subscribe(borrower, loan);
      expect(subscribed).toEqual({ type: 'subscribed', loan_id: loan, cursor: expect.any(String) });
      await invite('late');
      const told = await client.next();
      const { body } = await borrower.get(`/loans/${loan}/events?limit=100`);
      expect(told).toEqual({ type: 'event', loan_id: loan, cursor: body.next_cursor ?? told.cursor, event: body.events.at(-1) });
      expect(await client.ask({ type: 'ping' })).toEqual({ type: 'pong' });
      expect(await client.ask({ type: 'unsubscribe', loan_id: loan })).toEqual({ type: 'unsubscribed', loan_id: loan });
      await invite('later');
      expect(await client.ask({ type: 'ping' })).toEqual({ type: 'pong' });
    });

    it('goes on where another connection, the history or the server itself has stopped', async () => {
      const { connect } = await serveFeedAfar(testApp);
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

    it('leaves no event out, and lets none overtake another, while several push what several change', async () => {
      const { connect, settled } = await serveFeedAfar(testApp, { pushers: 2 });
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
      for (const client of clients) expect(await firstTold(client, expected.length)).toEqual(expected);
      await settled();
    }, 60_000);

    it('tells a lender the loan’s events and their own, and a stranger that there is no such loan', async () => {
      const { connect } = await serveFeedAfar(testApp);
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

    it('refuses the 21st subscription, and keeps the others', async () => {
      const { connect } = await serveFeedAfar(testApp);
      const client = await connect();
      const loans = await Promise.all(Array.from({ length: 21 }, () => borrower.postsLoan(LOAN)));
      const answers: Told[] = [];
      for (const each of loans) answers.push(await client.subscribe(borrower, each));
      expect(answers.map(({ type }) => type)).toEqual([...Array(20).fill('subscribed'), 'error']);
      expect(answers.at(-1)).toMatchObject({ loan_id: loans[20], problem: { status: 409, error: 'CONFLICT' } });
      expect(await client.subscribe(borrower, loans[0] ?? '')).toMatchObject({ type: 'subscribed' });
      await client.ask({ type: 'unsubscribe', loan_id: loans[1] });
      expect(await client.subscribe(borrower, loans[20] ?? '')).toMatchObject({ type: 'subscribed' });
    });

    it('says that the token has expired before it closes, and tells nothing more', async () => {
      const { connect, watchersOf } = await serveFeedAfar(testApp);
      const client = await connect();
      await client.subscribe(borrower, loan);
      testApp.advance(HOUR_MS);
      await borrower.post(`/loans/${loan}/lenders`, { lenders: lenders(1, 1, 'late') });
      expect(await client.next()).toMatchObject({ type: 'error', loan_id: loan, problem: { status: 401, error: 'UNAUTHORIZED' } });
      expect(await client.closed).toMatchObject({ code: 1001 });
      expect(client.messages).toHaveLength(2);
      await expect.poll(() => watchersOf(loan)).toEqual([]);
    });

    it('goes on for who has subscribed again in time, with a new token', async () => {
      const { connect, watchersOf } = await serveFeedAfar(testApp);
      const client = await connect();
      await client.subscribe(borrower, loan);
      testApp.advance(HOUR_MS / 2);
      await client.subscribe(await testApp.as('borrower@example.com'), loan);
      testApp.advance(HOUR_MS / 2);
      await invite('late');
      expect(await client.events(1)).toEqual(['lender.invited late0']);
      expect(await watchersOf(loan)).toHaveLength(1);
    });

    it.each([true, false])('forgets who is gone, whether it is told so (%s) or finds out', async (isAcknowledged) => {
      const { api, connect, watchersOf, settled } = await serveFeedAfar(testApp);
      if (!isAcknowledged) api.suppressDisconnects();
      const [gone, stays] = [await connect(), await connect()];
      const second = await borrower.postsLoan(LOAN);
      await gone.subscribe(borrower, loan);
      await gone.subscribe(borrower, second);
      await stays.subscribe(borrower, loan);
      gone.socket.terminate();
      await expect.poll(() => api.connectionIds()).toHaveLength(1);
      if (!isAcknowledged) {
        expect(await watchersOf(loan)).toHaveLength(2);
        await invite('late');
        await settled();
      }
      await expect.poll(() => watchersOf(second)).toEqual([]);
      expect((await watchersOf(loan)).map(({ connectionId }) => connectionId)).toEqual(api.connectionIds());
    });

    it.each([
      ['{', 400],
      ['[]', 400],
      ['{"type":"sing"}', 400],
      ['{"type":"unsubscribe"}', 400],
      ['{"type":"subscribe"}', 401],
    ])('answers %s as everywhere, and stays', async (text, status) => {
      const client = await (await serveFeedAfar(testApp)).connect();
      client.send(text);
      expect(await client.next()).toMatchObject({ type: 'error', problem: { status, request_id: expect.any(String) } });
      expect(await client.ask({ type: 'ping' })).toEqual({ type: 'pong' });
    });

    it.each([
      ['of more than 32 KiB', JSON.stringify({ type: 'ping', more: 'x'.repeat(32_768) }), 413],
      ['that is not text', Buffer.from('{"type":"ping"}'), 400],
    ])('closes on a message %s, and says why', async (_, message, status) => {
      const client = await (await serveFeedAfar(testApp)).connect();
      client.socket.send(message);
      expect(await client.next()).toMatchObject({ type: 'error', problem: { status } });
      expect(await client.closed).toMatchObject({ code: 1001 });
    });
  });
}
