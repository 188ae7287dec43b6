import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS } from '../../src/testing/app/domain-fixtures.ts';
import { requireProblem } from '../../src/testing/app/problem-assertions.ts';
import { rewriteLoan } from '../../src/testing/app/store-edits.ts';
import { type Answer, LOAN, lenders, openTestApp, type Person, type TestApp } from '../../src/testing/app/test-app.ts';

const KEY = { 'Idempotency-Key': 'k-1' };
const METRICS_TOKEN = 'only-for-operators';

let testApp: TestApp;
let borrower: Person;
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

function expectReplay(again: Answer, first: Answer): void {
  expect([again.status, again.text]).toEqual([first.status, first.text]);
  expect(again.headers.get('Location')).toBe(first.headers.get('Location'));
  expect(again.headers.get('Content-Type')).toBe(first.headers.get('Content-Type'));
  expect(again.headers.get('Idempotency-Replayed')).toBe('true');
  expect(again.headers.get('Idempotency-Original-Request-Id')).toBe(first.headers.get('X-Request-Id'));
  expect(again.headers.get('X-Request-Id')).not.toBe(first.headers.get('X-Request-Id'));
}

function expectFirst(answer: Answer, status = 200): void {
  expect(answer.status).toBe(status);
  expect(answer.headers.get('Idempotency-Replayed')).toBeNull();
  expect(answer.headers.get('Idempotency-Original-Request-Id')).toBeNull();
}

describe('a repeat under the same key', () => {
  const calls: Readonly<Record<string, (lenderId: string) => Promise<Answer>>> = {
    'posting a loan': () => borrower.post('/loans', { ...LOAN, lenders: lenders(2, 100) }, KEY),
    'adding lenders': () => add(KEY, 3),
    'changing a lender': (id) => borrower.patch(`${path}/lenders/${id}`, { contribution_amount: 7 }, KEY),
    'revoking a lender': (id) => borrower.delete(`${path}/lenders/${id}`, KEY),
    'cancelling the loan': () => borrower.post(`${path}/cancel`, undefined, KEY),
  };

  it.each(Object.entries(calls))('of %s gets the first answer, and does nothing', async (_what, call) => {
    const { body } = await borrower.post(`${path}/lenders`, { lenders: lenders(1, 1, 'old') });
    const first = await call(body.lenders[0].lender_id);
    expectFirst(first, first.headers.get('Location') === null ? 200 : 201);
    const before = await borrower.get('/loans');
    testApp.advance(60_000);
    expectReplay(await call(body.lenders[0].lender_id), first);
    expectReplay(await call(body.lenders[0].lender_id), first);
    expect((await borrower.get('/loans')).body).toEqual(before.body);
  });

  it('gets it however the key is written, and in whichever header', async () => {
    const first = await add({ 'Idempotency-Key': 'k' });
    for (const headers of [
      { 'Idempotency-Key': '"k"' },
      { 'X-Idempotency-Key': 'k' },
      { 'X-Idempotency-Key': '"k"' },
      { 'Idempotency-Key': 'k', 'X-Idempotency-Key': '"k"' },
    ])
      expectReplay(await add(headers), first);
  });

  it('gets it however its JSON is written', async () => {
    const first = await add();
    const json = ` { "lenders" : [ ${['0', '1'].map((n) => `{"contribution_amount":1e2,\n"email":"ann${n}\\u0040example.com"}`).join(' , ')} ] }`;
    const headers = { ...KEY, 'Content-Type': 'Application/JSON; charset=utf-8' };
    expectReplay(await borrower.send('POST', `${path}/lenders`, { raw: json, headers }), first);
  });

  it('gets it all the same once the loan is cancelled, an invitation changed, or the hour’s invitations used up', async () => {
    const first = await add();
    const [lender] = first.body.lenders;
    await borrower.patch(`${path}/lenders/${lender.lender_id}`, { contribution_amount: 50 });
    expectReplay(await add(), first);
    for (let sent = 2; sent < 200; sent += 18) await borrower.post(`${path}/lenders`, { lenders: lenders(18, 1, `p${sent}-`) });
    expect((await borrower.post(`${path}/lenders`, { lenders: lenders(1, 1, 'late') })).status).toBe(429);
    expectReplay(await add(), first);
    await borrower.post(`${path}/cancel`);
    expectReplay(await add(), first);
  });
});

