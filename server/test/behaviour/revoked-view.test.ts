import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseLenderId, parseLoanId } from '../../src/domain/ids.ts';
import { lenderIndexEntry } from '../../src/storage/index-keys.ts';
import { lenderKey } from '../../src/storage/keys.ts';
import { serveFeed } from '../../src/testing/api/feed.ts';
import { graphQlClient, watch } from '../../src/testing/api/graphql-ws.ts';
import { serveRemoteFeed } from '../../src/testing/api/remote-feed.ts';
import { DAY_MS, found } from '../../src/testing/app/domain-fixtures.ts';
import { requireProblem } from '../../src/testing/app/problem-assertions.ts';
import { rewrite, rewriteLender } from '../../src/testing/app/store-edits.ts';
import { lenders, openTestApp, type TestApp } from '../../src/testing/app/test-app.ts';
import type { TestUser } from '../../src/testing/app/test-user.ts';
import { type IdentityProvider, startIdentityProvider } from '../../src/testing/oidc/identity-provider.ts';
import { openOidcTestApp, userAt } from '../../src/testing/oidc/oidc-users.ts';

/* What an address sees of a loan after its invitation was revoked before anybody answered it: the loan as it was then. */

let provider: IdentityProvider;

beforeAll(async () => {
  provider = await startIdentityProvider();
});

afterAll(() => provider.close());

type User = Pick<TestUser, 'get' | 'post' | 'delete' | 'token'>;

const QUERY = `query ($id: ID!) {
  loan(loanId: $id) {
    totalInvited totalAccepted remaining lenderCount status version
    lenders { lenders { email status } }
    events { events { type at data { loan { totalInvited version } } } }
  }
  invitations { invitations { status loan { status } } }
  loans(role: lender) { loans { totalInvited totalAccepted lenderCount status version } }
}`;

/** A loan with ann0 and ben0, of which the borrower has revoked ann0. */
async function revokedAnn(testApp: TestApp) {
  const at = (sub: string): Promise<User> => userAt(testApp, provider, sub, `${sub}@example.com`);
  const [borrower, ann, ben] = [await at('borrower'), await at('ann0'), await at('ben0')];
  const request = { amount: 1000, interest_rate: 4.5, term_months: 36, purpose: 'A workshop' };
  const { body } = await borrower.post('/loans', { ...request, lenders: [...lenders(1, 100), ...lenders(1, 200, 'ben')] });
  const loan: string = body.loan.loan_id;
  const row = body.lenders.find(({ email }: { email: string }) => email === 'ann0@example.com');
  const lender: string = row.lender_id;
  const before = (await ann.get(`/loans/${loan}`)).body.loan;
  await borrower.delete(`/loans/${loan}/lenders/${lender}`);
  return { borrower, ann, ben, loan, lender, before, at };
}

type Scene = Awaited<ReturnType<typeof revokedAnn>>;

/** All that happens to the loan afterwards: new lenders, an acceptance, and its end. */
async function changeLoan(testApp: TestApp, { borrower, ben, loan }: Scene, end = 'close'): Promise<void> {
  testApp.advance(60_000);
  await borrower.post(`/loans/${loan}/lenders`, { lenders: lenders(2, 50, 'late') });
  await ben.post(`/invitations/${loan}/accept`);
  await borrower.post(`/loans/${loan}/${end}`);
}

async function viewOf(user: User, loan: string) {
  const paths = [
    `/loans/${loan}`,
    `/loans/${loan}/lenders`,
    `/loans/${loan}/lenders?status=revoked`,
    `/loans/${loan}/events`,
    `/loans/${loan}/events?limit=1`,
    '/invitations',
    '/invitations?status=revoked',
    '/loans?role=lender',
  ];
  const bodies: Record<string, unknown> = {};
  for (const path of paths) bodies[path] = (await user.get(path)).body;
  bodies['graphql'] = (await user.post('/graphql', { query: QUERY, variables: { id: loan } })).body;
  return bodies;
}

