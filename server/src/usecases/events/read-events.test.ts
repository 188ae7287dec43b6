import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS } from '../../testing/app/domain-fixtures.ts';
import { firstCursor, readPages } from '../../testing/app/read-pages.ts';
import { lenders, openTestApp, type TestApp } from '../../testing/app/test-app.ts';
import type { TestUser } from '../../testing/app/test-user.ts';

interface Event {
  readonly event_id: string;
  readonly type: string;
  readonly request_id?: string;
  readonly data: { readonly loan: { readonly version: number }; readonly lender?: { readonly email: string } };
}

let testApp: TestApp;
let borrower: TestUser;
let loan: string;
let path: string;

/** A loan with two invitations, a changed amount, a revocation, an expiry, a new round, and a cancellation. */
beforeEach(async () => {
  testApp = await openTestApp();
  borrower = await testApp.as('borrower@example.com', { name: 'Bo' });
  loan = await borrower.postsLoan({ lenders: [...lenders(1, 100), { ...lenders(1, 222, 'ben')[0], name: 'Benny' }] });
  path = `/loans/${loan}/events`;
  const rows = (await borrower.get(`/loans/${loan}/lenders`)).body.lenders;
  const idOf = (name: string) => rows.find(({ email }: { email: string }) => email.startsWith(name)).lender_id;
  testApp.advance(60_000);
  await borrower.patch(`/loans/${loan}/lenders/${idOf('ann')}`, { contribution_amount: 150 }, { 'X-Request-Id': 'changing' });
  await borrower.delete(`/loans/${loan}/lenders/${idOf('ben')}`);
  testApp.advance(31 * DAY_MS);
  await borrower.post(`/loans/${loan}/lenders`, { lenders: [...lenders(1, 300), ...lenders(1, 444, 'ben')] });
  await borrower.post(`/loans/${loan}/cancel`);
});

afterEach(() => testApp.close());

const summaryOf = ({ type, data }: Event) => (data.lender ? `${type} ${data.lender.email.split('@')[0]}` : type);

const HISTORY = [
  'loan.created',
  'lender.invited ann0',
  'lender.invited ben0',
  'lender.changed ann0',
  'lender.revoked ben0',
  'lender.expired ann0',
  'lender.invited ann0',
  'lender.invited ben0',
  'loan.cancelled',
];

describe('GET /loans/{loan_id}/events', () => {
  it('returns all events from the start and in order', async () => {
    const { body } = await borrower.get(path);
    expect(body.events.map(summaryOf)).toEqual(HISTORY);
    expect(body.next_cursor).toEqual(expect.any(String));
    expect(new Set(body.events.map(({ event_id }: Event) => event_id)).size).toBe(HISTORY.length);
  });

  it('has events of every version of the loan', async () => {
    const { body } = await borrower.get(path);
    expect([...new Set(body.events.map(({ data }: Event) => data.loan.version))]).toEqual([1, 2, 3, 4, 5]);
    expect((await borrower.get(`/loans/${loan}`)).body.loan.version).toBe(5);
  });

  it('returns all members of an event', async () => {
    const { body } = await borrower.get(path);
    expect(body.events[3]).toEqual({
      event_id: expect.any(String),
      type: 'lender.changed',
      loan_id: loan,
      at: '2026-03-01T09:16:00.000Z',
      actor: 'borrower',
      request_id: 'changing',
      data: {
        loan: { total_invited: 372, total_accepted: 0, remaining: 19_628, lender_count: 2, status: 'open', version: 2 },
        lender: {
          lender_id: expect.any(String),
          email: 'ann0@example.com',
          contribution_amount: 150,
          status: 'pending',
          invited_at: '2026-03-01T09:15:00.000Z',
          expires_at: '2026-03-31T09:15:00.000Z',
        },
      },
    });
    const terms = { amount: 20_000, currency: 'USD', interest_rate: 4.5, term_months: 36, purpose: null };
    expect(body.events[0].data.terms).toEqual(terms);
  });

  it('has the system as the actor of an expiry, and no request id', async () => {
    const { body } = await borrower.get(path);
    const [expired, invited] = body.events.slice(5);
    expect([expired.type, expired.actor, invited.actor]).toEqual(['lender.expired', 'system', 'borrower']);
    expect([expired.request_id, invited.request_id]).toEqual([undefined, expect.any(String)]);
  });

  it('returns events as they were, whatever has happened since', async () => {
    const { body } = await borrower.get(path);
    const statuses = body.events.map(({ data }: { data: { lender?: { status: string } } }) => data.lender?.status ?? null);
    expect(statuses).toEqual([null, 'pending', 'pending', 'pending', 'revoked', 'expired', 'pending', 'pending', null]);
  });

  it('returns the same events with the same ids for every page size', async () => {
    const { body } = await borrower.get(path);
    for (const limit of [1, 2, 3, 4, 8, 9, 10]) {
      const pages = await readPages(borrower, `${path}?limit=${limit}`, 'events', 'after');
      expect(pages.flat()).toEqual(body.events);
      expect(pages).toHaveLength(Math.ceil(HISTORY.length / limit));
    }
  });

  it('continues after a cursor with new events', async () => {
    const id = await borrower.postsLoan();
    const events = `/loans/${id}/events`;
    await borrower.post(`/loans/${id}/lenders`, { lenders: lenders(2, 1) });
    const after = await firstCursor(borrower, `${events}?limit=2`);
    await borrower.post(`/loans/${id}/lenders`, { lenders: lenders(2, 1, 'late') });
    const { body } = await borrower.get(`${events}?after=${after}`);
    expect(body.events.map(summaryOf)).toEqual(['lender.invited ann1', 'lender.invited late0', 'lender.invited late1']);
  });

  it('returns an empty page and the same cursor at the end, from which later events follow', async () => {
    const id = await borrower.postsLoan();
    const after = (await borrower.get(`/loans/${id}/events`)).body.next_cursor;
    const empty = { success: true, events: [], next_cursor: after };
    expect((await borrower.get(`/loans/${id}/events?after=${after}`)).body).toEqual(empty);
    await borrower.post(`/loans/${id}/lenders`, { lenders: lenders(1, 1) });
    const { body } = await borrower.get(`/loans/${id}/events?after=${after}`);
    expect(body.events.map(summaryOf)).toEqual(['lender.invited ann0']);
    expect((await borrower.get(`/loans/${id}/events?after=${body.next_cursor}`)).body.events).toEqual([]);
  });
});

