import { AuthClient, type Clock, LendingClient, type WatchState, watchLoan } from '@private-lending/client';
import { afterEach, describe, expect, it } from 'vitest';
import { serveFeed } from '../../src/testing/api/feed.ts';
import { lenders, openTestApp, type TestApp } from '../../src/testing/app/test-app.ts';
import { LOAN } from '../../src/testing/app/test-user.ts';
import { browserFetch } from '../../src/testing/sign-in/browser-fetch.ts';
import { openEmailTestApp, takeMail } from '../../src/testing/sign-in/email-user.ts';

/* The client of @private-lending/client in a page of the real server. */

const URL_OF_SERVER = 'http://localhost:3000';

let testApp: TestApp;

afterEach(() => testApp.close());

function openPage() {
  const signedOut: string[] = [];
  const options = { url: URL_OF_SERVER, fetch: browserFetch(testApp) };
  const hooks = { onSignedOut: ({ operation }: { readonly operation: string }) => void signedOut.push(operation) };
  return { auth: new AuthClient(options), lending: new LendingClient({ ...options, session: true, hooks }), signedOut };
}

/** Pauses end at once. */
const clock: Clock = {
  now: Date.now,
  elapsed: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms > 5000 ? ms : 0);
    return () => clearTimeout(timer);
  },
};

/** Watches a loan, and counts what has happened. */
function watchInPage(lending: LendingClient, loanId: string, feedUrl?: string) {
  const [types, states]: [string[], WatchState['name'][]] = [[], []];
  const controller = new AbortController();
  const follow = async () => {
    const options = { clock, feedUrl, signal: controller.signal, onState: ({ name }: WatchState) => void states.push(name) };
    for await (const { event } of watchLoan(lending, loanId, options)) types.push(event.type);
  };
  const ended = follow().catch((error: unknown) => Object(error));
  return { types, states, ended, stop: () => controller.abort() };
}

async function signedInPage() {
  const page = openPage();
  await page.auth.signInLocally({ email: 'ana@example.com' });
  const { loan } = await page.lending.createLoan({ ...LOAN, lenders: lenders(2, 100) });
  return { ...page, loanId: loan.loan_id };
}

describe('the client in a session', () => {
  it('signs in without a token, changes the name, and signs out', async () => {
    testApp = await openTestApp();
    const { auth, lending, signedOut } = openPage();
    expect(await auth.me()).toMatchObject({ sign_in: 'local', user: null, feed_url: null });
    expect(await auth.signInLocally({ email: 'ana@example.com', name: 'Ana' })).not.toHaveProperty('token');
    expect((await auth.changeName('Anna')).user).toMatchObject({ email: 'ana@example.com', name: 'Anna' });
    expect((await auth.me()).user?.name).toBe('Anna');
    expect((await lending.listLoans()).loans).toEqual([]);
    expect(await auth.signOut()).toMatchObject({ success: true, logout_url: null });
    await expect(lending.listLoans()).rejects.toMatchObject({ code: 'UNAUTHORIZED', attempts: 1 });
    expect(signedOut).toEqual(['listLoans']);
  });

  it('signs in by the code of a mail', async () => {
    testApp = await openEmailTestApp();
    const options = { url: 'https://lending.example.org', fetch: browserFetch(testApp) };
    const auth = new AuthClient(options);
    expect((await auth.me()).sign_in).toBe('email');
    const { challenge } = await auth.requestCode('ana@example.com');
    const { code } = takeMail(testApp);
    const wrong = auth.verifyCode({ challenge, code: code === '00000000' ? '11111111' : '00000000' });
    await expect(wrong).rejects.toMatchObject({ code: 'VALIDATION_ERROR', details: [{ path: 'code' }] });
    expect(await auth.verifyCode({ challenge, code, name: 'Ana' })).not.toHaveProperty('token');
    expect((await auth.me()).user).toMatchObject({ email: 'ana@example.com', name: 'Ana' });
    const lending = new LendingClient({ ...options, session: true });
    expect((await lending.createLoan(LOAN)).loan.status).toBe('open');
  });

  it('watches new events of a loan on a live stream, until the session ends', async () => {
    testApp = await openTestApp({ holdsResponses: true });
    const { auth, lending, loanId, signedOut } = await signedInPage();
    const { types, states, ended } = watchInPage(lending, loanId);
    await expect.poll(() => states).toEqual(['subscribed']);
    const lender = await testApp.as('ann0@example.com');
    await lender.post(`/invitations/${loanId}/accept`);
    await lending.cancelLoan(loanId);
    await expect.poll(() => types).toEqual(['lender.accepted', 'loan.cancelled']);
    await auth.signOut();
    expect(await ended).toMatchObject({ code: 'UNAUTHORIZED' });
    expect([states, signedOut]).toEqual([['subscribed'], ['watchLoan']]);
  });

  it('watches new events where each stream ends with its page', async () => {
    testApp = await openTestApp();
    const { auth, lending, loanId } = await signedInPage();
    const { types, states, ended } = watchInPage(lending, loanId);
    await expect.poll(() => states).toEqual(['subscribed']);
    await lending.cancelLoan(loanId);
    await expect.poll(() => types).toEqual(['loan.cancelled']);
    await auth.signOut();
    expect(await ended).toMatchObject({ code: 'UNAUTHORIZED' });
    expect(states).toEqual(['subscribed']);
  });

  it('watches by WebSocket with a ticket', async () => {
    testApp = await openTestApp();
    const { url } = await serveFeed(testApp);
    const { lending, loanId } = await signedInPage();
    const { types, states, ended, stop } = watchInPage(lending, loanId, `${url}/feed`);
    await expect.poll(() => states).toEqual(['subscribed']);
    await lending.cancelLoan(loanId);
    await expect.poll(() => types).toEqual(['loan.cancelled']);
    stop();
    expect((await ended).name).toBe('AbortError');
  });
});