const typesOf = (events: readonly { readonly type: string }[]) => events.map(({ type }) => type);
const OWN_EVENTS = ['loan.created', 'lender.invited', 'lender.revoked'];

describe('an address whose invitation was revoked unanswered', () => {
  it.each(['close', 'cancel'])('sees the loan as it was, by every call, whatever happens until a %s', async (end) => {
    const testApp = await openOidcTestApp(provider);
    const scene = await revokedAnn(testApp);
    const { ann, loan, before } = scene;
    const view = await viewOf(ann, loan);
    expect(view[`/loans/${loan}`]).toEqual({
      success: true,
      loan: { ...before, total_invited: 200, remaining: 800, lender_count: 1, version: 2 },
    });
    expect(view).toMatchObject({
      [`/loans/${loan}/lenders`]: { lenders: [{ email: 'ann0@example.com', status: 'revoked' }] },
      '/invitations': { invitations: [{ status: 'revoked', loan: { status: 'open', purpose: 'A workshop' } }] },
      '/loans?role=lender': { loans: [{ status: 'open', total_invited: 200, version: 2 }] },
      graphql: { data: { loan: { totalInvited: 200, status: 'open', version: 2, lenders: { lenders: [{}] } } } },
    });
    await changeLoan(testApp, scene, end);
    expect(await viewOf(ann, loan)).toEqual(view);
    await testApp.close();
  });

  it('reads the events up to its own revocation, and none after a later cursor', async () => {
    const testApp = await openOidcTestApp(provider);
    const scene = await revokedAnn(testApp);
    const { ann, loan, lender } = scene;
    await changeLoan(testApp, scene);
    const path = `/loans/${loan}/events`;
    const { body } = await ann.get(path);
    expect(typesOf(body.events)).toEqual(OWN_EVENTS);
    expect(body.events.at(-1).data.loan).toMatchObject({ total_invited: 200, lender_count: 1, version: 2 });
    await rewriteLender(testApp, loan, lender, { status: 'pending' }); // as if it were not revoked
    const { next_cursor: later } = (await ann.get(`${path}?limit=3`)).body;
    expect(typesOf((await ann.get(`${path}?after=${later}`)).body.events)).toEqual(['loan.closed']);
    await rewriteLender(testApp, loan, lender, { status: 'revoked' });
    expect((await ann.get(`${path}?after=${later}`)).body.events).toEqual([]);
    await testApp.close();
  });

  it('has a cursor at its revocation, whatever happens later, from which events follow once it is invited again', async () => {
    const testApp = await openOidcTestApp(provider);
    const { borrower, ann, ben, loan } = await revokedAnn(testApp);
    const path = `/loans/${loan}/events`;
    const end = (await ann.get(path)).body.next_cursor;
    const positionOf = (cursor: string) => Buffer.from(cursor, 'base64url').subarray(12).toString();
    expect(positionOf(end)).toBe('2.0');
    await ben.post(`/invitations/${loan}/accept`);
    expect((await ann.get(path)).body.next_cursor).toBe(end);
    expect((await ann.get(`${path}?after=${end}`)).body).toEqual({ success: true, events: [], next_cursor: end });
    await borrower.post(`/loans/${loan}/lenders`, { lenders: lenders(1, 300) });
    expect(typesOf((await ann.get(`${path}?after=${end}`)).body.events)).toEqual(['lender.invited']);
    await testApp.close();
  });

  it('sees the loan as it is again once the address is invited again', async () => {
    const testApp = await openOidcTestApp(provider);
    const { borrower, ann, ben, loan } = await revokedAnn(testApp);
    await ben.post(`/invitations/${loan}/accept`);
    await borrower.post(`/loans/${loan}/lenders`, { lenders: lenders(1, 300) });
    expect((await ann.get(`/loans/${loan}`)).body.loan).toEqual((await borrower.get(`/loans/${loan}`)).body.loan);
    expect((await ann.get(`/loans/${loan}`)).body.loan).toMatchObject({ total_invited: 500, total_accepted: 200, version: 4 });
    await borrower.post(`/loans/${loan}/cancel`);
    const { body } = await ann.get(`/loans/${loan}/events`);
    expect(typesOf(body.events)).toEqual([...OWN_EVENTS, 'lender.invited', 'loan.cancelled']);
    await testApp.close();
  });

  it('can neither accept nor decline, and learns nothing by trying', async () => {
    const testApp = await openOidcTestApp(provider);
    const scene = await revokedAnn(testApp);
    const { ann, loan } = scene;
    const attempts = async () => [
      (await ann.post(`/invitations/${loan}/accept`)).body.message,
      (await ann.post(`/invitations/${loan}/decline`)).body.message,
    ];
    const messages = await attempts();
    await changeLoan(testApp, scene);
    expect(await attempts()).toEqual(messages);
    await testApp.close();
  });

  it('sees the terms without totals where an older version of the program revoked it', async () => {
    const testApp = await openOidcTestApp(provider);
    const scene = await revokedAnn(testApp);
    const { ann, loan, lender, before } = scene;
    await changeLoan(testApp, scene);
    const key = lenderKey(found(parseLoanId(loan), loan), found(parseLenderId(lender), lender));
    await rewrite(testApp.store, key, { loanAtRevocation: undefined }, lenderIndexEntry);
    const unknown = { total_invited: 0, remaining: 1000, lender_count: 0, version: 1, status: 'open' };
    expect((await ann.get(`/loans/${loan}`)).body.loan).toEqual({ ...before, ...unknown });
    expect((await ann.get('/loans?role=lender')).body.loans).toEqual([{ ...before, ...unknown }]);
    expect((await ann.get('/invitations')).body.invitations).toMatchObject([{ status: 'revoked', loan: { status: 'open' } }]);
    expect(typesOf((await ann.get(`/loans/${loan}/events`)).body.events)).toEqual(['loan.created', 'lender.invited']);
    await testApp.close();
  });
});