describe('GET /loans/{loan_id}/events as a lender', () => {
  const OWN = [
    'loan.created',
    'lender.invited ann0',
    'lender.changed ann0',
    'lender.expired ann0',
    'lender.invited ann0',
    'loan.cancelled',
  ];

  it('returns the lender’s own events and the loan’s', async () => {
    const ann = await testApp.as('ann0@example.com');
    expect((await ann.get(path)).body.events.map(summaryOf)).toEqual(OWN);
  });

  it('returns a cursor past others’ events at the end, and the same one again', async () => {
    const id = await borrower.postsLoan({ lenders: lenders(1, 1) });
    const ann = await testApp.as('ann0@example.com');
    const read = async (after: string) => (await ann.get(`/loans/${id}/events?after=${after}`)).body;
    const start = (await ann.get(`/loans/${id}/events`)).body.next_cursor;
    await borrower.post(`/loans/${id}/lenders`, { lenders: lenders(2, 1, 'ben') });
    const end = await read(start);
    expect(end).toEqual({ success: true, events: [], next_cursor: expect.any(String) });
    expect(end.next_cursor).not.toBe(start);
    expect(await read(end.next_cursor)).toEqual(end);
    await borrower.post(`/loans/${id}/cancel`);
    expect((await read(end.next_cursor)).events.map(summaryOf)).toEqual(['loan.cancelled']);
  });

  it.each([1, 2, 3, 5, 6])('returns the same events in pages of %i', async (limit) => {
    const ann = await testApp.as('ann0@example.com');
    const pages = await readPages(ann, `${path}?limit=${limit}`, 'events', 'after');
    expect(pages.flat().map(summaryOf)).toEqual(OWN);
    expect(pages).toHaveLength(Math.ceil(OWN.length / limit));
  });

  it('does not expose others’ names, addresses or amounts', async () => {
    const ann = await testApp.as('ann0@example.com');
    const { text } = await ann.get(path);
    expect(text).not.toMatch(/ben0|Benny|borrower@|"Bo"/);
    const amounts = [...text.matchAll(/"contribution_amount":([\d.]+)/g)].map(([, amount]) => amount);
    expect(amounts).toEqual(['100', '150', '150', '300']);
  });

  it('does not expose the request ids and user ids of others', async () => {
    const ann = await testApp.as('ann0@example.com');
    const { text } = await ann.get(path);
    expect(text).not.toMatch(/request_id|changing/);
    expect(text).not.toContain(borrower.userId);
    const { text: own } = await borrower.get(path);
    expect(own).not.toContain(borrower.userId);
    expect(own.match(/"request_id"/g)).toHaveLength(HISTORY.length - 1);
  });

  it('finds a lender’s events among very many of others', async () => {
    const crowded = await borrower.postsLoan({ lenders: lenders(1, 1) });
    for (const prefix of ['a', 'b', 'c', 'd', 'e'])
      await borrower.post(`/loans/${crowded}/lenders`, { lenders: lenders(20, 1, prefix) });
    await borrower.post(`/loans/${crowded}/lenders`, { lenders: lenders(1, 1, 'late') });
    const late = await testApp.as('late0@example.com');
    const pages = await readPages(late, `/loans/${crowded}/events?limit=1`, 'events', 'after');
    expect(pages.map((page) => page.map(summaryOf))).toEqual([['loan.created'], ['lender.invited late0']]);
  });
});
