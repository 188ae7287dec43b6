import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { routes } from '../../src/api/http/routes.ts';
import { emailOf } from '../../src/testing/app/domain-fixtures.ts';
import { lenders, openTestApp, type TestApp } from '../../src/testing/app/test-app.ts';
import { LOAN, type TestUser } from '../../src/testing/app/test-user.ts';
import { holdOf, storeHolds } from '../../src/testing/risk/seed-holds.ts';

/** Of every call, and none of a file. */
const VALID = { ...LOAN, contribution_amount: 5, lenders: lenders(1, 5) };
const JSON_TYPE = { 'Content-Type': 'application/json' };
const TEXT = { 'Content-Type': 'text/plain' };
const LARGE = 'x'.repeat(65_537);
const BAD_KEY = { 'Idempotency-Key': 'a b' };
const CSV_FILE = 'email,contribution_amount\nann@example.com,5';

const changing = routes.filter(({ useCase }) => useCase.kind === 'command');

let testApp: TestApp;
let unverified: TestUser;
let stranger: TestUser;
let operator: TestUser;
let loanId: string;
/** When the invitations of a hold on the loan were made. */
let invitedAt: number;

beforeEach(async () => {
  invitedAt += 1; // a hold that nobody has decided on
  await storeHolds(testApp, holdOf(loanId, stranger.userId, invitedAt));
});

beforeAll(async () => {
  testApp = await openTestApp({ config: { operators: new Set([emailOf('operator@example.com')]) } });
  unverified = await testApp.as('stranger@example.com', { email_verified: false });
  stranger = await testApp.as('stranger@example.com');
  operator = await testApp.as('operator@example.com');
  loanId = await (await testApp.as('borrower@example.com')).postsLoan();
  invitedAt = testApp.now;
});

afterAll(() => testApp.close());

describe.each([
  ['PATCH', '/auth/me'],
  ['POST', '/auth/feed-tickets'],
  ['POST', '/auth/logout'],
])('%s %s', (method, path) => {
  it('checks size and media type before the token, and the token before the form', async () => {
    expect((await testApp.send(method, path, { raw: LARGE, headers: TEXT })).status).toBe(413);
    expect((await testApp.send(method, path, { raw: '{', headers: TEXT })).status).toBe(415);
    expect((await testApp.send(method, path, { raw: '{', headers: JSON_TYPE })).status).toBe(401);
    expect((await stranger.send(method, path, { raw: '{', headers: JSON_TYPE })).status).toBe(400);
  });
});

/** Requests that break one rule less each, so that the next error in the order of the checks shows. */
describe.each(changing)('$method $path', ({ method, path, takesCsv, useCase }) => {
  const unknown = path.replaceAll(/\{\w+\}/g, 'nothing');
  const hasId = unknown !== path;
  const type = { 'Content-Type': takesCsv ? 'text/csv' : 'application/json' };
  const valid = takesCsv ? { raw: CSV_FILE } : { body: VALID };

  it('checks size and media type before the token', async () => {
    const large = takesCsv ? 'x'.repeat(4 * 1024 * 1024 + 1) : LARGE;
    expect((await testApp.send(method, unknown, { raw: large, headers: TEXT })).status).toBe(413);
    expect((await testApp.send(method, unknown, { raw: '{', headers: TEXT })).status).toBe(415);
    const { status, headers } = await testApp.send(method, unknown, { raw: '{', headers: type });
    expect([status, headers.get('WWW-Authenticate')]).toEqual([401, 'Bearer']);
  });

  it('checks the verified address before the form, and the form before the loan', async () => {
    expect((await unverified.send(method, unknown, { raw: '{', headers: type })).status).toBe(403);
    expect((await stranger.send(method, `${unknown}?x=1`, { ...valid, headers: { ...type, ...BAD_KEY } })).body).toMatchObject({
      status: 400,
      details: [
        { path: 'Idempotency-Key', code: 'INVALID' },
        { path: 'x', code: 'INVALID' },
      ],
    });
    if (!takesCsv) expect((await stranger.send(method, unknown, { raw: '{', headers: type })).status).toBe(400);
  });

  if (!hasId) return;

  if (path.startsWith('/operator/')) {
    it('checks the role before it says whether there is such a hold', async () => {
      const ids = ['nothing', `${loanId}-0`, `${loanId}-${invitedAt}`];
      const statusesFor = (user: TestUser) =>
        Promise.all(ids.map(async (id) => (await user.send(method, path.replace('{hold_id}', id), { headers: type })).status));
      expect(await statusesFor(stranger)).toEqual([403, 403, 403]);
      expect(await statusesFor(operator)).toEqual([404, 404, 200]);
    });
    return;
  }

  it('checks that the loan exists before whose it is', async () => {
    expect((await stranger.send(method, unknown, { ...valid, headers: type })).status).toBe(404);
    const isAnswer = useCase.kind === 'command' && useCase.actor === 'lender';
    const known = unknown.replace('nothing', loanId);
    expect((await stranger.send(method, known, { ...valid, headers: type })).status).toBe(isAnswer ? 404 : 403);
  });
});
