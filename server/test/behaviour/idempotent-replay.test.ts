import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS } from '../../src/testing/app/domain-fixtures.ts';
import { requireProblem } from '../../src/testing/app/problem-assertions.ts';
import type { TestResponse } from '../../src/testing/app/response.ts';
import { rewriteLoan } from '../../src/testing/app/store-edits.ts';
import { lenders, openTestApp, type TestApp } from '../../src/testing/app/test-app.ts';
import type { TestUser } from '../../src/testing/app/test-user.ts';
import { LOAN } from '../../src/testing/app/test-user.ts';

const KEY = { 'Idempotency-Key': 'k-1' };
const METRICS_TOKEN = 'only-for-operators';

let testApp: TestApp;
let borrower: TestUser;
let path: string;

beforeEach(async () => {
  testApp = await openTestApp({ config: { metricsToken: METRICS_TOKEN } });
  borrower = await testApp.as('borrower@example.com');
  path = `/loans/${await borrower.postsLoan()}`;
});

afterEach(() => testApp.close());

const add = (headers: Record<string, string> = KEY, count = 2) =>
  borrower.post(`${path}/lenders`, { lenders: lenders(count, 100) }, headers);

const REUSED = { status: 422, error: 'IDEMPOTENCY_KEY_REUSED', problems: [] };

function expectReplay(replay: TestResponse, first: TestResponse): void {
  expect([replay.status, replay.text]).toEqual([first.status, first.text]);
  expect(replay.headers.get('Location')).toBe(first.headers.get('Location'));
  expect(replay.headers.get('Content-Type')).toBe(first.headers.get('Content-Type'));
  expect(replay.headers.get('Idempotency-Replayed')).toBe('true');
  expect(replay.headers.get('Idempotency-Original-Request-Id')).toBe(first.headers.get('X-Request-Id'));
  expect(replay.headers.get('X-Request-Id')).not.toBe(first.headers.get('X-Request-Id'));
}

function expectOriginal(response: TestResponse, status = 200): void {
  expect(response.status).toBe(status);
  expect(response.headers.get('Idempotency-Replayed')).toBeNull();
  expect(response.headers.get('Idempotency-Original-Request-Id')).toBeNull();
}

describe('a repeat with the same key', () => {
  const calls: Readonly<Record<string, (lenderId: string) => Promise<TestResponse>>> = {
    createLoan: () => borrower.post('/loans', { ...LOAN, lenders: lenders(2, 100) }, KEY),
    addLenders: () => add(KEY, 3),
    changeLender: (id) => borrower.patch(`${path}/lenders/${id}`, { contribution_amount: 7 }, KEY),
    revokeLender: (id) => borrower.delete(`${path}/lenders/${id}`, KEY),
    cancelLoan: () => borrower.post(`${path}/cancel`, undefined, KEY),
  };

  it.each(Object.entries(calls))('replays the first response of %s without another effect', async (_, call) => {
    const { body } = await borrower.post(`${path}/lenders`, { lenders: lenders(1, 1, 'old') });
    const first = await call(body.lenders[0].lender_id);
    expectOriginal(first, first.headers.get('Location') === null ? 200 : 201);
    const before = await borrower.get('/loans');
    testApp.advance(60_000);
    expectReplay(await call(body.lenders[0].lender_id), first);
    expectReplay(await call(body.lenders[0].lender_id), first);
    expect((await borrower.get('/loans')).body).toEqual(before.body);
  });

  it('replays for a quoted or bare key, in either header', async () => {
    const first = await add({ 'Idempotency-Key': 'k' });
    for (const headers of [
      { 'Idempotency-Key': '"k"' },
      { 'X-Idempotency-Key': 'k' },
      { 'X-Idempotency-Key': '"k"' },
      { 'Idempotency-Key': 'k', 'X-Idempotency-Key': '"k"' },
    ])
      expectReplay(await add(headers), first);
  });

  it('replays for the same JSON in another notation', async () => {
    const first = await add();
    const json = ` { "lenders" : [ ${['0', '1'].map((n) => `{"contribution_amount":1e2,\n"email":"ann${n}\\u0040example.com"}`).join(' , ')} ] }`;
    const headers = { ...KEY, 'Content-Type': 'Application/JSON; charset=utf-8' };
    expectReplay(await borrower.send('POST', `${path}/lenders`, { raw: json, headers }), first);
  });

  it('replays after the loan was cancelled, an invitation changed, or the hour’s invitations used up', async () => {
    const first = await add();
    const [lender] = first.body.lenders;
    await borrower.patch(`${path}/lenders/${lender.lender_id}`, { contribution_amount: 50 });
    expectReplay(await add(), first);
    for (let added = 2; added < 200; added += 18) await borrower.post(`${path}/lenders`, { lenders: lenders(18, 1, `p${added}-`) });
    expect((await borrower.post(`${path}/lenders`, { lenders: lenders(1, 1, 'late') })).status).toBe(429);
    expectReplay(await add(), first);
    await borrower.post(`${path}/cancel`);
    expectReplay(await add(), first);
  });
});