describe('other readers of a loan', () => {
  it('a user who has answered an invitation sees the loan as it is after a later round is revoked', async () => {
    const testApp = await openOidcTestApp(provider);
    const { borrower, ben, loan, at } = await revokedAnn(testApp);
    await ben.post(`/invitations/${loan}/decline`);
    const { body } = await borrower.post(`/loans/${loan}/lenders`, { lenders: lenders(1, 300, 'ben') });
    await borrower.delete(`/loans/${loan}/lenders/${body.lenders[0].lender_id}`);
    await borrower.post(`/loans/${loan}/cancel`);
    expect((await ben.get(`/loans/${loan}`)).body.loan).toMatchObject({ status: 'cancelled', version: 6 });
    expect(typesOf((await ben.get(`/loans/${loan}/events`)).body.events).at(-1)).toBe('loan.cancelled');
    expect(requireProblem(await (await at('stranger')).get(`/loans/${loan}`))).toMatchObject({ status: 404 });
    await testApp.close();
  });

  it('a user who answered another invitation sees the loan as it is, though that to their address was revoked', async () => {
    const testApp = await openOidcTestApp(provider);
    const scene = await revokedAnn(testApp);
    const { loan } = scene;
    await changeLoan(testApp, scene);
    const both = await userAt(testApp, provider, 'ben0', 'ann0@example.com');
    expect((await both.get(`/loans/${loan}`)).body.loan).toMatchObject({ status: 'funded', version: 5 });
    expect((await both.get('/loans?role=lender')).body.loans).toMatchObject([{ status: 'funded', version: 5 }]);
    expect(typesOf((await both.get(`/loans/${loan}/events`)).body.events).at(-1)).toBe('loan.closed');
    await testApp.close();
  });

  it('a pending lender of a loan that ended sees it as it ended, and nothing changes it', async () => {
    const testApp = await openTestApp();
    const borrower = await testApp.as('borrower@example.com');
    const loan = await borrower.postsLoan({ lenders: lenders(2, 100) });
    const [ann, other] = [await testApp.as('ann0@example.com'), await testApp.as('ann1@example.com')];
    await other.post(`/invitations/${loan}/accept`);
    await borrower.post(`/loans/${loan}/close`);
    const view = await viewOf(ann, loan);
    expect(view).toMatchObject({ '/invitations': { invitations: [{ status: 'revoked', loan: { status: 'funded' } }] } });
    for (const attempt of ['cancel', 'close']) await borrower.post(`/loans/${loan}/${attempt}`);
    await other.post(`/invitations/${loan}/decline`);
    await borrower.post(`/loans/${loan}/lenders`, { lenders: lenders(1, 1, 'late') });
    testApp.advance(40 * DAY_MS);
    const { body } = await ann.get(`/loans/${loan}`);
    expect(body).toEqual(view[`/loans/${loan}`]);
    await testApp.close();
  });
});

