import { beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../config/config.ts';
import { canonicalMailbox } from '../../domain/mail/canonical-mailbox.ts';
import { optedOutAt } from '../../domain/mail/opt-out.ts';
import { optOutKey } from '../../storage/keys.ts';
import { emailOf } from '../../testing/app/domain-fixtures.ts';
import { failingStore } from '../../testing/app/failing-store.ts';
import { lastLine } from '../../testing/app/log-lines.ts';
import { lenders, openTestApp, type TestApp } from '../../testing/app/test-app.ts';
import type { TestUser } from '../../testing/app/test-user.ts';
import { publicDocument } from './documents/public-document.ts';

const CONSOLE_PAGE = '<!doctype html><title>Console</title>';
const ONE_CLICK = 'List-Unsubscribe=One-Click';
const FORM = 'application/x-www-form-urlencoded';
const LENDER = 'ann0@example.com';

let testApp: TestApp;
let fail: ReturnType<typeof failingStore>['fail'];
let borrower: TestUser;
let lendersPath: string;
let lenderId: string;
/** Of the link in the mail, which allows both. */
let token: string;
/** Of one-click unsubscription. */
let optOutToken: string;

beforeEach(async () => {
  const failing = failingStore();
  fail = failing.fail;
  testApp = await openTestApp({
    store: failing.store,
    config: { requestsPerSecond: 3 },
    console: { page: publicDocument(CONSOLE_PAGE, 'text/html; charset=UTF-8'), assets: new Map() },
  });
  borrower = await testApp.as('borrower@example.com');
  const loanId = await borrower.postsLoan();
  lendersPath = `/loans/${loanId}/lenders`;
  lenderId = (await borrower.post(lendersPath, { lenders: lenders(1, 5000) })).body.lenders[0].lender_id;
  const links = testApp.app.mailLinksAt('https://lending.example.org');
  const ref = { loanId, lenderId, round: 1 } as Parameters<typeof links.invitation>[0]; // valid ids: the app returned them
  token = links.invitation(ref, testApp.now).split('#')[1] ?? '';
  optOutToken = links.oneClick(ref, testApp.now).split('token=')[1] ?? '';
  return () => testApp.close();
});

function send(method: string, path: string, raw?: string, type = 'application/json') {
  const headers = { 'Content-Type': type, 'X-Request-Id': 'r1' };
  return testApp.send(method, path, { from: '198.51.100.7', ...(raw !== undefined && { raw, headers }) });
}

const json = (token: unknown) => JSON.stringify({ token });
const post = (path: string, token: unknown) => send('POST', path, json(token));
const statusOfLender = async () => (await borrower.get(lendersPath)).body.lenders[0].status;

async function hasOptedOut(address: string): Promise<boolean> {
  const key = optOutKey(canonicalMailbox(emailOf(address)));
  const [stored] = await testApp.store.get([key]);
  return optedOutAt({ ofMailbox: stored?.data, earlier: [] }) !== undefined;
}

describe('pages of mail links', () => {
  it.each(['/invite/anything', '/mail/opt-out', '/mail/opt-out?token=anything'])(
    'serves %s as the console, the same for all, without a call of the store',
    async (path) => {
      const { status, headers, text } = await send('GET', path);
      expect([status, headers.get('Content-Type'), text]).toEqual([200, 'text/html; charset=UTF-8', CONSOLE_PAGE]);
      expect(await testApp.callsOf(() => send('GET', path))).toEqual([]);
      expect(headers.get('Referrer-Policy')).toBe('no-referrer');
      expect(headers.get('Content-Security-Policy')).toMatch(
        /^default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; /,
      );
    },
  );

  it('responds 404 to the links of a server without the console', async () => {
    const withoutConsole = await openTestApp();
    expect((await withoutConsole.get('/invite/anything')).status).toBe(404);
    await withoutConsole.close();
  });

  it('responds 405 to other methods on mail paths', async () => {
    expect((await send('POST', '/invite/anything')).status).toBe(405);
    expect((await send('GET', '/mail/decline')).headers.get('Allow')).toBe('POST');
    expect((await send('PUT', '/mail/opt-out')).headers.get('Allow')).toBe('GET, HEAD, POST, DELETE');
  });
});

describe('calls of mail links', () => {
  it('declines the invitation of a mail link, and passes on the request id', async () => {
    const { status, body } = await post('/mail/decline', token);
    expect([status, body]).toEqual([200, { success: true, status: 'declined' }]);
    expect(lastLine(testApp)).toMatchObject({ endpoint: 'DeclineByMail', request_id: 'r1', status: 'Success' });
    expect(await statusOfLender()).toBe('declined');
  });

  it('opts the address of a mail link out', async () => {
    expect((await post('/mail/opt-out', token)).body).toEqual({ success: true, status: 'opted_out' });
    expect([await hasOptedOut(LENDER), await hasOptedOut(borrower.email)]).toEqual([true, false]);
  });

  it('has mail sent again to a signed-in user, and to nobody else', async () => {
    await post('/mail/opt-out', token);
    expect((await testApp.send('DELETE', '/mail/opt-out')).status).toBe(401);
    const unverified = await testApp.as(LENDER, { email_verified: false });
    expect((await unverified.delete('/mail/opt-out')).status).toBe(403);
    expect((await borrower.delete('/mail/opt-out')).status).toBe(200);
    expect(await hasOptedOut(LENDER)).toBe(true);
    const { status, body } = await (await testApp.as(LENDER)).delete('/mail/opt-out');
    expect([status, body]).toEqual([200, { success: true, status: 'resumed' }]);
    expect(await hasOptedOut(LENDER)).toBe(false);
  });

  it.each([
    ['a form', ONE_CLICK, FORM],
    [
      'a form in parts',
      '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n',
      'multipart/form-data; boundary=x',
    ],
  ])('opts the address out by one-click unsubscription with %s', async (_, raw, type) => {
    expect((await send('POST', `/mail/opt-out?token=${optOutToken}`, raw, type)).status).toBe(200);
    expect(await hasOptedOut(LENDER)).toBe(true);
  });

  it.each<[string, () => [path: string, raw: string | undefined, type?: string]]>([
    ['a token for opting out only', () => ['/mail/decline', json(optOutToken)]],
    ['a token for opting out only, to read', () => ['/mail/invitation', json(optOutToken)]],
    ['a truncated token', () => ['/mail/decline', json(token.slice(1))]],
    ['no token', () => ['/mail/opt-out', '{}']],
    ['a token that is no string', () => ['/mail/opt-out', json(7)]],
    ['a token that is too long', () => ['/mail/opt-out', json(token.repeat(9))]],
    ['a token in the query with another form', () => [`/mail/opt-out?token=${optOutToken}`, 'a=b', FORM]],
    ['a token in the query without a form', () => [`/mail/opt-out?token=${optOutToken}`, undefined]],
    ['a form without a token', () => ['/mail/opt-out', ONE_CLICK, FORM]],
    ['a malformed form', () => [`/mail/opt-out?token=${optOutToken}`, 'x', 'multipart/form-data; boundary=x']],
  ])('responds 400 to a mail call with %s, without a call of the store', async (_, request) => {
    const before = testApp.calls.length;
    const response = await send('POST', ...request());
    expect([response.status, response.body.error, testApp.calls.length]).toEqual([400, 'VALIDATION_ERROR', before]);
    expect(response.text).not.toContain(optOutToken);
  });

  it('rejects unknown query parameters of mail calls, along with the violations of the body', async () => {
    const ana = await testApp.as('ana@example.com');
    const before = testApp.calls.length;
    const responses = [
      await send('POST', '/mail/decline?dry_run=1', json(7)),
      await send('POST', '/mail/invitation?dry_run=1', json(7)),
      await send('POST', '/mail/opt-out?tokn=1', json(token)),
      await send('POST', `/mail/opt-out?token=${optOutToken}&dry_run=1`, ONE_CLICK, FORM),
      await ana.delete('/mail/opt-out?dry_run=1'),
    ];
    const problems = responses.map(({ status, body }) => [status, ...body.details.map(({ path }: { path: string }) => path)]);
    expect(problems).toEqual([
      [400, 'dry_run', 'token'],
      [400, 'dry_run', 'token'],
      [400, 'tokn'],
      [400, 'dry_run'],
      [400, 'dry_run'],
    ]);
    expect(testApp.calls).toHaveLength(before);
    expect((await testApp.send('DELETE', '/mail/opt-out?dry_run=1')).status).toBe(401);
  });

  it('responds 409 to the link of an invitation that is revoked', async () => {
    await borrower.delete(`${lendersPath}/${lenderId}`);
    const { status, body } = await post('/mail/decline', token);
    const message = 'This invitation is revoked. Only a pending one can be declined by e-mail.';
    expect([status, body.message]).toEqual([409, message]);
  });

  it('does not log the token of a failed mail call', async () => {
    fail(new TypeError('broken'));
    expect((await post('/mail/opt-out', token)).status).toBe(500);
    expect(testApp.logged.join()).toContain('broken');
    expect(testApp.logged.join()).not.toContain(token);
  });

  it('counts mail calls against the rate of the network address', async () => {
    const statuses: number[] = [];
    for (let count = 0; count < 7; count += 1) statuses.push((await post('/mail/opt-out', 'x')).status);
    expect(statuses).toEqual([400, 400, 400, 400, 400, 400, 429]);
    for (const path of ['/mail/decline', '/mail/invitation']) expect((await post(path, 'x')).status).toBe(429);
    expect((await send('DELETE', '/mail/opt-out')).status).toBe(429);
  });

  it('responds 404 on mail paths where no mail is sent', async () => {
    const { mail } = readConfig({});
    const withoutMail = await openTestApp({ config: { mail: { ...mail, transport: { kind: 'none' } } } });
    expect((await withoutMail.get('/mail/opt-out')).status).toBe(404);
    expect((await withoutMail.post('/mail/decline', { token })).status).toBe(404);
    await withoutMail.close();
  });
});
