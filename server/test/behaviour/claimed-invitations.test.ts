import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLAIMED_MAX } from '../../src/domain/lender.ts';
import type { Store } from '../../src/storage/store.ts';
import { requireProblem } from '../../src/testing/app/problem-assertions.ts';
import { LOAN, lenders, type TestApp } from '../../src/testing/app/test-app.ts';
import { type IdentityProvider, startIdentityProvider } from '../../src/testing/oidc/identity-provider.ts';
import { openLabFor, userAt } from '../../src/testing/oidc/oidc-users.ts';

/* Whose an invitation is: its address’s until it is answered, then the user’s who did, whoever holds which address. */

type User = Awaited<ReturnType<typeof userAt>>;

let provider: IdentityProvider;
let testApp: TestApp;
let borrower: User;
let loan: string;
/** Ana as she was invited, after she has changed her address, and who has her old one now. */
let [ana, moved, successor]: User[] = [];

const at = (sub: string, email: string) => userAt(testApp, provider, sub, email);
const NOT_FOUND = { status: 404, error: 'NOT_FOUND', problems: [] };

beforeEach(async () => {
  provider = await startIdentityProvider();
  testApp = await openLabFor(provider);
  borrower = await at('bo', 'bo@example.com');
  loan = await posted([{ email: 'ana@old.example', contribution_amount: 100 }, ...lenders(1, 5, 'ben')]);
  ana = await at('ana', 'ana@old.example');
  moved = await at('ana', 'ana@new.example');
  successor = await at('successor', 'ana@old.example');
});

afterEach(async () => {
  await testApp.close();
  await provider.close();
});

async function posted(invited: readonly object[]): Promise<string> {
  return (await borrower.post('/loans', { ...LOAN, lenders: invited })).body.loan.loan_id;
}

async function answer(who: User | undefined, what: 'accept' | 'decline') {
  if (!who) throw new Error('nobody answers');
  return who.post(`/invitations/${loan}/${what}`);
}

async function seenBy(who: User | undefined, path: string) {
  if (!who) throw new Error('nobody asks');
  return who.get(path);
}

/** What each list and page on the loan shows to somebody. */
async function shownTo(who: User | undefined) {
  const status = async (path: string) => (await seenBy(who, path)).status;
  const count = async (path: string, member: string) => (await seenBy(who, path)).body[member].length;
  return {
    pages: [await status(`/loans/${loan}`), await status(`/loans/${loan}/lenders`), await status(`/loans/${loan}/events`)],
    loans: await count('/loans?role=lender', 'loans'),
    invitations: await count('/invitations', 'invitations'),
  };
}

const ALL = { pages: [200, 200, 200], loans: 1, invitations: 1 };
const NOTHING = { pages: [404, 404, 404], loans: 0, invitations: 0 };

describe('an invitation that nobody has answered', () => {
  it('is whose address it is, also for an account made later', async () => {
    expect([await shownTo(successor), await shownTo(moved)]).toEqual([ALL, NOTHING]);
    expect(requireProblem(await answer(moved, 'accept'))).toEqual(NOT_FOUND);
    expect((await answer(successor, 'accept')).status).toBe(200);
    expect(requireProblem(await answer(ana, 'accept'))).toEqual(NOT_FOUND);
  });
});

describe.each(['accept', 'decline'] as const)('an invitation that was answered: %s', (first) => {
  beforeEach(async () => {
    expect((await answer(ana, first)).status).toBe(200);
  });

  it('is theirs who did, also under another address', async () => {
    expect(await shownTo(moved)).toEqual(ALL);
    const again = await answer(moved, first);
    expect([again.status, again.body.invitation.email]).toEqual([200, 'ana@old.example']);
    expect((await answer(moved, 'decline')).body.invitation.status).toBe('declined');
    const { events } = (await seenBy(moved, `/loans/${loan}/events`)).body;
    expect(events.at(-1)).toMatchObject({ type: 'lender.declined', actor: 'lender' });
  });

  it('is nobody’s to whom the address has passed', async () => {
    expect(await shownTo(successor)).toEqual(NOTHING);
    for (const what of ['accept', 'decline'] as const) expect(requireProblem(await answer(successor, what))).toEqual(NOT_FOUND);
  });

  it('stays theirs when the address is invited anew', async () => {
    await answer(moved, 'decline');
    await borrower.post(`/loans/${loan}/lenders`, { lenders: [{ email: 'ana@old.example', contribution_amount: 7 }] });
    expect([await shownTo(successor), await shownTo(moved)]).toEqual([NOTHING, ALL]);
    expect((await answer(moved, 'accept')).body.loan.total_accepted).toBe(7);
  });
});

