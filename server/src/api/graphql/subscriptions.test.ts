import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LoanId } from '../../domain/ids.ts';
import { type HubSubscription, LoanEventHub } from '../../events/event-hub.ts';
import { serveFeed, type Told } from '../../testing/api/feed.ts';
import { graphQlClient, LOAN_EVENTS, watch } from '../../testing/api/graphql-ws.ts';
import { lastLine } from '../../testing/app/log-lines.ts';
import { LOAN, lenders, openTestApp, type Person, type TestApp } from '../../testing/app/test-app.ts';
import { startIdentityProvider } from '../../testing/oidc/identity-provider.ts';
import { openLabFor, userAt } from '../../testing/oidc/oidc-users.ts';

/* The subscription by the client of graphql-ws, on real sockets. */

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
const eventsBehind = async (cursor: string): Promise<Told[]> =>
  (await borrower.get(`/loans/${loan}/events?limit=100&after=${cursor}`)).body.events;

async function clientOf(person = borrower) {
  return graphQlClient((await serveFeed(testApp)).url, person);
}

describe('watching a loan', () => {
  it('tells first where it begins, and then new events as GET tells them', async () => {
    const watched = watch(await clientOf(), { loanId: loan });
    await expect.poll(() => watched.told).toEqual([{ cursor: expect.any(String), event: null }]);
    const ann = await testApp.as('ann0@example.com');
    await ann.post(`/invitations/${loan}/accept`);
    await expect.poll(watched.events).toEqual(['lender.accepted ann0']);
    const [event] = await eventsBehind(watched.told[0].cursor);
    expect(watched.told[1].event).toEqual({
      ...{ eventId: event.event_id, type: 'lender.accepted', loanId: loan, at: event.at, actor: 'lender', requestId: null },
      data: {
        loan: { remaining: 19_800, version: event.data.loan.version },
        lender: { email: 'ann0@example.com', contributionAmount: 100 },
      },
    });
    expect(await eventsBehind(watched.told[1].cursor)).toEqual([]);
  });

  it('goes on behind a cursor of a page, and hands on one to the feed, and the other way round', async () => {
    const { url, connect } = await serveFeed(testApp);
    const client = graphQlClient(url, borrower);
    const { body } = await borrower.get(`/loans/${loan}/events?limit=2`);
    const first = watch(client, { loanId: loan, after: body.next_cursor });
    await expect.poll(first.events).toEqual(['lender.invited ann1']);
    expect(first.told[0].cursor).toBe(body.next_cursor);
    await invite('late', 2);
    await expect.poll(() => first.told.length).toBe(4);
    const feed = await connect();
    await feed.subscribe(borrower, loan, first.told[2].cursor);
    expect(await feed.events(1)).toEqual(['lender.invited late1']);
    const second = watch(client, { loanId: loan, after: feed.messages[0].cursor });
    await expect.poll(second.events).toEqual(['lender.invited late1']);
  });

  it('loses nothing and repeats nothing over broken connections, where the client keeps the cursor', async () => {
    const { url } = await serveFeed(testApp);
    const client = graphQlClient(url, borrower, { retryAttempts: 100, retryWait: async () => {} });
    const variables: Record<string, unknown> = { loanId: loan };
    const seen: string[] = [];
    client.subscribe<Told>(
      { query: LOAN_EVENTS, variables },
      {
        next({ data: { loanEvents } }: Told) {
          variables['after'] = loanEvents.cursor;
          if (loanEvents.event) seen.push(loanEvents.event.data.lender.email);
        },
        error: (fault) => void seen.push(String(fault)),
        complete() {},
      },
    );
    await expect.poll(() => variables['after']).toBeDefined();
    for (let n = 0; n < 30; n += 1) {
      await invite(`n${n}x`);
      if (n % 5 === 2) client.terminate();
    }
    const expected = Array.from({ length: 30 }, (_, n) => `n${n}x0@example.com`);
    await expect.poll(() => seen).toEqual(expected);
  });

  it('tells a lender the own entries and the loan’s alone', async () => {
    const ann = await testApp.as('ann0@example.com');
    const watched = watch(await clientOf(ann), { loanId: loan });
    await expect.poll(() => watched.told.length).toBe(1);
    await invite('late', 2);
    await ann.post(`/invitations/${loan}/accept`);
    await borrower.post(`/loans/${loan}/cancel`);
    await expect.poll(watched.events).toEqual(['lender.accepted ann0', 'loan.cancelled']);
    expect(JSON.stringify(watched.told)).not.toMatch(/late|borrower@/);
  });

  it('is let go of when it is completed, and when the connection is gone', async () => {
    const client = await clientOf();
    const watched = [watch(client, { loanId: loan }), watch(client, { loanId: loan })] as const;
    await expect.poll(() => watched.map(({ told }) => told.length)).toEqual([1, 1]);
    watched[0].stop();
    await invite('late');
    await expect.poll(() => watched[1].events()).toEqual(['lender.invited late0']);
    expect(watched[0].events()).toEqual([]);
    expect(testApp.app.services.changes.watched()).toEqual([loan]);
    client.terminate();
    await expect.poll(() => testApp.app.services.changes.watched()).toEqual([]);
  });
});

