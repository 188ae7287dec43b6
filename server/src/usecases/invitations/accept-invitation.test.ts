import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS } from '../../testing/app/domain-fixtures.ts';
import { requireProblem } from '../../testing/app/problem-assertions.ts';
import { lenders, openTestApp, type Person, type TestApp } from '../../testing/app/test-app.ts';

let testApp: TestApp;
let borrower: Person;
let ann: Person;
let ben: Person;
let loan: string;

beforeEach(async () => {
  testApp = await openTestApp();
  borrower = await testApp.as('borrower@example.com', { name: 'Bo' });
  [ann, ben] = [await testApp.as('ann0@example.com'), await testApp.as('ben0@example.com')];
  loan = await borrower.postsLoan({ amount: 6000, lenders: [...lenders(1, 5000), ...lenders(1, 1000, 'ben')] });
});

afterEach(() => testApp.close());

const accept = (who: Person, headers = {}) => who.post(`/invitations/${loan}/accept`, undefined, headers);
const eventsFor = async (who: Person) => (await who.get(`/loans/${loan}/events`)).body.events;
type Told = { readonly type: string; readonly actor: string; readonly data: { readonly loan: { readonly version: number } } };
const CONFLICT = { status: 409, error: 'CONFLICT', problems: [] };

describe('accepting an invitation', () => {
  it('answers with the invitation and the loan, as they then are for everybody', async () => {
    const { status, body } = await accept(ann);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      success: true,
      invitation: {
        ...{ loan_id: loan, email: 'ann0@example.com', contribution_amount: 5000, status: 'accepted' },
        ...{ loan: { amount: 6000, status: 'open' }, borrower: { email: 'borrower@example.com', name: 'Bo' } },
      },
      loan: { total_invited: 6000, total_accepted: 5000, remaining: 0, lender_count: 2, status: 'open', version: 2 },
    });
    expect((await borrower.get(`/loans/${loan}`)).body.loan).toEqual(body.loan);
    expect((await ann.get('/invitations')).body.invitations).toEqual([body.invitation]);
    expect((await ann.get(`/loans/${loan}/lenders`)).body.lenders).toMatchObject([{ status: 'accepted' }]);
  });

  it('funds the loan where it is the last that was missing: one change, two events', async () => {
    await accept(ann);
    const { body } = await accept(ben);
    expect(body).toMatchObject({ invitation: { loan: { status: 'funded' } }, loan: { status: 'funded', version: 3 } });
    const events = await eventsFor(borrower);
    expect(events.slice(3).map(({ type, actor, data }: Told) => `${type} ${actor} ${data.loan.version}`)).toEqual([
      ...['lender.accepted lender 2', 'lender.accepted lender 3', 'loan.funded lender 3'],
    ]);
  });

  it('answers the same again and writes nothing, also once the loan is funded', async () => {
    const first = await accept(ann);
    testApp.advance(31 * DAY_MS);
    const again = await accept(ann);
    expect([again.status, again.text]).toEqual([first.status, first.text]);
    const pending = await borrower.postsLoan({ amount: 5, lenders: lenders(1, 5) });
    const path = `/invitations/${pending}/accept`;
    const funded = await ann.post(path);
    expect(await testApp.callsOf(async () => expect((await ann.post(path)).text).toBe(funded.text))).toEqual(['get']);
  });

  it('is one effect under one key, and its answer outlives a change of mind', async () => {
    const key = { 'Idempotency-Key': 'k' };
    const first = await accept(ann, key);
    await ann.post(`/invitations/${loan}/decline`);
    const again = await accept(ann, key);
    expect([again.text, again.headers.get('Idempotency-Replayed')]).toEqual([first.text, 'true']);
    expect((await borrower.get(`/loans/${loan}`)).body.loan.total_accepted).toBe(0);
    expect((await accept(ben, key)).headers.has('Idempotency-Replayed')).toBe(false);
  });

  it('tells the other lenders neither who nor how much', async () => {
    await accept(ann, { 'X-Request-Id': 'accepting' });
    const text = JSON.stringify(await eventsFor(ben));
    expect(text).not.toMatch(/ann0|accepting|lender\.accepted/);
    expect((await eventsFor(ann)).at(-1)).toMatchObject({ type: 'lender.accepted', actor: 'lender', request_id: 'accepting' });
    expect((await eventsFor(borrower)).at(-1)).not.toHaveProperty('request_id');
  });
});

describe('an invitation that can’t be accepted', () => {
  it('is one that was declined', async () => {
    await ann.post(`/invitations/${loan}/decline`);
    const answer = await accept(ann);
    expect(requireProblem(answer)).toEqual(CONFLICT);
    expect(answer.body.message).toBe('This invitation is declined. Only a pending one can be accepted.');
  });

  it('is one that has expired', async () => {
    testApp.advance(30 * DAY_MS);
    expect(requireProblem(await accept(ann))).toEqual(CONFLICT);
    expect((await borrower.get(`/loans/${loan}`)).body.loan.version).toBe(1);
  });

  it('is one that was revoked, until its address is invited anew', async () => {
    const rows: { email: string; lender_id: string }[] = (await borrower.get(`/loans/${loan}/lenders`)).body.lenders;
    const row = rows.find(({ email }) => email === ann.email);
    await borrower.delete(`/loans/${loan}/lenders/${row?.lender_id}`);
    expect(requireProblem(await accept(ann))).toEqual(CONFLICT);
    await borrower.post(`/loans/${loan}/lenders`, { lenders: lenders(1, 10) });
    expect((await accept(ann)).body.invitation).toMatchObject({ status: 'accepted', contribution_amount: 10 });
  });

  it.each(['cancel', 'close'] as const)('is one in a loan that ended: %s', async (end) => {
    await accept(ben);
    await borrower.post(`/loans/${loan}/${end}`);
    expect(requireProblem(await accept(ann))).toEqual(CONFLICT);
    expect((await accept(ben)).status).toBe(end === 'close' ? 200 : 409);
  });
});