describe('a repeat', () => {
  it('tells of the original, also a repeat of a repeat', async () => {
    const first = await add({ ...KEY, 'X-Request-Id': 'original' });
    await add({ ...KEY, 'X-Request-Id': 'second' });
    const third = await add({ ...KEY, 'X-Request-Id': 'third' });
    expectReplay(third, first);
    expect(third.headers.get('Idempotency-Original-Request-Id')).toBe('original');
    expect(third.headers.get('X-Request-Id')).toBe('third');
  });

  it('adds nobody to the count of lenders added', async () => {
    const added = async () => {
      const { text } = await testApp.send('GET', '/metrics', { headers: { Authorization: `Bearer ${METRICS_TOKEN}` } });
      return /^lenders_added_total\{endpoint="AddLenders"\} (\d+)/m.exec(text)?.[1];
    };
    await add();
    expect(await added()).toBe('2');
    await add();
    expect(await added()).toBe('2');
  });

  it('has one effect and one answer where all come at once', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => add()));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers.filter(({ headers }) => !headers.has('Idempotency-Replayed'))).toHaveLength(1);
    expect((await borrower.get(path)).body.loan).toMatchObject({ version: 2, lender_count: 2, total_invited: 200 });
  });

  it('is a request of its own without the key', async () => {
    await add();
    expect(requireProblem(await add({}))).toMatchObject({
      status: 400,
      problems: ['lenders[0].email DUPLICATE_LENDER', 'lenders[1].email DUPLICATE_LENDER'],
    });
  });
});

describe('the life of a key', () => {
  it('ends after IDEMPOTENCY_HOURS, and an address is still not invited twice', async () => {
    const first = await add();
    testApp.advance(DAY_MS - 1);
    expectReplay(await add(), first);
    testApp.advance(1);
    expect(requireProblem(await add())).toMatchObject({ status: 400, error: 'VALIDATION_ERROR' });
  });

  it('begins anew with the request after its end', async () => {
    const post = (amount: number) => borrower.post('/loans', { ...LOAN, amount }, KEY);
    const first = await post(1000);
    testApp.advance(DAY_MS);
    const second = await post(2000);
    expectFirst(second, 201);
    expect(second.body.loan.loan_id).not.toBe(first.body.loan.loan_id);
    testApp.advance(DAY_MS - 1);
    expectReplay(await post(2000), second);
    expect(requireProblem(await post(1000))).toEqual(REUSED);
  });

  it('is counted from the first request, not from its repeats', async () => {
    await borrower.post('/loans', LOAN, KEY);
    testApp.advance(DAY_MS - 1);
    await borrower.post('/loans', LOAN, KEY);
    testApp.advance(1);
    expectFirst(await borrower.post('/loans', LOAN, KEY), 201);
  });
});

