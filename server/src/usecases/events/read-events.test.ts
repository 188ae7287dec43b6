import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS } from '../../testing/app/domain-fixtures.ts';
import { firstCursor, readPages } from '../../testing/app/read-pages.ts';
import { lenders, openTestApp, type Person, type TestApp } from '../../testing/app/test-app.ts';

interface Event {
  readonly event_id: string;
  readonly type: string;
  readonly request_id?: string;
  readonly data: { readonly loan: { readonly version: number }; readonly lender?: { readonly email: string } };
}

let testApp: TestApp;
let borrower: Person;
let loan: string;
let path: string;

/** A loan with a history: ann and ben, another amount, a revocation, an end by the clock, a new round, a cancellation. */
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

const told = ({ type, data }: Event) => (data.lender ? `${type} ${data.lender.email.split('@')[0]}` : type);

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

describe('reading a loan’s events', () => {
  it('tells all that happened, from the start and in order', async () => {
    const { body } = await borrower.get(path);
    expect(body.events.map(told)).toEqual(HISTORY);
    expect(body.next_cursor).toBeNull();
    expect(new Set(body.events.map(({ event_id }: Event) => event_id)).size).toBe(HISTORY.length);
  });

  it('leaves out no version of the loan', async () => {
    const { body } = await borrower.get(path);
    expect([...new Set(body.events.map(({ data }: Event) => data.loan.version))]).toEqual([1, 2, 3, 4, 5]);
    expect((await borrower.get(`/loans/${loan}`)).body.loan.version).toBe(5);
  });

  it('tells an event whole', async () => {
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
    expect(body.events[0].data.terms).toEqual({
      ...{ amount: 20_000, currency: 'USD', interest_rate: 4.5, term_months: 36, purpose: null },
    });
  });

  it('tells an end by the clock as nobody’s doing, whoever’s request wrote it down', async () => {
    const { body } = await borrower.get(path);
    const [expired, invited] = body.events.slice(5);
    expect([expired.type, expired.actor, invited.actor]).toEqual(['lender.expired', 'system', 'borrower']);
    expect([expired.request_id, invited.request_id]).toEqual([undefined, expect.any(String)]);
  });

  it('tells it as it was then, whatever has become of it', async () => {
    const { body } = await borrower.get(path);
    expect(body.events.map(({ data }: { data: { lender?: { status: string } } }) => data.lender?.status ?? null)).toEqual([
      ...[null, 'pending', 'pending', 'pending', 'revoked', 'expired', 'pending', 'pending', null],
    ]);
  });

  it('tells the same under the same ids however it is read', async () => {
    const { body } = await borrower.get(path);
    for (const limit of [1, 2, 3, 4, 8, 9, 10]) {
      const pages = await readPages(borrower, `${path}?limit=${limit}`, 'events', 'after');
      expect(pages.flat()).toEqual(body.events);
      expect(pages).toHaveLength(Math.ceil(HISTORY.length / limit));
    }
  });

  it('goes on with what has happened since', async () => {
    const id = await borrower.postsLoan();
    const events = `/loans/${id}/events`;
    await borrower.post(`/loans/${id}/lenders`, { lenders: lenders(2, 1) });
    const after = await firstCursor(borrower, `${events}?limit=2`);
    await borrower.post(`/loans/${id}/lenders`, { lenders: lenders(2, 1, 'late') });
    const { body } = await borrower.get(`${events}?after=${after}`);
    expect(body.events.map(told)).toEqual(['lender.invited ann1', 'lender.invited late0', 'lender.invited late1']);
  });
});

describe('reading a loan’s events as a lender', () => {
  const OWN = [
    ...[
      'loan.created',
      'lender.invited ann0',
      'lender.changed ann0',
      'lender.expired ann0',
      'lender.invited ann0',
      'loan.cancelled',
    ],
  ];

  it('tells one’s own and the loan’s', async () => {
    const ann = await testApp.as('ann0@example.com');
    expect((await ann.get(path)).body.events.map(told)).toEqual(OWN);
  });

  it.each([1, 2, 3, 5, 6])('comes in pages of %i', async (limit) => {
    const ann = await testApp.as('ann0@example.com');
    const pages = await readPages(ann, `${path}?limit=${limit}`, 'events', 'after');
    expect(pages.flat().map(told)).toEqual(OWN);
    expect(pages).toHaveLength(Math.ceil(OWN.length / limit));
  });

  it('tells nobody’s name, address or amount', async () => {
    const ann = await testApp.as('ann0@example.com');
    const { text } = await ann.get(path);
    expect(text).not.toMatch(/ben0|Benny|borrower@|"Bo"/);
    const amounts = [...text.matchAll(/"contribution_amount":([\d.]+)/g)].map(([, amount]) => amount);
    expect(amounts).toEqual(['100', '150', '150', '300']);
  });

  it('tells neither request nor user of what others did', async () => {
    const ann = await testApp.as('ann0@example.com');
    const { text } = await ann.get(path);
    expect(text).not.toMatch(/request_id|changing/);
    expect(text).not.toContain(borrower.userId);
    const { text: own } = await borrower.get(path);
    expect(own).not.toContain(borrower.userId);
    expect(own.match(/"request_id"/g)).toHaveLength(HISTORY.length - 1);
  });

  it('finds the own entries among very many of others', async () => {
    const crowded = await borrower.postsLoan({ lenders: lenders(1, 1) });
    for (const prefix of ['a', 'b', 'c', 'd', 'e'])
      await borrower.post(`/loans/${crowded}/lenders`, { lenders: lenders(20, 1, prefix) });
    await borrower.post(`/loans/${crowded}/lenders`, { lenders: lenders(1, 1, 'late') });
    const late = await testApp.as('late0@example.com');
    const pages = await readPages(late, `/loans/${crowded}/events?limit=1`, 'events', 'after');
    expect(pages.map((page) => page.map(told))).toEqual([['loan.created'], ['lender.invited late0']]);
  });
});
