import { describe, expect, it, onTestFinished } from 'vitest';
import type { TestResponse } from '../../src/testing/app/response.ts';
import { lenders, openTestApp, type TestApp } from '../../src/testing/app/test-app.ts';
import { engines } from '../../src/testing/dynamodb/engines.ts';

/* Lenders answer while the borrower changes the loan, through two apps with view caches. */

/** Retries on 503 (too many version conflicts), at most 50 times. */
async function retry(send: () => Promise<TestResponse>): Promise<TestResponse> {
  let response = await send();
  for (let tries = 1; tries < 50 && response.status === 503; tries += 1) response = await send();
  return response;
}

describe.each(engines)('concurrent answers on $name', ({ open }) => {
  async function twoApps(): Promise<readonly [TestApp, TestApp]> {
    const store = await open();
    onTestFinished(() => store.close());
    return [await openTestApp({ store, usesViewCache: true }), await openTestApp({ store, usesViewCache: true })];
  }

  it('funds a loan exactly once, by the last of 20 concurrent acceptances', async () => {
    const apps = await twoApps();
    const borrower = await apps[0].as('borrower@example.com');
    const loan = await borrower.postsLoan({ amount: 2000, lenders: lenders(20, 100) });
    const users = await Promise.all(lenders(20, 100).map(({ email }, index) => (index % 2 ? apps[0] : apps[1]).as(email)));
    const responses = await Promise.all(users.map((user) => retry(() => user.post(`/invitations/${loan}/accept`))));
    expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 200));
    expect(responses.filter(({ body }) => body.loan.status === 'funded')).toHaveLength(1);
    const { body } = await borrower.get(`/loans/${loan}`);
    expect(body.loan).toMatchObject({ status: 'funded', total_accepted: 2000, lender_count: 20, version: 21 });
    const { events } = (await borrower.get(`/loans/${loan}/events?limit=100`)).body;
    const ends = events.filter(({ type }: { type: string }) => type === 'loan.funded');
    expect(ends).toEqual([events.at(-1)]);
    expect(ends).toMatchObject([{ data: { loan: { version: 21 } } }]);
  });

  it.each([
    ['accept', 'revoke'],
    ['decline', 'revoke'],
    ['accept', 'change'],
    ['decline', 'close'],
  ] as const)(
    'keeps a loan consistent under concurrent %s and %s',
    async (response, change) => {
      const apps = await twoApps();
      const borrower = await apps[0].as('borrower@example.com');
      const [ann, ben] = [await apps[1].as('ann0@example.com'), await apps[0].as('ben0@example.com')];
      for (let round = 0; round < 8; round += 1) {
        const invited = [...lenders(1, 1000), ...lenders(1, 500, 'ben')];
        const { body } = await borrower.post('/loans', { amount: 2000, interest_rate: 1, term_months: 1, lenders: invited });
        const [path, row] = [`/loans/${body.loan.loan_id}`, body.lenders[0].lender_id];
        await ben.post(`/invitations/${body.loan.loan_id}/accept`);
        const changes = {
          revoke: () => borrower.delete(`${path}/lenders/${row}`),
          change: () => borrower.patch(`${path}/lenders/${row}`, { contribution_amount: 1500 }),
          close: () => borrower.post(`${path}/close`),
        };
        const requests = [
          () => retry(() => ann.post(`/invitations/${body.loan.loan_id}/${response}`)),
          () => retry(changes[change]),
        ];
        const responses = await Promise.all((round % 2 ? requests : requests.toReversed()).map((send) => send()));
        const { loan } = (await borrower.get(path)).body;
        const { lenders: rows } = (await borrower.get(`${path}/lenders`)).body;
        const counted = rows.filter(({ status }: { status: string }) => status === 'accepted' || status === 'pending');
        const sum = (of: readonly { contribution_amount: number }[]) =>
          of.reduce((total, one) => total + one.contribution_amount, 0);
        expect(loan.total_invited).toBe(sum(counted));
        expect(loan.total_accepted).toBe(sum(rows.filter(({ status }: { status: string }) => status === 'accepted')));
        const done = responses.filter(({ status }) => status === 200).length;
        expect(responses.every(({ status }) => status === 200 || status === 409)).toBe(true);
        expect(loan.version).toBe(2 + done);
        // A changed invitation can still be accepted, and a declined one does not prevent closing.
        const mayBothSucceed = change === 'change' || change === 'close';
        expect(mayBothSucceed ? done >= 1 : done === 1).toBe(true);
      }
    },
    60_000,
  );

  it('leaves a cancelled loan without lenders, in any order', async () => {
    const apps = await twoApps();
    const borrower = await apps[0].as('borrower@example.com');
    const users = await Promise.all(lenders(4, 1).map(({ email }) => apps[1].as(email)));
    const loan = await borrower.postsLoan({ amount: 2000, lenders: lenders(4, 500) });
    const path = (index: number) => `/invitations/${loan}/${index === 3 ? 'decline' : 'accept'}`;
    const responses = await Promise.all([
      ...users.map((user, index) => retry(() => user.post(path(index)))),
      retry(() => borrower.post(`/loans/${loan}/cancel`)),
    ]);
    expect(responses.at(-1)?.status).toBe(200);
    const { body } = await borrower.get(`/loans/${loan}`);
    expect(body.loan).toMatchObject({ status: 'cancelled', total_invited: 0, total_accepted: 0, lender_count: 0 });
    expect(body.loan.version).toBe(1 + responses.filter(({ status }) => status === 200).length);
  });
});
