import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LoanId } from '../../domain/ids.ts';
import { type HubSubscriber, type HubSubscription, LoanEventHub } from '../../events/event-hub.ts';
import { type Message, serveFeed } from '../../testing/api/feed.ts';
import { graphQlClient, LOAN_EVENTS, watch } from '../../testing/api/graphql-ws.ts';
import { lastLine } from '../../testing/app/log-lines.ts';
import { lenders, openTestApp, type TestApp } from '../../testing/app/test-app.ts';
import { LOAN, type TestUser } from '../../testing/app/test-user.ts';
import { startIdentityProvider } from '../../testing/oidc/identity-provider.ts';
import { openOidcTestApp, userAt } from '../../testing/oidc/oidc-users.ts';

/* With the client of graphql-ws, on real sockets. */

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
const eventsAfter = async (cursor: string): Promise<Message[]> =>
  (await borrower.get(`/loans/${loan}/events?limit=100&after=${cursor}`)).body.events;

async function clientOf(user = borrower) {
  return graphQlClient((await serveFeed(testApp)).url, user);
}

describe('subscription loanEvents', () => {
  it('sends a cursor first, then new events as GET /loans/{loan_id}/events returns them', async () => {
    const watched = watch(await clientOf(), { loanId: loan });
    await expect.poll(watched.payloads).toEqual([{ cursor: expect.any(String), event: null }]);
    const ann = await testApp.as('ann0@example.com');
    await ann.post(`/invitations/${loan}/accept`);
    await expect.poll(watched.events).toEqual(['lender.accepted ann0']);
    const [first, second] = watched.payloads();
    const [event] = await eventsAfter(first.cursor);
    expect(second.event).toEqual({
      eventId: event.event_id,
      type: 'lender.accepted',
      loanId: loan,
      at: event.at,
      actor: 'lender',
      requestId: null,
      data: {
        loan: { remaining: 19_800, version: event.data.loan.version },
        lender: { email: 'ann0@example.com', contributionAmount: 100 },
      },
    });
    expect(await eventsAfter(second.cursor)).toEqual([]);
  });

  it('shares cursors with GET /loans/{loan_id}/events and the feed', async () => {
    const { url, connect } = await serveFeed(testApp);
    const client = graphQlClient(url, borrower);
    const { body } = await borrower.get(`/loans/${loan}/events?limit=2`);
    const first = watch(client, { loanId: loan, after: body.next_cursor });
    await expect.poll(first.events).toEqual(['lender.invited ann1']);
    expect(first.payloads()[0].cursor).toBe(body.next_cursor);
    await invite('late', 2);
    await expect.poll(() => first.results.length).toBe(4);
    const feed = await connect();
    await feed.subscribe(borrower, loan, first.payloads()[2].cursor);
    expect(await feed.events(1)).toEqual(['lender.invited late1']);
    const second = watch(client, { loanId: loan, after: feed.messages[0].cursor });
    await expect.poll(second.events).toEqual(['lender.invited late1']);
  });

  it('neither loses nor repeats events when a client that keeps the cursor reconnects', async () => {
    const { url } = await serveFeed(testApp);
    const client = graphQlClient(url, borrower, { retryAttempts: 100, retryWait: async () => {} });
    const variables: Record<string, unknown> = { loanId: loan };
    const seen: string[] = [];
    client.subscribe<Message>(
      { query: LOAN_EVENTS, variables },
      {
        next({ data: { loanEvents } }: Message) {
          variables['after'] = loanEvents.cursor;
          if (loanEvents.event) seen.push(loanEvents.event.data.lender.email);
        },
        error: (error) => void seen.push(String(error)),
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

  it('sends a lender their own events and the loan’s only', async () => {
    const ann = await testApp.as('ann0@example.com');
    const watched = watch(await clientOf(ann), { loanId: loan });
    await expect.poll(() => watched.results.length).toBe(1);
    await invite('late', 2);
    await ann.post(`/invitations/${loan}/accept`);
    await borrower.post(`/loans/${loan}/cancel`);
    await expect.poll(watched.events).toEqual(['lender.accepted ann0', 'loan.cancelled']);
    expect(JSON.stringify(watched.results)).not.toMatch(/late|borrower@/);
  });

  it('ends a subscription when it is completed, and when the connection is gone', async () => {
    const client = await clientOf();
    const watched = [watch(client, { loanId: loan }), watch(client, { loanId: loan })] as const;
    await expect.poll(() => watched.map(({ results }) => results.length)).toEqual([1, 1]);
    watched[0].stop();
    await invite('late');
    await expect.poll(() => watched[1].events()).toEqual(['lender.invited late0']);
    expect(watched[0].events()).toEqual([]);
    expect(testApp.app.services.changes.watched()).toEqual([loan]);
    client.terminate();
    await expect.poll(() => testApp.app.services.changes.watched()).toEqual([]);
  });
});

describe('a rejected subscription', () => {
  const subscribeRejected = async (user: Pick<TestUser, 'token'>, variables: Record<string, unknown>, query?: string) => {
    const { url } = await serveFeed(testApp);
    const watched = watch(graphQlClient(url, user), variables, query);
    const codes = await watched.ended;
    expect(watched.results).toEqual([]);
    return { codes, error: watched.errors[0] };
  };

  it('rejects a subscription with the error of all APIs, and logs its request id', async () => {
    const stranger = await testApp.as('stranger@example.com');
    const { codes, error } = await subscribeRejected(stranger, { loanId: loan });
    expect(codes).toEqual(['NOT_FOUND']);
    expect(error).toMatchObject({ path: ['loanEvents'], extensions: { retryable: false, details: [] } });
    expect(lastLine(testApp)).toMatchObject({
      endpoint: 'WatchLoan',
      status: 'Error',
      error: 'NOT_FOUND',
      request_id: error.extensions.requestId,
    });
    expect(testApp.app.services.changes.watched()).toEqual([]);
  });

  it('logs a subscription whose document is rejected', async () => {
    const { url } = await serveFeed(testApp);
    const client = graphQlClient(url, borrower);
    await new Promise<void>((resolve) =>
      client.subscribe({ query: 'subscription { nothing }' }, { next() {}, error: () => resolve(), complete: resolve }),
    );
    expect(lastLine(testApp)).toMatchObject({ endpoint: 'WatchLoan', status: 'Error', error: 'VALIDATION_ERROR' });
  });

  it('rejects an unverified address, an unknown loan, and an invalid or another user’s cursor', async () => {
    const unverified = await testApp.as('x@example.com', { email_verified: false });
    const ann = await testApp.as('ann0@example.com');
    const { next_cursor: otherCursor } = (await ann.get(`/loans/${loan}/events?limit=1`)).body;
    expect((await subscribeRejected(unverified, { loanId: loan })).codes).toEqual(['FORBIDDEN']);
    expect((await subscribeRejected(borrower, { loanId: 'none' })).codes).toEqual(['NOT_FOUND']);
    for (const after of ['', 'x', otherCursor]) {
      const { codes, error } = await subscribeRejected(borrower, { loanId: loan, after });
      expect([codes, error.extensions.details[0].path]).toEqual([['VALIDATION_ERROR'], 'after']);
      expect(error.message).toContain('Leave it out to get new events only.');
    }
  });

  it.each([{}, { authorization: 7 }, { authorization: 'Bearer x.y.z' }, { authorization: '' }])(
    'rejects a subscription without a valid token, and keeps the connection: %j',
    async (connectionParams) => {
      const { url } = await serveFeed(testApp);
      const client = graphQlClient(url, borrower, { connectionParams, lazy: false });
      for (let time = 0; time < 2; time += 1) expect(await watch(client, { loanId: loan }).ended).toEqual(['UNAUTHORIZED']);
    },
  );

  it.each(['Authorization', 'authorization'])('takes the token from %s in connectionParams', async (name) => {
    const { url } = await serveFeed(testApp);
    const client = graphQlClient(url, borrower, { connectionParams: { [name]: `Bearer ${borrower.token}` } });
    const { results, stop } = watch(client, { loanId: loan });
    await expect.poll(() => results.length).toBe(1);
    stop();
  });

  it('rejects a token without its scheme, as over HTTP', async () => {
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
    ['a syntax error', 'subscription {', /^Syntax Error/],
    ['a missing loan id', 'subscription { loanEvents { cursor } }', /loanId/],
    ['an unknown operation name', 'query A { __typename } subscription B { loanEvents(loanId: "x") { cursor } }', /operationName/],
  ])('rejects %s before it is run', async (_, query, message) => {
    const calls = await testApp.callsOf(async () => {
      const { codes, error } = await subscribeRejected(borrower, {}, query);
      expect([codes, error.message]).toEqual([['VALIDATION_ERROR'], expect.stringMatching(message)]);
      expect(error.extensions.requestId).toEqual(expect.any(String));
    });
    expect(calls).toEqual([]);
  });

  it('counts a subscription against the user’s rate before it parses it, also one that runs no use case', async () => {
    const limited = await openTestApp({ config: { requestsPerSecond: 1 } });
    const user = await limited.as('ana@example.com');
    const client = graphQlClient((await serveFeed(limited)).url, user, { lazy: false });
    const codes: unknown[] = [];
    for (const query of [LOAN_EVENTS, '{', '{']) codes.push(...[await watch(client, { loanId: 'none' }, query).ended].flat());
    expect(codes).toEqual(['NOT_FOUND', 'VALIDATION_ERROR', 'TOO_MANY_REQUESTS']);
    await limited.close();
  });

  it('counts a connection and its subscriptions without a token against the address’s rate, and parses none', async () => {
    const limited = await openTestApp({ config: { requestsPerSecond: 2 } });
    const client = graphQlClient((await serveFeed(limited)).url, { token: undefined }, { lazy: false, onNonLazyError: () => {} });
    const codes: unknown[] = [];
    for (const query of ['{', LOAN_EVENTS, '{', '{']) codes.push(...[await watch(client, {}, query).ended].flat());
    expect(codes).toEqual(['UNAUTHORIZED', 'UNAUTHORIZED', 'UNAUTHORIZED', 4429]);
    expect(lastLine(limited)).toMatchObject({ endpoint: 'WatchLoan', status: 'Error', error: 'TOO_MANY_REQUESTS' });
    await limited.close();
  });
});

/** Changes every event to have half a lender, which GraphQL's Int can't be. */
class BrokenHub extends LoanEventHub {
  override subscribe(loanId: LoanId, subscriber: HubSubscriber): HubSubscription {
    const subscription = super.subscribe(loanId, subscriber);
    const batchesAfter = async (version: number) =>
      (await subscription.batchesAfter(version)).map((batch) => ({ ...batch, loan: { ...batch.loan, lenderCount: 0.5 } }));
    return { ...subscription, batchesAfter };
  }
}

describe('an open subscription', () => {
  it('ends a subscription with NOT_FOUND when another user answers under the subscriber’s address', async () => {
    const provider = await startIdentityProvider();
    const oidcApp = await openOidcTestApp(provider);
    const at = (sub: string, email: string) => userAt(oidcApp, provider, sub, email);
    const { body } = await (await at('b', 'borrower@example.com')).post('/loans', { ...LOAN, lenders: lenders(1, 100) });
    const loanId = body.loan.loan_id;
    const client = graphQlClient((await serveFeed(oidcApp)).url, await at('first', 'ann0@example.com'), { lazy: false });
    const watched = watch(client, { loanId });
    await expect.poll(() => watched.results.length).toBe(1);
    await (await at('second', 'ann0@example.com')).post(`/invitations/${loanId}/accept`);
    expect(await watched.ended).toEqual(['NOT_FOUND']);
    expect(watched.errors[0].extensions.requestId).toEqual(expect.any(String));
    expect(oidcApp.app.services.changes.watched()).toEqual([]);
    await Promise.all([oidcApp.close(), provider.close()]);
  });

  it('continues a subscription after an unexpected error in an event, which is not exposed', async () => {
    const services = { ...testApp.app.services, eventHub: new BrokenHub(testApp.app.services) };
    const { url, errors } = await serveFeed({ app: { ...testApp.app, services } });
    const query = `subscription ($loanId: ID!) { loanEvents(loanId: $loanId) { cursor event { data { loan { lenderCount } } } } }`;
    const watched = watch(graphQlClient(url, borrower), { loanId: loan }, query);
    await expect.poll(() => watched.results.length).toBe(1);
    await invite('late', 2);
    await expect.poll(() => watched.results.length).toBe(3);
    const [, failed] = watched.results;
    expect(failed.data.loanEvents).toEqual({ cursor: expect.any(String), event: null });
    expect(failed.errors).toEqual([
      {
        message: expect.stringMatching(/^Something went wrong on our side/),
        locations: expect.any(Array),
        path: ['loanEvents', 'event', 'data', 'loan', 'lenderCount'],
        extensions: { code: 'INTERNAL_ERROR', details: [], retryable: true, requestId: expect.any(String) },
      },
    ]);
    expect(errors.splice(0)).toHaveLength(2);
  });
});
