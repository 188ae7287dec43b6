import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseLoanId } from '../../src/domain/ids.ts';
import { loanKey } from '../../src/storage/keys.ts';
import { DAY_MS } from '../../src/testing/app/domain-fixtures.ts';
import { lenders, openTestApp, type TestApp } from '../../src/testing/app/test-app.ts';
import type { TestUser } from '../../src/testing/app/test-user.ts';
import { engines } from '../../src/testing/dynamodb/engines.ts';
import { expireDueInvitations } from '../../src/usecases/invitations/expire-due-invitations.ts';

const TERM_MS = 30 * DAY_MS;

/* Pending rows of a loan that ended: some had expired before, and the end revoked the others. */

describe.each(engines)('a loan that ended with pending rows, on $name', ({ open }) => {
  let testApp: TestApp;
  let borrower: TestUser;
  let users: readonly TestUser[];
  let loan: string;

  beforeEach(async () => {
    testApp = await openTestApp({ store: await open(), usesViewCache: false });
    borrower = await testApp.as('borrower@example.com');
    loan = await borrower.postsLoan({ lenders: lenders(1, 100, 'early') });
    testApp.advance(DAY_MS);
    await borrower.post(`/loans/${loan}/lenders`, { lenders: [...lenders(1, 100, 'late'), ...lenders(1, 100, 'yes')] });
    users = await Promise.all(['early0', 'late0', 'yes0'].map((name) => testApp.as(`${name}@example.com`)));
    await users[2]?.post(`/invitations/${loan}/accept`);
    testApp.advance(TERM_MS - DAY_MS);
  });

  afterEach(() => testApp.close());

  const rows = async (query = ''): Promise<string[]> => {
    const { body } = await borrower.get(`/loans/${loan}/lenders${query}`);
    return body.lenders.map((lender: { email: string; status: string }) => `${lender.email.split('@')[0]} ${lender.status}`).sort();
  };
  const invitations = async (user: TestUser | undefined, query = ''): Promise<string[]> =>
    (await user?.get(`/invitations${query}`))?.body.invitations.map(({ status }: { status: string }) => status);
  const storedLoan = async () => {
    const loanId = parseLoanId(loan);
    return loanId && (await testApp.store.get([loanKey(loanId)]))[0];
  };
  const sweep = () =>
    expireDueInvitations(testApp.app.services, (error) => {
      throw error;
    });

  it.each(['close', 'cancel'])(
    'reads pending rows as expired or revoked after %s, in every list and filter, then and later',
    async (end) => {
      await borrower.post(`/loans/${loan}/${end}`);
      const accepted = end === 'close' ? ['yes0 accepted'] : ['yes0 revoked'];
      const ended = await storedLoan();
      for (const later of [0, TERM_MS]) {
        testApp.advance(later);
        await sweep();
        expect(await rows()).toEqual(['early0 expired', 'late0 revoked', ...accepted]);
        expect(await rows('?status=expired')).toEqual(['early0 expired']);
        expect(await rows('?status=revoked')).toEqual(['late0 revoked', ...(end === 'cancel' ? accepted : [])]);
        expect(await rows('?status=pending')).toEqual([]);
      }
      expect(await storedLoan()).toEqual(ended);
      const [early, late] = users;
      expect([await invitations(early), await invitations(early, '?status=expired')]).toEqual([['expired'], ['expired']]);
      expect([await invitations(late), await invitations(late, '?status=expired')]).toEqual([['revoked'], []]);
      const query = `{ loan(loanId: "${loan}") { lenders(status: expired) { lenders { email status } } } }`;
      const { body } = await borrower.post('/graphql', { query });
      expect(body.data.loan.lenders.lenders).toEqual([{ email: 'early0@example.com', status: 'expired' }]);
    },
  );

  it('rejects every response and change to a row of a loan that ended with 409, naming the status', async () => {
    await borrower.post(`/loans/${loan}/close`);
    const [early, late] = users;
    for (const [user, status] of [
      [early, 'expired'],
      [late, 'revoked'],
    ] as const) {
      for (const answer of ['accept', 'decline']) {
        const { status: code, body } = (await user?.post(`/invitations/${loan}/${answer}`)) ?? {};
        expect([code, body.message]).toEqual([409, expect.stringContaining(`This invitation is ${status}.`)]);
      }
    }
    const { body } = await borrower.get(`/loans/${loan}/lenders?status=expired`);
    const row = `/loans/${loan}/lenders/${body.lenders[0].lender_id}`;
    expect((await borrower.delete(row)).body).toMatchObject({ status: 409, message: expect.stringContaining('is expired') });
    expect((await borrower.post(`${row}/reminders`)).status).toBe(409);
  });

  it('writes no event after that of the loan’s end', async () => {
    await borrower.post(`/loans/${loan}/close`);
    testApp.advance(TERM_MS);
    await sweep();
    const { body } = await borrower.get(`/loans/${loan}/events?limit=100`);
    expect(body.events.at(-1).type).toBe('loan.closed');
    expect(body.events.map(({ type }: { type: string }) => type)).not.toContain('lender.expired');
  });
});