describe('a refusal', () => {
  const refused = async (person: Pick<Person, 'token'>, variables: Record<string, unknown>, query?: string) => {
    const { url } = await serveFeed(testApp);
    const watched = watch(graphQlClient(url, person), variables, query);
    const codes = await watched.ended;
    expect(watched.told).toEqual([]);
    return { codes, error: watched.errors[0] };
  };

  it('has the code of all doors, and the id that the log has', async () => {
    const stranger = await testApp.as('stranger@example.com');
    const { codes, error } = await refused(stranger, { loanId: loan });
    expect(codes).toEqual(['NOT_FOUND']);
    expect(error).toMatchObject({ path: ['loanEvents'], extensions: { retryable: false, details: [] } });
    expect(lastLine(testApp)).toMatchObject({
      ...{ endpoint: 'WatchLoan', status: 'Error', error: 'NOT_FOUND' },
      request_id: error.extensions.requestId,
    });
    expect(testApp.app.services.changes.watched()).toEqual([]);
  });

  it('is given for an address that is not verified, a cursor that is none or another’s, and a loan that is none', async () => {
    const unverified = await testApp.as('x@example.com', { email_verified: false });
    const ann = await testApp.as('ann0@example.com');
    const { next_cursor: hers } = (await ann.get(`/loans/${loan}/events?limit=1`)).body;
    expect((await refused(unverified, { loanId: loan })).codes).toEqual(['FORBIDDEN']);
    expect((await refused(borrower, { loanId: 'none' })).codes).toEqual(['NOT_FOUND']);
    for (const after of ['', 'x', hers]) {
      const { codes, error } = await refused(borrower, { loanId: loan, after });
      expect([codes, error.extensions.details[0].path]).toEqual([['VALIDATION_ERROR'], 'after']);
    }
  });

  it.each([{}, { authorization: 7 }, { authorization: 'Bearer x.y.z' }, { authorization: '' }])(
    'is given to who does not sign in, and the connection stays: %j',
    async (connectionParams) => {
      const { url } = await serveFeed(testApp);
      const client = graphQlClient(url, borrower, { connectionParams, lazy: false });
      for (let time = 0; time < 2; time += 1) expect(await watch(client, { loanId: loan }).ended).toEqual(['UNAUTHORIZED']);
    },
  );

  it('is given to a token without its scheme, as over HTTP', async () => {
    const { url } = await serveFeed(testApp);
    const client = graphQlClient(url, borrower, { connectionParams: { authorization: borrower.token } });
    expect(await watch(client, { loanId: loan }).ended).toEqual(['UNAUTHORIZED']);
  });

  it.each([
    ['a query', '{ loans { nextCursor } }', /^Only subscriptions are answered here\. POST \/graphql takes/],
    ['a mutation', 'mutation { createLoan(amount: 1, interestRate: 1, termMonths: 1) { success } }', /^Only subscriptions/],
    ['two fields', 'subscription { a: loanEvents(loanId: "x") { cursor } b: loanEvents(loanId: "x") { cursor } }', /one top level/],
    ['aliases', `subscription { loanEvents(loanId: "x") { ${'a: cursor '.repeat(31)} } }`, /^The request has 31 aliases/],
    ['tokens', `subscription { loanEvents(loanId: "x") { ${'cursor '.repeat(2000)} } }`, /2000 tokens/],
    ['syntax', 'subscription {', /^Syntax Error/],
    ['no loan', 'subscription { loanEvents { cursor } }', /loanId/],
    [
      'an operation that is not there',
      'query A { __typename } subscription B { loanEvents(loanId: "x") { cursor } }',
      /operationName/,
    ],
  ])('is given before anything is run: %s', async (_, query, message) => {
    const calls = await testApp.callsOf(async () => {
      const { codes, error } = await refused(borrower, {}, query);
      expect([codes, error.message]).toEqual([['VALIDATION_ERROR'], expect.stringMatching(message)]);
      expect(error.extensions.requestId).toEqual(expect.any(String));
    });
    expect(calls).toEqual([]);
  });

  it('is given beyond the rate: a user’s for subscriptions, the address’s for what is none', async () => {
    const limited = await openTestApp({ config: { requestsPerSecond: 1 } });
    const ana = await limited.as('ana@example.com');
    const client = graphQlClient((await serveFeed(limited)).url, ana, { lazy: false });
    const codes: unknown[] = [];
    for (const query of [LOAN_EVENTS, LOAN_EVENTS, LOAN_EVENTS, '{', '{', '{'])
      codes.push(...[await watch(client, { loanId: 'none' }, query).ended].flat());
    const none = ['VALIDATION_ERROR', 'VALIDATION_ERROR', 'TOO_MANY_REQUESTS'];
    expect(codes).toEqual(['NOT_FOUND', 'NOT_FOUND', 'TOO_MANY_REQUESTS', ...none]);
    await limited.close();
  });
});