describe('a replay', () => {
  it('names the original request in every replay', async () => {
    const first = await add({ ...KEY, 'X-Request-Id': 'original' });
    await add({ ...KEY, 'X-Request-Id': 'second' });
    const third = await add({ ...KEY, 'X-Request-Id': 'third' });
    expectReplay(third, first);
    expect(third.headers.get('Idempotency-Original-Request-Id')).toBe('original');
    expect(third.headers.get('X-Request-Id')).toBe('third');
  });

  it('does not count a replay in lenders_added_total', async () => {
    const added = async () => {
      const { text } = await testApp.send('GET', '/metrics', { headers: { Authorization: `Bearer ${METRICS_TOKEN}` } });
      return /^lenders_added_total\{endpoint="AddLenders"\} (\d+)/m.exec(text)?.[1];
    };
    await add();
    expect(await added()).toBe('2');
    await add();
    expect(await added()).toBe('2');
  });

  it('returns one response for concurrent repeats, with one effect', async () => {
    const responses = await Promise.all(Array.from({ length: 100 }, () => add()));
    expect(new Set(responses.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(responses.filter(({ headers }) => !headers.has('Idempotency-Replayed'))).toHaveLength(1);
    expect((await borrower.get(path)).body.loan).toMatchObject({ version: 2, lender_count: 2, total_invited: 200 });
  });

  it('does not replay without the key', async () => {
    await add();
    expect(requireProblem(await add({}))).toMatchObject({
      status: 400,
      problems: ['lenders[0].email DUPLICATE_LENDER', 'lenders[1].email DUPLICATE_LENDER'],
    });
  });
});

describe('the expiry of a key', () => {
  it('expires a key after IDEMPOTENCY_HOURS, and still does not invite an address twice', async () => {
    const first = await add();
    testApp.advance(DAY_MS - 1);
    expectReplay(await add(), first);
    testApp.advance(1);
    expect(requireProblem(await add())).toMatchObject({ status: 400, error: 'VALIDATION_ERROR' });
  });

  it('starts a new period with the first request after the expiry', async () => {
    const post = (amount: number) => borrower.post('/loans', { ...LOAN, amount }, KEY);
    const first = await post(1000);
    testApp.advance(DAY_MS);
    const second = await post(2000);
    expectOriginal(second, 201);
    expect(second.body.loan.loan_id).not.toBe(first.body.loan.loan_id);
    testApp.advance(DAY_MS - 1);
    expectReplay(await post(2000), second);
    expect(requireProblem(await post(1000))).toEqual(REUSED);
  });

  it('counts the period of a key from the first request, not from repeats', async () => {
    await borrower.post('/loans', LOAN, KEY);
    testApp.advance(DAY_MS - 1);
    await borrower.post('/loans', LOAN, KEY);
    testApp.advance(1);
    expectOriginal(await borrower.post('/loans', LOAN, KEY), 201);
  });
});

describe('a key that was used for another request', () => {
  it.each([
    ['another amount', { lenders: lenders(2, 101) }],
    ['the same amount as text', { lenders: lenders(2, '100') }],
    ['another address', { lenders: lenders(2, 100, 'ben') }],
    ['another order', { lenders: lenders(2, 100).toReversed() }],
    ['a lender less', { lenders: lenders(1, 100) }],
    ['an unknown member', { lenders: lenders(2, 100), note: '' }],
  ])('rejects a used key with %s', async (_, body) => {
    const first = await add();
    const other = await borrower.post(`${path}/lenders`, body, KEY);
    expect(requireProblem(other)).toEqual(REUSED);
    expect(other.text).not.toContain('ann');
    expect(other.text).not.toContain(first.body.lenders[0].lender_id);
    expectReplay(await add(), first);
  });

  it('rejects a used key with another query string', async () => {
    const request = { raw: 'email,contribution_amount\nb@example.com,5', headers: { ...KEY, 'Content-Type': 'text/csv' } };
    const upload = (query: string) => borrower.send('POST', `${path}/lenders/imports${query}`, request);
    const first = await upload('?dry_run=true');
    expectOriginal(first, 202);
    expect(requireProblem(await upload(''))).toEqual(REUSED);
    expectReplay(await upload('?dry_run=true'), first);
  });

  it('rejects a used key with another media type', async () => {
    const first = await add();
    const body = { lenders: lenders(2, 100) };
    const type = { 'Content-Type': 'application/vnd.lending+json' };
    expect(requireProblem(await borrower.post(`${path}/lenders`, body, { ...KEY, ...type }))).toEqual(REUSED);
    expectReplay(await add(), first);
  });

  it('rejects a used key for revoking another lender of the loan', async () => {
    const { body } = await add({});
    const [ana, ben] = body.lenders;
    const first = await borrower.delete(`${path}/lenders/${ana.lender_id}`, KEY);
    expect(requireProblem(await borrower.delete(`${path}/lenders/${ben.lender_id}`, KEY))).toEqual(REUSED);
    expect((await borrower.get(`${path}/lenders?status=pending`)).body.lenders).toMatchObject([{ email: ben.email }]);
    expectReplay(await borrower.delete(`${path}/lenders/${ana.lender_id}`, KEY), first);
  });

  it('rejects a used key for changing another lender of the loan', async () => {
    const { body } = await add({});
    const [ana, ben] = body.lenders;
    const change = (id: string) => borrower.patch(`${path}/lenders/${id}`, { contribution_amount: 5 }, KEY);
    expectOriginal(await change(ana.lender_id));
    expect(requireProblem(await change(ben.lender_id))).toEqual(REUSED);
  });
});

describe('the scope of a key', () => {
  it('does not replay the same request on another loan', async () => {
    const other = `/loans/${await borrower.postsLoan()}`;
    await add();
    const response = await borrower.post(`${other}/lenders`, { lenders: lenders(2, 100) }, KEY);
    expectOriginal(response);
    expect(response.body.loan_id).toBe(other.replace('/loans/', ''));
  });

  it('does not replay to another user', async () => {
    const other = await testApp.as('other@example.com');
    const [first, second] = [await borrower.post('/loans', LOAN, KEY), await other.post('/loans', LOAN, KEY)];
    expectOriginal(second, 201);
    expect(second.body.loan.loan_id).not.toBe(first.body.loan.loan_id);
    expectReplay(await other.post('/loans', LOAN, KEY), second);
  });

  it('does not replay another use case', async () => {
    const { body } = await add();
    const lender = `${path}/lenders/${body.lenders[0].lender_id}`;
    expectOriginal(await borrower.patch(lender, { contribution_amount: 5 }, KEY));
    expectOriginal(await borrower.delete(lender, KEY));
    expectOriginal(await borrower.post(`${path}/cancel`, undefined, KEY));
  });

  it('does not replay to a former borrower', async () => {
    const { userId } = await testApp.as('next@example.com');
    await add();
    await rewriteLoan(testApp, path.replace('/loans/', ''), { borrowerId: userId });
    for (const count of [2, 3])
      expect(requireProblem(await add(KEY, count))).toEqual({ status: 403, error: 'FORBIDDEN', problems: [] });
  });

  it('does not replay to a stranger', async () => {
    await add();
    const stranger = await testApp.as('stranger@example.com');
    const response = await stranger.post(`${path}/lenders`, { lenders: lenders(2, 100) }, KEY);
    expect(requireProblem(response)).toEqual({ status: 403, error: 'FORBIDDEN', problems: [] });
  });
});

describe('a rejected request', () => {
  it('does not use up the key if malformed, against the rules, or over the hourly limit', async () => {
    await add({}, 1);
    const retry = (body: object) => borrower.post(`${path}/lenders`, body, KEY);
    expect((await retry({ lenders: [] })).status).toBe(400);
    expect((await retry({ lenders: lenders(1, 100) })).status).toBe(400);
    expect((await retry({ lenders: lenders(1, 1e9, 'b') })).status).toBe(400);
    for (let added = 1; added < 200; added += 19) await borrower.post(`${path}/lenders`, { lenders: lenders(19, 1, `p${added}-`) });
    expect((await retry({ lenders: lenders(20, 1, 'b') })).status).toBe(429);
    testApp.advance(3_600_000);
    const fixed = await retry({ lenders: lenders(3, 1, 'b') });
    expectOriginal(fixed);
    expectReplay(await retry({ lenders: lenders(3, 1, 'b') }), fixed);
  });

  it('does not use up the key if the lender is unknown', async () => {
    const key = { 'Idempotency-Key': 'unknown' };
    const unknown = `${path}/lenders/${'A'.repeat(22)}`;
    expect((await borrower.delete(unknown, key)).status).toBe(404);
    const { body } = await add();
    expectOriginal(await borrower.delete(`${path}/lenders/${body.lenders[0].lender_id}`, key));
  });
});

describe('a malformed key', () => {
  it.each([
    ['empty', { 'Idempotency-Key': '' }, 'Idempotency-Key'],
    ['empty quotes', { 'Idempotency-Key': '""' }, 'Idempotency-Key'],
    ['256 characters', { 'Idempotency-Key': 'k'.repeat(256) }, 'Idempotency-Key'],
    ['256 characters in quotes', { 'X-Idempotency-Key': `"${'k'.repeat(256)}"` }, 'X-Idempotency-Key'],
    ['with a control character', { 'Idempotency-Key': 'a\u0001b' }, 'Idempotency-Key'],
    ['not ASCII', { 'Idempotency-Key': 'k\u00e9y' }, 'Idempotency-Key'],
    ['sent twice', { 'Idempotency-Key': 'a, b' }, 'Idempotency-Key'],
    ['sent twice alike', { 'Idempotency-Key': '"a", "a"' }, 'Idempotency-Key'],
    ['sent in two headers, differing', { 'Idempotency-Key': 'a', 'X-Idempotency-Key': 'b' }, 'Idempotency-Key'],
  ])('rejects a malformed key: %s', async (_, headers: Record<string, string>, name) => {
    expect(requireProblem(await add(headers))).toEqual({ status: 400, error: 'VALIDATION_ERROR', problems: [`${name} INVALID`] });
    expect((await borrower.get(path)).body.loan.lender_count).toBe(0);
  });

  it('rejects a malformed key on every command', async () => {
    const { body } = await add();
    const bad = { 'Idempotency-Key': 'a b' };
    const lender = `${path}/lenders/${body.lenders[0].lender_id}`;
    expect((await borrower.post('/loans', LOAN, bad)).status).toBe(400);
    expect((await borrower.patch(lender, { contribution_amount: 1 }, bad)).status).toBe(400);
    expect((await borrower.delete(lender, bad)).status).toBe(400);
    expect((await borrower.post(`${path}/cancel`, undefined, bad)).status).toBe(400);
  });

  it('accepts a key of 255 characters', async () => {
    const first = await add({ 'Idempotency-Key': 'k'.repeat(255) });
    expectOriginal(first);
    expectReplay(await add({ 'Idempotency-Key': `"${'k'.repeat(255)}"` }), first);
  });
});

describe('a body without a canonical JSON form', () => {
  it.each(['"\\ud800"', '"\\udc00\\ud800"', '{"\\ud800":[1]}', '1e999', '[-1e999]'])(
    'rejects a body without a canonical JSON form, with and without a key: %s in an unknown member',
    async (unknown) => {
      const raw = `{"lenders":${JSON.stringify(lenders(2, 100))},"note":${unknown}}`;
      for (const headers of [KEY, {}]) {
        const response = await borrower.send('POST', `${path}/lenders`, {
          raw,
          headers: { 'Content-Type': 'application/json', ...headers },
        });
        expect(requireProblem(response)).toEqual({ status: 400, error: 'VALIDATION_ERROR', problems: [' INVALID'] });
      }
      expectOriginal(await add());
    },
  );
});
