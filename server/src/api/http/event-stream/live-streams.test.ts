import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openEventSource, type ReceivedBlock } from '../../../testing/api/event-source.ts';
import { openBrowser } from '../../../testing/app/browser.ts';
import { frozenTime } from '../../../testing/app/fake-time.ts';
import { bearer } from '../../../testing/app/http-client.ts';
import { lenders, openTestApp, type TestApp } from '../../../testing/app/test-app.ts';
import type { TestUser } from '../../../testing/app/test-user.ts';

frozenTime();

let testApp: TestApp;
let borrower: TestUser;
let loanId: string;
let path: string;

beforeEach(async () => {
  testApp = await openTestApp({ holdsResponses: true });
  borrower = await testApp.as('borrower@example.com');
  loanId = await borrower.postsLoan({ lenders: lenders(2, 100) });
  path = `/loans/${loanId}/events`;
});

afterEach(() => testApp.close());

function open(user: Pick<TestUser, 'token'> = borrower, query = '', headers: Record<string, string> = {}) {
  return openEventSource(testApp, `${path}${query}`, { ...bearer(user.token), ...headers });
}

const typesOf = (blocks: readonly ReceivedBlock[]) => blocks.map(({ data }) => data && Object(data).type);

describe('GET /loans/{loan_id}/events as a live stream', () => {
  it('begins with the first event, and continues with what happens', async () => {
    const { response, next, take, close } = await open();
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    expect(await next()).toEqual({ retry: '1000', id: expect.any(String) });
    expect(typesOf(await take(3))).toEqual(['loan.created', 'lender.invited', 'lender.invited']);
    const pending = next();
    await borrower.post(`/loans/${loanId}/cancel`);
    const live = await pending;
    const { body } = await borrower.get(`${path}?limit=100`);
    expect(live).toEqual({ id: body.next_cursor, data: body.events.at(-1) });
    expect(body.events.at(-1).type).toBe('loan.cancelled');
    await close();
  });

  it('begins with new events where from is now, unless there is a cursor', async () => {
    const { next, close } = await open(borrower, '?from=now');
    const start = await next();
    expect(start).toEqual({ retry: '1000', id: expect.any(String) });
    const pending = next();
    await borrower.post(`/loans/${loanId}/cancel`);
    expect(typesOf([(await pending) ?? {}])).toEqual(['loan.cancelled']);
    await close();
    const resumed = await open(borrower, '?from=now', { 'Last-Event-ID': start?.id ?? '' });
    expect(typesOf((await resumed.take(2)).slice(1))).toEqual(['loan.cancelled']);
    await resumed.close();
  });

  it('resumes after Last-Event-ID, which takes precedence over after', async () => {
    const first = await open();
    const [start, created] = await first.take(2);
    await first.close();
    const resumed = await open(borrower, `?after=${start?.id}`, { 'Last-Event-ID': created?.id ?? '' });
    expect(typesOf((await resumed.take(3)).slice(1))).toEqual(['lender.invited', 'lender.invited']);
    await resumed.close();
  });

  it('shows a lender the events of the loan and their own', async () => {
    const lender = await testApp.as('ann1@example.com');
    const { take, close } = await open(lender);
    const [, created, invited] = await take(3);
    expect(typesOf([created ?? {}, invited ?? {}])).toEqual(['loan.created', 'lender.invited']);
    expect(JSON.stringify(invited)).toContain('ann1@example.com');
    await close();
  });

  it('sends a comment every 15 seconds without an event', async () => {
    const { take, next, close } = await open();
    await take(4);
    for (const _ of [1, 2]) {
      const heartbeat = next();
      await vi.advanceTimersByTimeAsync(15_000);
      expect(await heartbeat).toEqual({ comment: '' });
    }
    const event = next();
    await borrower.post(`/loans/${loanId}/cancel`);
    expect(typesOf([(await event) ?? {}])).toEqual(['loan.cancelled']);
    await close();
  });

  it('ends with a problem when the token expires', async () => {
    const { take, next } = await open();
    await take(4);
    const last = next();
    vi.advanceTimersByTime(3_600_000);
    const blocks = [await last, await next(), await next()];
    const problem = { status: 401, error: 'UNAUTHORIZED', retryable: false };
    expect(blocks.filter((block) => block?.event === 'end')).toEqual([
      { event: 'end', data: { problem: expect.objectContaining(problem) } },
    ]);
    expect(blocks.at(-1)).toBeUndefined();
  });

  it('is open for the cookie of a session, and ends with a problem as soon as the session is ended', async () => {
    const [browser, phone] = [openBrowser(testApp), openBrowser(testApp)];
    for (const each of [browser, phone]) await each.signInLocally({ email: 'borrower@example.com' });
    const cookie = `lending-session=${browser.session()?.value}`;
    const ofConsole = { 'X-Lending-Console': '1', 'Sec-Fetch-Site': 'same-origin' };
    const { response, take, next } = await openEventSource(testApp, path, { Cookie: cookie, ...ofConsole });
    expect(response.status).toBe(200);
    await take(4);
    const last = next();
    await phone.call('POST', '/auth/logout', { everywhere: true });
    expect(await last).toMatchObject({ event: 'end', data: { problem: { status: 401, retryable: false } } });
    expect(await next()).toBeUndefined();
    expect((await openEventSource(testApp, path, { Cookie: cookie })).response.status).toBe(401);
  });

  it('ends with a problem when the process stops, and then opens no more', async () => {
    const { take, next } = await open();
    await take(4);
    const last = next();
    testApp.app.stop();
    expect(await last).toMatchObject({ event: 'end', data: { problem: { status: 503, retry_after: 1, retryable: true } } });
    expect(await next()).toBeUndefined();
    expect((await open()).response.status).toBe(503);
  });

  it('ends with a problem when its reader may no longer see the loan', async () => {
    const [invited, other] = [await testApp.as('ann0@example.com'), await testApp.as('ann0@example.com', { name: 'Ann' })];
    expect(other.userId).toBe(invited.userId);
    const { body } = await borrower.get(`/loans/${loanId}/lenders`);
    const { take, next } = await open(invited);
    await take(3);
    const lenderId = body.lenders.find(({ email }: { email: string }) => email === 'ann0@example.com').lender_id;
    const revoked = next();
    await borrower.delete(`/loans/${loanId}/lenders/${lenderId}`);
    expect(typesOf([(await revoked) ?? {}])).toEqual(['lender.revoked']);
    expect(await next()).toMatchObject({ event: 'end', data: { problem: { status: 409 } } });
    expect(await next()).toBeUndefined();
  });

  it.each([
    ['a stranger', 404, async () => open(await testApp.as('eve@example.com'))],
    ['no token', 401, () => openEventSource(testApp, path, {})],
    ['a malformed cursor', 400, () => open(borrower, '?after=x')],
  ])('responds to %s with the problem %i', async (_name, status, request) => {
    const { response } = await request();
    expect([response.status, response.headers.get('Content-Type')]).toEqual([status, 'application/problem+json']);
  });

  it('allows 20 streams of a user, and another one once one has closed', async () => {
    const streams = await Promise.all(Array.from({ length: 20 }, () => open()));
    expect(streams.map(({ response }) => response.status)).toEqual(Array(20).fill(200));
    const rejected = await open();
    expect([rejected.response.status, rejected.response.headers.get('Retry-After')]).toEqual([429, '10']);
    expect(await rejected.response.text()).toContain('You have 20 event streams open');
    expect((await open(await testApp.as('ann0@example.com'))).response.status).toBe(200);
    await streams[0]?.close();
    expect((await open()).response.status).toBe(200);
  });

  it('cuts off a reader who takes nothing for 30 seconds, and lets its user open another', async () => {
    const disconnect = vi.fn();
    const opened = () => openEventSource(testApp, path, bearer(borrower.token), { disconnect });
    const slow = await Promise.all(Array.from({ length: 20 }, opened));
    expect(slow.map(({ response }) => response.status)).toEqual(Array(20).fill(200));
    await vi.advanceTimersByTimeAsync(29_999);
    expect(disconnect).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(disconnect).toHaveBeenCalledTimes(20);
    expect((await open()).response.status).toBe(200);
  });

  it('has the headers alone for HEAD, and frees its place', async () => {
    for (const _ of Array.from({ length: 21 })) {
      const { status, headers } = await borrower.send('HEAD', path, { headers: { Accept: 'text/event-stream' } });
      expect([status, headers.get('Content-Type')]).toEqual([200, 'text/event-stream']);
    }
  });
});
