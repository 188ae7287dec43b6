import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS } from '../../testing/app/domain-fixtures.ts';
import { requireProblem } from '../../testing/app/problem-assertions.ts';
import { lenders, openTestApp, type TestApp } from '../../testing/app/test-app.ts';
import type { TestUser } from '../../testing/app/test-user.ts';

let testApp: TestApp;
let borrower: TestUser;
let ann: TestUser;
let ben: TestUser;
let loan: string;

beforeEach(async () => {
  testApp = await openTestApp();
  borrower = await testApp.as('borrower@example.com', { name: 'Bo' });
  [ann, ben] = [await testApp.as('ann0@example.com'), await testApp.as('ben0@example.com')];
  loan = await borrower.postsLoan({ amount: 6000, lenders: [...lenders(1, 5000), ...lenders(1, 1000, 'ben')] });
});

afterEach(() => testApp.close());

const accept = (user: TestUser, headers = {}) => user.post(`/invitations/${loan}/accept`, undefined, headers);
const eventsFor = async (user: TestUser) => (await user.get(`/loans/${loan}/events`)).body.events;
type Event = { readonly type: string; readonly actor: string; readonly data: { readonly loan: { readonly version: number } } };
const CONFLICT = { status: 409, error: 'CONFLICT', problems: [] };

describe('acceptInvitation', () => {
  it('responds with the accepted invitation and the loan', async () => {
    const { status, body } = await accept(ann);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      success: true,
      invitation: {
        loan_id: loan,
        email: 'ann0@example.com',
        contribution_amount: 5000,
        status: 'accepted',
        loan: { amount: 6000, status: 'open' },
        borrower: { email: 'borrower@example.com', name: 'Bo' },
      },
      loan: { total_invited: 6000, total_accepted: 5000, remaining: 0, lender_count: 2, status: 'open', version: 2 },
    });
    expect((await borrower.get(`/loans/${loan}`)).body.loan).toEqual(body.loan);
    expect((await ann.get('/invitations')).body.invitations).toEqual([body.invitation]);
    expect((await ann.get(`/loans/${loan}/lenders`)).body.lenders).toMatchObject([{ status: 'accepted' }]);
  });

  it('funds the loan when it completes the amount, with two events in one change', async () => {
    await accept(ann);
    const { body } = await accept(ben);
    expect(body).toMatchObject({ invitation: { loan: { status: 'funded' } }, loan: { status: 'funded', version: 3 } });
    const events = await eventsFor(borrower);
    expect(events.slice(3).map(({ type, actor, data }: Event) => `${type} ${actor} ${data.loan.version}`)).toEqual([
      'lender.accepted lender 2',
      'lender.accepted lender 3',
      'loan.funded lender 3',
    ]);
  });

  it('accepts only the amount that the lender has seen, if the request names it', async () => {
    const [{ lender_id }] = (await ann.get(`/loans/${loan}/lenders`)).body.lenders;
    await borrower.patch(`/loans/${loan}/lenders/${lender_id}`, { contribution_amount: 4999.5 });
    const acceptSeen = (contribution_amount: unknown) => ann.post(`/invitations/${loan}/accept`, { contribution_amount });
    const changed = await acceptSeen(5000);
    expect(requireProblem(changed)).toEqual({ ...CONFLICT, problems: ['contribution_amount INVALID'] });
    expect(changed.body.message).toBe('The amount of this invitation is now 4999.50 USD. Read it again before you accept.');
    expect((await ann.get('/invitations')).body.invitations).toMatchObject([{ status: 'pending' }]);
    expect((await acceptSeen('4999.50')).body.invitation).toMatchObject({ status: 'accepted', contribution_amount: 4999.5 });
    expect((await acceptSeen('lots')).status).toBe(400);
  });

  it('returns the same response to a repeat and writes nothing, even for a funded loan', async () => {
    const first = await accept(ann);
    testApp.advance(31 * DAY_MS);
    const again = await accept(ann);
    expect([again.status, again.text]).toEqual([first.status, first.text]);
    const pending = await borrower.postsLoan({ amount: 5, lenders: lenders(1, 5) });
    const path = `/invitations/${pending}/accept`;
    const funded = await ann.post(path);
    expect(await testApp.callsOf(async () => expect((await ann.post(path)).text).toBe(funded.text))).toEqual(['get']);
  });

  it('replays the response for a repeated key, even after a decline', async () => {
    const key = { 'Idempotency-Key': 'k' };
    const first = await accept(ann, key);
    await ann.post(`/invitations/${loan}/decline`);
    const again = await accept(ann, key);
    expect([again.text, again.headers.get('Idempotency-Replayed')]).toEqual([first.text, 'true']);
    expect((await borrower.get(`/loans/${loan}`)).body.loan.total_accepted).toBe(0);
    expect((await accept(ben, key)).headers.has('Idempotency-Replayed')).toBe(false);
  });

  it('does not reveal the lender or the amount to other lenders', async () => {
    await accept(ann, { 'X-Request-Id': 'accepting' });
    const text = JSON.stringify(await eventsFor(ben));
    expect(text).not.toMatch(/ann0|accepting|lender\.accepted/);
    expect((await eventsFor(ann)).at(-1)).toMatchObject({ type: 'lender.accepted', actor: 'lender', request_id: 'accepting' });
    expect((await eventsFor(borrower)).at(-1)).not.toHaveProperty('request_id');
  });
});

describe('acceptInvitation for an invitation that is not pending', () => {
  it('rejects a declined invitation', async () => {
    await ann.post(`/invitations/${loan}/decline`);
    const response = await accept(ann);
    expect(requireProblem(response)).toEqual(CONFLICT);
    expect(response.body.message).toBe('This invitation is declined. Only a pending one can be accepted.');
  });

  it('rejects an expired invitation', async () => {
    testApp.advance(30 * DAY_MS);
    expect(requireProblem(await accept(ann))).toEqual(CONFLICT);
    expect((await borrower.get(`/loans/${loan}`)).body.loan.version).toBe(1);
  });

  it('rejects a revoked invitation until the address is invited again', async () => {
    const rows: { email: string; lender_id: string }[] = (await borrower.get(`/loans/${loan}/lenders`)).body.lenders;
    const row = rows.find(({ email }) => email === ann.email);
    await borrower.delete(`/loans/${loan}/lenders/${row?.lender_id}`);
    expect(requireProblem(await accept(ann))).toEqual(CONFLICT);
    await borrower.post(`/loans/${loan}/lenders`, { lenders: lenders(1, 10) });
    expect((await accept(ann)).body.invitation).toMatchObject({ status: 'accepted', contribution_amount: 10 });
  });

  it.each(['cancel', 'close'] as const)('rejects an invitation to a loan that ended by %s', async (end) => {
    await accept(ben);
    await borrower.post(`/loans/${loan}/${end}`);
    expect(requireProblem(await accept(ann))).toEqual(CONFLICT);
    expect((await accept(ben)).status).toBe(end === 'close' ? 200 : 409);
  });
});
