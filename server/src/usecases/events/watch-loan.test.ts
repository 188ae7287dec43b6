import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FeedClient, serveFeed } from '../../testing/api/feed.ts';
import { serveRemoteFeed } from '../../testing/api/remote-feed.ts';
import { lenders, type TestApp } from '../../testing/app/test-app.ts';
import { LOAN } from '../../testing/app/test-user.ts';
import { type IdentityProvider, startIdentityProvider } from '../../testing/oidc/identity-provider.ts';
import { openOidcTestApp, userAt } from '../../testing/oidc/oidc-users.ts';

/* Invitations pass to other users during a subscription: users of one issuer, some of whom have the same address. */

type User = Awaited<ReturnType<typeof userAt>>;

let provider: IdentityProvider;
let testApp: TestApp;
let borrower: User;
let loan: string;

beforeAll(async () => {
  provider = await startIdentityProvider();
});

afterAll(() => provider.close());

const at = (sub: string, email: string) => userAt(testApp, provider, sub, email);

beforeEach(async () => {
  testApp = await openOidcTestApp(provider);
  borrower = await at('borrower', 'borrower@example.com');
  const { body } = await borrower.post('/loans', { ...LOAN, lenders: lenders(2, 100) });
  loan = body.loan.loan_id;
});

afterEach(() => testApp.close());

const invite = (prefix: string) => borrower.post(`/loans/${loan}/lenders`, { lenders: lenders(1, 1, prefix) });

let serve: (testApp: TestApp) => Promise<{ connect(): Promise<FeedClient> }>;

async function subscribed(user: User, after?: string): Promise<FeedClient> {
  const client = await (await serve(testApp)).connect();
  expect(await client.subscribe(user, loan, after)).toMatchObject({ type: 'subscribed' });
  return client;
}

describe.each([
  ['held by the server', serveFeed],
  ['held by a gateway', serveRemoteFeed],
])('a subscription by an address, on a connection %s', (_, serveConnections) => {
  beforeEach(() => {
    serve = serveConnections;
  });

  it('ends a subscription with NOT_FOUND when another user answers the invitation', async () => {
    const client = await subscribed(await at('first', 'ann0@example.com'));
    await (await at('second', 'ann0@example.com')).post(`/invitations/${loan}/accept`);
    expect(await client.next()).toEqual({
      type: 'error',
      loan_id: loan,
      problem: expect.objectContaining({ status: 404, error: 'NOT_FOUND', request_id: expect.any(String) }),
    });
    await invite('late');
    expect(await client.ask({ type: 'ping' })).toEqual({ type: 'pong' });
    expect(testApp.app.services.changes.watched()).toEqual([]);
  });

  it('continues the subscription of the user who answered, also under another address', async () => {
    const ann = await at('ann', 'ann0@example.com');
    const client = await subscribed(ann);
    await ann.post(`/invitations/${loan}/accept`);
    await (await at('ann', 'elsewhere@example.com')).post(`/invitations/${loan}/decline`);
    expect(await client.events(2)).toEqual(['lender.accepted ann0', 'lender.declined ann0']);
  });

  it('sends events of an invitation from when it is the subscriber’s', async () => {
    const before = await at('ann', 'ann0@example.com');
    await before.post(`/invitations/${loan}/accept`);
    const client = await subscribed(await at('ann', 'new@example.com'));
    await borrower.post(`/loans/${loan}/lenders`, { lenders: [{ email: 'new@example.com', contribution_amount: 1 }] });
    await invite('other');
    await before.post(`/invitations/${loan}/decline`);
    expect(await client.events(2)).toEqual(['lender.invited new', 'lender.declined ann0']);
  });

  it('sends no events of an invitation once another user has answered it', async () => {
    await (await at('ann', 'ann0@example.com')).post(`/invitations/${loan}/accept`);
    const client = await subscribed(await at('ann', 'ann1@example.com'));
    await (await at('second', 'ann1@example.com')).post(`/invitations/${loan}/accept`);
    await (await at('second', 'ann1@example.com')).post(`/invitations/${loan}/decline`);
    await borrower.post(`/loans/${loan}/close`);
    expect(await client.events(1)).toEqual(['loan.closed']);
    expect(JSON.stringify(client.messages)).not.toContain('ann1');
  });

  it('sends no earlier events of an invitation that another user has answered', async () => {
    const first = await at('first', 'ann0@example.com');
    await first.post(`/invitations/${loan}/accept`);
    const { body } = await first.get(`/loans/${loan}/events?limit=1`);
    await (await at('second', 'ann1@example.com')).post(`/invitations/${loan}/accept`);
    const client = await subscribed(await at('first', 'ann1@example.com'), body.next_cursor);
    await borrower.post(`/loans/${loan}/close`);
    expect(await client.events(3)).toEqual(['lender.invited ann0', 'lender.accepted ann0', 'loan.closed']);
  });
});