describe('a key that is used for another request', () => {
  it.each([
    ['another amount', { lenders: lenders(2, 101) }],
    ['the same amount as text', { lenders: lenders(2, '100') }],
    ['another address', { lenders: lenders(2, 100, 'ben') }],
    ['another order', { lenders: lenders(2, 100).toReversed() }],
    ['a lender less', { lenders: lenders(1, 100) }],
    ['a member that nobody knows', { lenders: lenders(2, 100), note: '' }],
  ])('is refused: %s', async (_what, body) => {
    const first = await add();
    const other = await borrower.post(`${path}/lenders`, body, KEY);
    expect(requireProblem(other)).toEqual(REUSED);
    expect(other.text).not.toContain('ann');
    expect(other.text).not.toContain(first.body.lenders[0].lender_id);
    expectReplay(await add(), first);
  });

  it('is refused: another query string, another media type', async () => {
    const first = await add();
    const body = { lenders: lenders(2, 100) };
    expect(requireProblem(await borrower.post(`${path}/lenders?note=1`, body, KEY))).toEqual(REUSED);
    const type = { 'Content-Type': 'application/vnd.lending+json' };
    expect(requireProblem(await borrower.post(`${path}/lenders`, body, { ...KEY, ...type }))).toEqual(REUSED);
    expectReplay(await add(), first);
  });

  it('is refused: another lender of the same loan', async () => {
    const { body } = await add({});
    const [ana, ben] = body.lenders;
    const first = await borrower.delete(`${path}/lenders/${ana.lender_id}`, KEY);
    expect(requireProblem(await borrower.delete(`${path}/lenders/${ben.lender_id}`, KEY))).toEqual(REUSED);
    expect((await borrower.get(`${path}/lenders?status=pending`)).body.lenders).toMatchObject([{ email: ben.email }]);
    expectReplay(await borrower.delete(`${path}/lenders/${ana.lender_id}`, KEY), first);
  });

  it('is refused: another lender to be changed', async () => {
    const { body } = await add({});
    const [ana, ben] = body.lenders;
    const change = (id: string) => borrower.patch(`${path}/lenders/${id}`, { contribution_amount: 5 }, KEY);
    expectFirst(await change(ana.lender_id));
    expect(requireProblem(await change(ben.lender_id))).toEqual(REUSED);
  });
});

describe('the scope of a key', () => {
  it('is the loan: on another one the same request is another', async () => {
    const other = `/loans/${await borrower.postsLoan()}`;
    await add();
    const there = await borrower.post(`${other}/lenders`, { lenders: lenders(2, 100) }, KEY);
    expectFirst(there);
    expect(there.body.loan_id).toBe(other.replace('/loans/', ''));
  });

  it('is the user: nobody gets another’s answer', async () => {
    const other = await testApp.as('other@example.com');
    const [first, second] = [await borrower.post('/loans', LOAN, KEY), await other.post('/loans', LOAN, KEY)];
    expectFirst(second, 201);
    expect(second.body.loan.loan_id).not.toBe(first.body.loan.loan_id);
    expectReplay(await other.post('/loans', LOAN, KEY), second);
  });

  it('is the use case', async () => {
    const { body } = await add();
    const lender = `${path}/lenders/${body.lenders[0].lender_id}`;
    expectFirst(await borrower.patch(lender, { contribution_amount: 5 }, KEY));
    expectFirst(await borrower.delete(lender, KEY));
    expectFirst(await borrower.post(`${path}/cancel`, undefined, KEY));
  });

  it('does not serve whoever may no longer ask', async () => {
    const { userId } = await testApp.as('heir@example.com');
    await add();
    await rewriteLoan(testApp, path.replace('/loans/', ''), { borrowerId: userId });
    for (const count of [2, 3])
      expect(requireProblem(await add(KEY, count))).toEqual({ status: 403, error: 'FORBIDDEN', problems: [] });
  });

  it('keeps strangers out, whatever the key', async () => {
    await add();
    const stranger = await testApp.as('stranger@example.com');
    const answer = await stranger.post(`${path}/lenders`, { lenders: lenders(2, 100) }, KEY);
    expect(requireProblem(answer)).toEqual({ status: 403, error: 'FORBIDDEN', problems: [] });
  });
});