describe.each([
  ['held by the server', serveFeed],
  ['held by a gateway', serveRemoteFeed],
])('a feed subscription of an address that is revoked, on a connection %s', (_, serve) => {
  const ended = (loan: string) => ({
    type: 'error',
    loan_id: loan,
    problem: expect.objectContaining({ status: 409, error: 'CONFLICT', retryable: false }),
  });

  it('ends after the event of the revocation', async () => {
    const testApp = await openOidcTestApp(provider);
    const scene = await revokedAnn(testApp);
    const { borrower, ann, loan } = scene;
    const { body } = await borrower.post(`/loans/${loan}/lenders`, { lenders: lenders(1, 10) });
    const client = await (await serve(testApp)).connect();
    await client.subscribe(ann, loan);
    await borrower.delete(`/loans/${loan}/lenders/${body.lenders[0].lender_id}`);
    expect(await client.events(1)).toEqual(['lender.revoked ann0']);
    expect(await client.next()).toEqual(ended(loan));
    await changeLoan(testApp, scene);
    expect(await client.ask({ type: 'ping' })).toEqual({ type: 'pong' });
    expect(testApp.app.services.changes.watched()).toEqual([]);
    await testApp.close();
  });

  it('sends the events up to the revocation to one who subscribes afterwards, and ends', async () => {
    const testApp = await openOidcTestApp(provider);
    const scene = await revokedAnn(testApp);
    const { ann, loan } = scene;
    const first = (await ann.get(`/loans/${loan}/events?limit=1`)).body.next_cursor;
    await changeLoan(testApp, scene);
    const client = await (await serve(testApp)).connect();
    expect(await client.subscribe(ann, loan, first)).toMatchObject({ type: 'subscribed', cursor: first });
    expect(await client.events(2)).toEqual(['lender.invited ann0', 'lender.revoked ann0']);
    expect(await client.next()).toEqual(ended(loan));
    const { cursor } = await client.subscribe(ann, loan);
    expect(await client.next()).toEqual(ended(loan));
    expect(Buffer.from(cursor, 'base64url').subarray(12).toString()).toBe('3.-1'); // after the revocation, not the loan's end
    expect(testApp.app.services.changes.watched()).toEqual([]);
    await testApp.close();
  });
});

it('a GraphQL subscription of an address that is revoked ends after the event of the revocation', async () => {
  const testApp = await openOidcTestApp(provider);
  const scene = await revokedAnn(testApp);
  const { borrower, ann, loan } = scene;
  const { body } = await borrower.post(`/loans/${loan}/lenders`, { lenders: lenders(1, 10) });
  const { url } = await serveFeed(testApp);
  const watched = watch(graphQlClient(url, ann), { loanId: loan });
  await expect.poll(() => watched.results.length).toBe(1);
  await borrower.delete(`/loans/${loan}/lenders/${body.lenders[0].lender_id}`);
  expect(await watched.ended).toEqual(['CONFLICT']);
  expect(watched.events()).toEqual(['lender.revoked ann0']);
  await changeLoan(testApp, scene);
  const later = watch(graphQlClient(url, ann), { loanId: loan });
  expect(await later.ended).toEqual(['CONFLICT']);
  expect(later.events()).toEqual([]);
  await testApp.close();
});
