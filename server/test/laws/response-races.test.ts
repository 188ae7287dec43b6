import { describe, expect, it, onTestFinished } from 'vitest';
import { type Answer, lenders, openTestApp, type TestApp } from '../../src/testing/app/test-app.ts';
import { engines } from '../../src/testing/dynamodb/engines.ts';

/* Lenders and the borrower who answer and change at the same moment, by two programs that remember. */

/** Whoever lost too many races is told to come again, and does, though not for ever. */
async function insist(send: () => Promise<Answer>): Promise<Answer> {
  let answer = await send();
  for (let tries = 1; tries < 50 && answer.status === 503; tries += 1) answer = await send();
  return answer;
}

describe.each(engines)('answers that race on $name', ({ open }) => {
  async function twoPrograms(): Promise<readonly [TestApp, TestApp]> {
    const store = await open();
    onTestFinished(() => store.close());
    return [await openTestApp({ store, usesViewCache: true }), await openTestApp({ store, usesViewCache: true })];
  }

  it('fund the loan exactly once, with the last of twenty acceptances', async () => {
    const labs = await twoPrograms();
    const borrower = await labs[0].as('borrower@example.com');
    const loan = await borrower.postsLoan({ amount: 2000, lenders: lenders(20, 100) });
    const people = await Promise.all(lenders(20, 100).map(({ email }, index) => (index % 2 ? labs[0] : labs[1]).as(email)));
    const answers = await Promise.all(people.map((who) => insist(() => who.post(`/invitations/${loan}/accept`))));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(answers.filter(({ body }) => body.loan.status === 'funded')).toHaveLength(1);
    const { body } = await borrower.get(`/loans/${loan}`);
    expect(body.loan).toMatchObject({ status: 'funded', total_accepted: 2000, lender_count: 20, version: 21 });
    const { events } = (await borrower.get(`/loans/${loan}/events?limit=100`)).body;
    const ends = events.filter(({ type }: { type: string }) => type === 'loan.funded');
    expect(ends).toEqual([events.at(-1)]);
    expect(ends).toMatchObject([{ data: { loan: { version: 21 } } }]);
  }, 60_000);

  it.each([
    ['accept', 'revoke'],
    ['decline', 'revoke'],
    ['accept', 'change'],
    ['decline', 'close'],
  ] as const)(
    'have one winner: %s and %s',
    async (answer, change) => {
      const labs = await twoPrograms();
      const borrower = await labs[0].as('borrower@example.com');
      const [ann, ben] = [await labs[1].as('ann0@example.com'), await labs[0].as('ben0@example.com')];
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
        const sent = [() => insist(() => ann.post(`/invitations/${body.loan.loan_id}/${answer}`)), () => insist(changes[change])];
        const answers = await Promise.all((round % 2 ? sent : sent.toReversed()).map((send) => send()));
        const { loan } = (await borrower.get(path)).body;
        const { lenders: rows } = (await borrower.get(`${path}/lenders`)).body;
        const counted = rows.filter(({ status }: { status: string }) => status === 'accepted' || status === 'pending');
        const sum = (of: readonly { contribution_amount: number }[]) =>
          of.reduce((total, one) => total + one.contribution_amount, 0);
        expect(loan.total_invited).toBe(sum(counted));
        expect(loan.total_accepted).toBe(sum(rows.filter(({ status }: { status: string }) => status === 'accepted')));
        const done = answers.filter(({ status }) => status === 200).length;
        expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true);
        expect(loan.version).toBe(2 + done);
        // A changed amount can still be accepted, and a declined invitation keeps nobody from closing.
        const mayBothBe = change === 'change' || change === 'close';
        expect(mayBothBe ? done >= 1 : done === 1).toBe(true);
      }
    },
    60_000,
  );

  it('leave a cancelled loan without anybody, whoever came first', async () => {
    const labs = await twoPrograms();
    const borrower = await labs[0].as('borrower@example.com');
    const people = await Promise.all(lenders(4, 1).map(({ email }) => labs[1].as(email)));
    const loan = await borrower.postsLoan({ amount: 2000, lenders: lenders(4, 500) });
    const path = (who: number) => `/invitations/${loan}/${who === 3 ? 'decline' : 'accept'}`;
    const answers = await Promise.all([
      ...people.map((who, index) => insist(() => who.post(path(index)))),
      insist(() => borrower.post(`/loans/${loan}/cancel`)),
    ]);
    expect(answers.at(-1)?.status).toBe(200);
    const { body } = await borrower.get(`/loans/${loan}`);
    expect(body.loan).toMatchObject({ status: 'cancelled', total_invited: 0, total_accepted: 0, lender_count: 0 });
    expect(body.loan.version).toBe(1 + answers.filter(({ status }) => status === 200).length);
  }, 60_000);
});