describe('a request that is refused', () => {
  it('does not use its key up: a malformed one, one against the rules, one over the hour’s limit', async () => {
    await add({}, 1);
    const mend = (body: object) => borrower.post(`${path}/lenders`, body, KEY);
    expect((await mend({ lenders: [] })).status).toBe(400);
    expect((await mend({ lenders: lenders(1, 100) })).status).toBe(400);
    expect((await mend({ lenders: lenders(1, 1e9, 'b') })).status).toBe(400);
    for (let sent = 1; sent < 200; sent += 19) await borrower.post(`${path}/lenders`, { lenders: lenders(19, 1, `p${sent}-`) });
    expect((await mend({ lenders: lenders(20, 1, 'b') })).status).toBe(429);
    testApp.advance(3_600_000);
    const mended = await mend({ lenders: lenders(3, 1, 'b') });
    expectFirst(mended);
    expectReplay(await mend({ lenders: lenders(3, 1, 'b') }), mended);
  });

  it('does not use its key up: one on a lender who is not there', async () => {
    const key = { 'Idempotency-Key': 'there' };
    const gone = `${path}/lenders/${'A'.repeat(22)}`;
    expect((await borrower.delete(gone, key)).status).toBe(404);
    const { body } = await add();
    expectFirst(await borrower.delete(`${path}/lenders/${body.lenders[0].lender_id}`, key));
  });
});

describe('a key that is malformed', () => {
  it.each([
    ['empty', { 'Idempotency-Key': '' }, 'Idempotency-Key'],
    ['nothing in quotes', { 'Idempotency-Key': '""' }, 'Idempotency-Key'],
    ['256 characters', { 'Idempotency-Key': 'k'.repeat(256) }, 'Idempotency-Key'],
    ['256 characters in quotes', { 'X-Idempotency-Key': `"${'k'.repeat(256)}"` }, 'X-Idempotency-Key'],
    ['a control character', { 'Idempotency-Key': 'a\u0001b' }, 'Idempotency-Key'],
    ['not ASCII', { 'Idempotency-Key': 'k\u00e9y' }, 'Idempotency-Key'],
    ['sent twice', { 'Idempotency-Key': 'a, b' }, 'Idempotency-Key'],
    ['sent twice alike', { 'Idempotency-Key': '"a", "a"' }, 'Idempotency-Key'],
    ['sent in two headers, differing', { 'Idempotency-Key': 'a', 'X-Idempotency-Key': 'b' }, 'Idempotency-Key'],
  ])('is refused: %s', async (_what, headers: Record<string, string>, name) => {
    expect(requireProblem(await add(headers))).toEqual({ status: 400, error: 'VALIDATION_ERROR', problems: [`${name} INVALID`] });
    expect((await borrower.get(path)).body.loan.lender_count).toBe(0);
  });

  it('is refused on every call that changes something', async () => {
    const { body } = await add();
    const bad = { 'Idempotency-Key': 'a b' };
    const lender = `${path}/lenders/${body.lenders[0].lender_id}`;
    expect((await borrower.post('/loans', LOAN, bad)).status).toBe(400);
    expect((await borrower.patch(lender, { contribution_amount: 1 }, bad)).status).toBe(400);
    expect((await borrower.delete(lender, bad)).status).toBe(400);
    expect((await borrower.post(`${path}/cancel`, undefined, bad)).status).toBe(400);
  });

  it('may have 255 characters', async () => {
    const first = await add({ 'Idempotency-Key': 'k'.repeat(255) });
    expectFirst(first);
    expectReplay(await add({ 'Idempotency-Key': `"${'k'.repeat(255)}"` }), first);
  });
});

describe('a body that canonical JSON can’t write down', () => {
  it.each(['"\\ud800"', '"\\udc00\\ud800"', '{"\\ud800":[1]}', '1e999', '[-1e999]'])(
    'is refused, with a key as without: %s in a member that nobody knows',
    async (unknown) => {
      const raw = `{"lenders":${JSON.stringify(lenders(2, 100))},"note":${unknown}}`;
      for (const headers of [KEY, {}]) {
        const answer = await borrower.send('POST', `${path}/lenders`, {
          raw,
          headers: { 'Content-Type': 'application/json', ...headers },
        });
        expect(requireProblem(answer)).toEqual({ status: 400, error: 'VALIDATION_ERROR', problems: [' INVALID'] });
      }
      expectFirst(await add());
    },
  );
});