describe('a token', () => {
  it('closes the connection with 4401 when it expires, and not before', async () => {
    const client = await clientOf();
    testApp.advance(HOUR_MS - 700);
    const watched = watch(client, { loanId: loan });
    await expect.poll(() => watched.told.length).toBe(1);
    await invite('late');
    await expect.poll(watched.events).toEqual(['lender.invited late0']);
    expect(await watched.ended).toBe(4401);
    expect(testApp.app.services.changes.watched()).toEqual([]);
  });

  it('that has expired opens nothing', async () => {
    const client = await clientOf();
    testApp.advance(HOUR_MS + 1000);
    expect(await watch(client, { loanId: loan }).ended).toEqual(['UNAUTHORIZED']);
  });
});

/** Tells of every loan that it has half a lender, which no whole number in the schema can be. */
class OddChannels extends LoanEventHub {
  override subscribe(loanId: LoanId): HubSubscription {
    const seat = super.subscribe(loanId);
    const batchesAfter = async (version: number) =>
      (await seat.batchesAfter(version)).map((batch) => ({ ...batch, loan: { ...batch.loan, lenderCount: 0.5 } }));
    return { ...seat, batchesAfter };
  }
}

describe('while it is open', () => {
  it('ends, as if there was no such loan, when another user answers under the watcher’s address', async () => {
    const provider = await startIdentityProvider();
    const world = await openLabFor(provider);
    const at = (sub: string, email: string) => userAt(world, provider, sub, email);
    const { body } = await (await at('b', 'borrower@example.com')).post('/loans', { ...LOAN, lenders: lenders(1, 100) });
    const loanId = body.loan.loan_id;
    const client = graphQlClient((await serveFeed(world)).url, await at('first', 'ann0@example.com'), { lazy: false });
    const watched = watch(client, { loanId });
    await expect.poll(() => watched.told.length).toBe(1);
    await (await at('second', 'ann0@example.com')).post(`/invitations/${loanId}/accept`);
    expect(await watched.ended).toEqual(['NOT_FOUND']);
    expect(watched.errors[0].extensions.requestId).toEqual(expect.any(String));
    expect(world.app.services.changes.watched()).toEqual([]);
    await Promise.all([world.close(), provider.close()]);
  });

  it('tells a fault of ours in an event as one, without its words, and goes on', async () => {
    const { store, changes, random } = testApp.app.services;
    const services = { ...testApp.app.services, channels: new OddChannels(store, changes, random) };
    const { url, faults } = await serveFeed({ app: { ...testApp.app, services } });
    const query = `subscription ($loanId: ID!) { loanEvents(loanId: $loanId) { cursor event { data { loan { lenderCount } } } } }`;
    const watched = watch(graphQlClient(url, borrower), { loanId: loan }, query);
    await expect.poll(() => watched.told.length).toBe(1);
    await invite('late', 2);
    await expect.poll(() => watched.results.length).toBe(3);
    const [, failed] = watched.results;
    expect(failed.data.loanEvents).toEqual({ cursor: expect.any(String), event: null });
    expect(failed.errors).toEqual([
      {
        message: expect.stringMatching(/^Something went wrong on our side/),
        ...{ locations: expect.any(Array), path: ['loanEvents', 'event', 'data', 'loan', 'lenderCount'] },
        extensions: { code: 'INTERNAL_ERROR', details: [], retryable: true, requestId: expect.any(String) },
      },
    ]);
    expect(faults.splice(0)).toHaveLength(2);
  });
});
