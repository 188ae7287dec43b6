import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FeedClient, serveFeed } from '../../src/testing/api/feed.ts';
import { serveRemoteFeed } from '../../src/testing/api/remote-feed.ts';
import { type Browser, openBrowser, tampered } from '../../src/testing/app/browser.ts';
import { bearer } from '../../src/testing/app/http-client.ts';
import { lenders, openTestApp, type TestApp } from '../../src/testing/app/test-app.ts';
import type { TestUser } from '../../src/testing/app/test-user.ts';

const FEEDS: readonly (readonly [string, (testApp: TestApp) => Promise<{ connect(): Promise<FeedClient> }>])[] = [
  ['the server', serveFeed],
  ['API Gateway', serveRemoteFeed],
];

let testApp: TestApp;
let borrower: TestUser;
let browser: Browser;
let loan: string;

beforeEach(async () => {
  testApp = await openTestApp();
  borrower = await testApp.as('borrower@example.com');
  loan = await borrower.postsLoan();
  browser = openBrowser(testApp);
  await browser.signInLocally({ email: 'borrower@example.com' });
});

afterEach(() => testApp.close());

async function newTicket(loanId = loan, by = browser): Promise<string> {
  const { status, body } = await by.call('POST', '/auth/feed-tickets', { loan_id: loanId });
  expect([status, body]).toEqual([200, { success: true, ticket: expect.any(String), expires_in: 60 }]);
  return body.ticket;
}

const invite = () => borrower.post(`/loans/${loan}/lenders`, { lenders: lenders(1, 1) });
const unauthorized = { type: 'error', problem: { status: 401, error: 'UNAUTHORIZED' } };

describe.each(FEEDS)('a ticket for the feed of %s', (_, serve) => {
  it('subscribes to its loan, for longer than it may be used', async () => {
    const client = await (await serve(testApp)).connect();
    expect(await client.subscribe({ token: await newTicket() }, loan)).toMatchObject({ type: 'subscribed', loan_id: loan });
    testApp.advance(3_600_000);
    await invite();
    expect(await client.events(1)).toEqual(['lender.invited ann0']);
  });

  it('does not subscribe to another loan, nor after a minute, nor changed', async () => {
    const client = await (await serve(testApp)).connect();
    const other = await borrower.postsLoan();
    const ticket = await newTicket();
    expect(await client.subscribe({ token: ticket }, other)).toMatchObject(unauthorized);
    expect(await client.subscribe({ token: tampered(ticket) }, loan)).toMatchObject(unauthorized);
    testApp.advance(60_000);
    expect(await client.subscribe({ token: ticket }, loan)).toMatchObject(unauthorized);
  });

  it('shows its user the events that they may see', async () => {
    const stranger = openBrowser(testApp);
    await stranger.signInLocally({ email: 'eve@example.com' });
    const client = await (await serve(testApp)).connect();
    expect(await client.subscribe({ token: await newTicket(loan, stranger) }, loan)).toMatchObject({ problem: { status: 404 } });
  });

  it('does not subscribe once its session has ended', async () => {
    const client = await (await serve(testApp)).connect();
    const ticket = await newTicket();
    await browser.call('POST', '/auth/logout', {});
    expect(await client.subscribe({ token: ticket }, loan)).toMatchObject(unauthorized);
  });
});

describe('a subscription with a ticket', () => {
  it('is closed at once when the session is ended in the same process', async () => {
    const client = await (await serveFeed(testApp)).connect();
    await client.subscribe({ token: await newTicket() }, loan);
    await browser.call('POST', '/auth/logout', {});
    expect(await client.closed).toMatchObject({ code: 4401 });
  });

  it('gets no event on API Gateway after the session has ended', async () => {
    const client = await (await serveRemoteFeed(testApp)).connect();
    await client.subscribe({ token: await newTicket() }, loan);
    await browser.call('POST', '/auth/logout', { everywhere: true });
    await invite();
    expect(await client.next()).toMatchObject(unauthorized);
    await client.closed;
    expect(client.messages.map(({ type }) => type)).toEqual(['subscribed', 'error']);
  });
});

describe('POST /auth/feed-tickets', () => {
  it('makes tickets that are no tokens', async () => {
    expect((await testApp.get('/loans', bearer(await newTicket()))).status).toBe(401);
  });

  it('makes a ticket for a token too, which lasts as long', async () => {
    const { body } = await borrower.post('/auth/feed-tickets', { loan_id: loan });
    const client = await (await serveFeed(testApp)).connect();
    expect(await client.subscribe({ token: body.ticket }, loan)).toMatchObject({ type: 'subscribed' });
  });

  it.each([{}, { loan_id: 7 }, { loan_id: 'a'.repeat(65) }])('rejects %j', async (body) => {
    expect(await browser.call('POST', '/auth/feed-tickets', body)).toMatchObject({
      status: 400,
      body: { details: [{ path: 'loan_id' }] },
    });
  });
});