describe('a user who was invited under two addresses', () => {
  beforeEach(async () => {
    await answer(ana, 'accept');
    testApp.advance(60_000);
    await borrower.post(`/loans/${loan}/lenders`, { lenders: [{ email: 'ana@new.example', contribution_amount: 20 }] });
  });

  it('sees both, and the loan once', async () => {
    expect(await shownTo(moved)).toEqual({ ...ALL, invitations: 2 });
    for (const query of ['', '?limit=1', '?status=pending']) {
      const { body } = await seenBy(moved, `/loans/${loan}/lenders${query}`);
      expect(body.lenders).toHaveLength(query === '' ? 2 : 1);
    }
    const { events } = (await seenBy(moved, `/loans/${loan}/events`)).body;
    const emails = events.flatMap(({ data }: { data: { lender?: { email: string } } }) => data.lender?.email ?? []);
    expect(emails).toEqual(['ana@old.example', 'ana@old.example', 'ana@new.example']);
  });

  it('comes to the second row behind the first', async () => {
    const first = (await seenBy(moved, `/loans/${loan}/lenders?limit=1`)).body;
    const second = (await seenBy(moved, `/loans/${loan}/lenders?limit=1&cursor=${first.next_cursor}`)).body;
    expect([first.lenders[0].email, second.lenders[0].email].sort()).toEqual(['ana@new.example', 'ana@old.example']);
    expect(second.next_cursor).toBeNull();
  });

  it('answers that of today’s address, and the same again is about the same', async () => {
    for (const _ of ['once', 'again']) {
      const { body } = await answer(moved, 'decline');
      expect(body).toMatchObject({ invitation: { email: 'ana@new.example' }, loan: { total_accepted: 100, version: 4 } });
    }
    expect((await answer(ana, 'accept')).body.invitation.email).toBe('ana@old.example');
  });

  it('answers the newest under a third address, and the other where that was revoked', async () => {
    await answer(moved, 'accept');
    const third = await at('ana', 'ana@third.example');
    expect((await answer(third, 'accept')).body.invitation.email).toBe('ana@new.example');
    loan = await posted([]);
    for (const who of [
      { user: ana, email: 'ana@old.example' },
      { user: undefined, email: 'ana@new.example' },
    ]) {
      await borrower.post(`/loans/${loan}/lenders`, { lenders: [{ email: who.email, contribution_amount: 20 }] });
      if (who.user) await answer(who.user, 'accept');
    }
    const { lenders: rows } = (await borrower.get(`/loans/${loan}/lenders`)).body;
    const row = rows.find(({ email }: { email: string }) => email === 'ana@new.example');
    await borrower.delete(`/loans/${loan}/lenders/${row.lender_id}`);
    expect((await answer(moved, 'decline')).body.invitation.email).toBe('ana@old.example');
  });

  it('takes a second look, where they hold a row under another address, and no more', async () => {
    expect(await testApp.callsOf(() => answer(moved, 'accept'))).toEqual(['get', 'get', 'commit']);
    expect(await testApp.callsOf(() => seenBy(moved, `/loans/${loan}`))).toEqual(['get', 'get']);
    expect(await testApp.callsOf(() => seenBy(successor, `/loans/${loan}`))).toEqual(['get']);
  });
});

describe('an invitation of today’s address that comes between a look and its commit', () => {
  it('is the one that is answered', async () => {
    const { store } = testApp;
    await answer(ana, 'accept');
    let invite: (() => Promise<unknown>) | undefined = () =>
      borrower.post(`/loans/${loan}/lenders`, { lenders: [{ email: 'ana@new.example', contribution_amount: 20 }] });
    const interrupted: Store = {
      get: (keys) => store.get(keys),
      batchGet: (keys) => store.batchGet(keys),
      list: (range) => store.list(range),
      listIndex: (range) => store.listIndex(range),
      async commit(command, writes) {
        const intrude = invite;
        invite = undefined;
        await intrude?.();
        return store.commit(command, writes);
      },
      close: () => store.close(),
    };
    testApp = await openLabFor(provider, { store: interrupted });
    expect((await answer(await at('ana', 'ana@new.example'), 'decline')).body).toMatchObject({
      ...{ invitation: { email: 'ana@new.example', status: 'declined' }, loan: { total_accepted: 100, version: 4 } },
    });
  });
});

describe('the borrower', () => {
  it('is no lender of their own loan, under any address', async () => {
    loan = await posted([{ email: 'bo@new.example', contribution_amount: 5 }]);
    const again = await at('bo', 'bo@new.example');
    for (const what of ['accept', 'decline'] as const) expect(requireProblem(await answer(again, what))).toEqual(NOT_FOUND);
    expect(await shownTo(again)).toEqual({ pages: [200, 200, 200], loans: 0, invitations: 0 });
    expect((await again.get(`/loans/${loan}`)).body.loan).toMatchObject({ version: 1, total_accepted: 0 });
  });
});

it(`a user holds ${CLAIMED_MAX} rows of a loan at most`, async () => {
  const emails = Array.from({ length: CLAIMED_MAX + 1 }, (_, index) => `many${index}@example.com`);
  loan = await posted(emails.slice(1).map((email) => ({ email, contribution_amount: 1 })));
  await borrower.post(`/loans/${loan}/lenders`, {
    lenders: emails.slice(0, 1).map((email) => ({ email, contribution_amount: 1 })),
  });
  const answers = [];
  for (const email of emails) answers.push(await answer(await at('many', email), 'accept'));
  const [last] = answers.splice(-1);
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  expect(last?.status).toBe(409);
  expect(last?.body.message).toContain(`${CLAIMED_MAX} invitations`);
});
