import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emailOf } from '../../testing/app/domain-fixtures.ts';
import { requireProblem } from '../../testing/app/problem-assertions.ts';
import { openTestApp, type TestApp } from '../../testing/app/test-app.ts';
import type { TestUser } from '../../testing/app/test-user.ts';
import { engines } from '../../testing/dynamodb/engines.ts';
import { holdOf, storeHolds, storeOutdated } from '../../testing/risk/seed-holds.ts';

const OPERATORS = ['olga@example.com', 'omar@example.com'].map(emailOf);

describe.each(engines)('listHolds on $name', ({ open }) => {
  let testApp: TestApp;
  let operator: TestUser;
  let borrower: TestUser;
  let loan: string;

  beforeEach(async () => {
    testApp = await openTestApp({ store: await open(), config: { operators: new Set(OPERATORS) } });
    operator = await testApp.as('olga@example.com');
    borrower = await testApp.as('borrower@example.com', { name: 'Bea' });
    loan = await borrower.postsLoan({ purpose: 'A workshop' });
    const of = (at: number, changes = {}) => holdOf(loan, borrower.userId, at, changes);
    const decided = { decidedAt: 9000, decidedBy: operator.userId };
    await storeHolds(
      testApp,
      of(1000),
      of(2000, { isEnforced: false }),
      of(3000, { ...decided, decision: 'released' }),
      of(4000, { ...decided, decision: 'rejected', isEnforced: false }),
      of(5000),
    );
  });

  afterEach(() => testApp.close());

  const idsOf = (body: { holds: readonly { hold_id: string }[] }) => body.holds.map(({ hold_id }) => hold_id.slice(37));

  it('shows what an operator needs to decide, but no invited address', async () => {
    await borrower.post(`/loans/${loan}/lenders`, { lenders: [{ email: 'secret@example.com', contribution_amount: 1 }] });
    const { status, body, text } = await operator.get('/operator/holds?limit=1');
    expect(status).toBe(200);
    expect(body.holds).toEqual([
      {
        hold_id: `${loan}-5000`,
        loan_id: loan,
        status: 'held',
        is_enforced: true,
        invitations: 1,
        score: 0.97,
        reasons: [{ feature: 'batchSize', label: 'many invitations at once', contribution: 2.25 }],
        model_version: '2026-02-20',
        invited_at: '1970-01-01T00:00:05.000Z',
        decided_at: null,
        decided_by: null,
        borrower: { name: 'Bea', email: 'borrower@example.com' },
        loan: { amount: 20_000, currency: 'USD', purpose: 'A workshop' },
      },
    ]);
    expect(text).not.toContain('secret@');
  });

  it.each([
    ['', ['5000', '2000', '1000']],
    ['status=held', ['5000', '1000']],
    ['status=noted', ['2000']],
    ['status=released', ['3000']],
    ['status=rejected', ['4000']],
  ])('lists the newest first, with "%s"', async (filter, expected) => {
    expect(idsOf((await operator.get(`/operator/holds?${filter}`)).body)).toEqual(expected);
    const paged: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { body } = await operator.get(`/operator/holds?${filter}&limit=1${cursor && `&cursor=${cursor}`}`);
      paged.push(...idsOf(body));
      cursor = body.next_cursor;
    }
    expect(paged).toEqual(expected);
  });

  it('binds cursors to the operator and the status', async () => {
    const { body } = await operator.get('/operator/holds?limit=1');
    const omar = await testApp.as('omar@example.com');
    expect(requireProblem(await omar.get(`/operator/holds?cursor=${body.next_cursor}`)).status).toBe(400);
    expect(requireProblem(await operator.get(`/operator/holds?status=held&cursor=${body.next_cursor}`)).status).toBe(400);
    expect(requireProblem(await operator.get('/operator/holds?status=open')).status).toBe(400);
  });

  it('does not list a hold by an outdated index', async () => {
    const decided = { decidedAt: 9000, decidedBy: operator.userId, decision: 'released' } as const;
    await storeOutdated(testApp, holdOf(loan, borrower.userId, 6000, decided));
    expect(idsOf((await operator.get('/operator/holds')).body)).toEqual(['5000', '2000', '1000']);
  });

  it('makes three storage calls for a page, and none for others than operators', async () => {
    expect(await testApp.callsOf(() => operator.get('/operator/holds'))).toEqual(['list', 'get', 'get']);
    const calls = await testApp.callsOf(async () => {
      const rejected = await borrower.get('/operator/holds');
      expect(requireProblem(rejected).error).toBe('FORBIDDEN');
      expect(rejected.body.message).toBe('Only operators of this server may do this.');
    });
    expect(calls).toEqual([]);
  });

  it('shows the name of a feature that the model has no more', async () => {
    const reasons = [
      { feature: 'ofEarlier', contribution: 1 },
      { feature: 'not-scored', contribution: 0 },
    ];
    await storeHolds(testApp, holdOf(loan, borrower.userId, 7000, { score: null, reasons }));
    const { body } = await operator.get('/operator/holds?limit=1');
    expect(body.holds[0].score).toBeNull();
    expect(body.holds[0].reasons.map(({ label }: { label: string }) => label)).toEqual([
      'ofEarlier',
      'the score could not be computed',
    ]);
  });
});
