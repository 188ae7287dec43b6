import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLAIMED_MAX } from '../../src/domain/lender.ts';
import type { Store } from '../../src/storage/store.ts';
import { requireProblem } from '../../src/testing/app/problem-assertions.ts';
import { lenders, type TestApp } from '../../src/testing/app/test-app.ts';
import { LOAN } from '../../src/testing/app/test-user.ts';
import { type IdentityProvider, startIdentityProvider } from '../../src/testing/oidc/identity-provider.ts';
import { openOidcTestApp, userAt } from '../../src/testing/oidc/oidc-users.ts';

/* An invitation belongs to the owner of its address until a user claims it by answering, whatever their address is later. */

type User = Awaited<ReturnType<typeof userAt>>;

let provider: IdentityProvider;
let testApp: TestApp;
let borrower: User;
let loan: string;
/** Ana with the invited address, Ana with her new address, and the new owner of the old address. */
let [ana, anaMoved, newOwner]: User[] = [];

const at = (sub: string, email: string) => userAt(testApp, provider, sub, email);
const NOT_FOUND = { status: 404, error: 'NOT_FOUND', problems: [] };

beforeEach(async () => {
  provider = await startIdentityProvider();
  testApp = await openOidcTestApp(provider);
  borrower = await at('bo', 'bo@example.com');
  loan = await posted([{ email: 'ana@old.example', contribution_amount: 100 }, ...lenders(1, 5, 'ben')]);
  ana = await at('ana', 'ana@old.example');
  anaMoved = await at('ana', 'ana@new.example');
  newOwner = await at('new-owner', 'ana@old.example');
});

afterEach(async () => {
  await testApp.close();
  await provider.close();
});

async function posted(invited: readonly object[]): Promise<string> {
  return (await borrower.post('/loans', { ...LOAN, lenders: invited })).body.loan.loan_id;
}

async function respond(user: User | undefined, response: 'accept' | 'decline') {
  if (!user) throw new Error('no user to respond');
  return user.post(`/invitations/${loan}/${response}`);
}

async function get(user: User | undefined, path: string) {
  if (!user) throw new Error('no user to read');
  return user.get(path);
}

/** Status codes and list lengths that a user gets for the loan. */
async function visibleTo(user: User | undefined) {
  const status = async (path: string) => (await get(user, path)).status;
  const count = async (path: string, member: string) => (await get(user, path)).body[member].length;
  return {
    pages: [await status(`/loans/${loan}`), await status(`/loans/${loan}/lenders`), await status(`/loans/${loan}/events`)],
    loans: await count('/loans?role=lender', 'loans'),
    invitations: await count('/invitations', 'invitations'),
  };
}

const ALL = { pages: [200, 200, 200], loans: 1, invitations: 1 };
const NOTHING = { pages: [404, 404, 404], loans: 0, invitations: 0 };

describe('an unclaimed invitation', () => {
  it('gives an unclaimed invitation to the owner of its address, even with a newer account', async () => {
    expect([await visibleTo(newOwner), await visibleTo(anaMoved)]).toEqual([ALL, NOTHING]);
    expect(requireProblem(await respond(anaMoved, 'accept'))).toEqual(NOT_FOUND);
    expect((await respond(newOwner, 'accept')).status).toBe(200);
    expect(requireProblem(await respond(ana, 'accept'))).toEqual(NOT_FOUND);
  });
});

describe.each(['accept', 'decline'] as const)('an invitation that was claimed by %s', (first) => {
  beforeEach(async () => {
    expect((await respond(ana, first)).status).toBe(200);
  });

  it('keeps a claimed invitation with its user, under any address', async () => {
    expect(await visibleTo(anaMoved)).toEqual(ALL);
    const again = await respond(anaMoved, first);
    expect([again.status, again.body.invitation.email]).toEqual([200, 'ana@old.example']);
    expect((await respond(anaMoved, 'decline')).body.invitation.status).toBe('declined');
    const { events } = (await get(anaMoved, `/loans/${loan}/events`)).body;
    expect(events.at(-1)).toMatchObject({ type: 'lender.declined', actor: 'lender' });
  });

  it('does not expose a claimed invitation to a new owner of the address', async () => {
    expect(await visibleTo(newOwner)).toEqual(NOTHING);
    for (const response of ['accept', 'decline'] as const)
      expect(requireProblem(await respond(newOwner, response))).toEqual(NOT_FOUND);
  });

  it('keeps a claimed invitation with its user when the address is invited again', async () => {
    await respond(anaMoved, 'decline');
    await borrower.post(`/loans/${loan}/lenders`, { lenders: [{ email: 'ana@old.example', contribution_amount: 7 }] });
    expect([await visibleTo(newOwner), await visibleTo(anaMoved)]).toEqual([NOTHING, ALL]);
    expect((await respond(anaMoved, 'accept')).body.loan.total_accepted).toBe(7);
  });
});

describe('a user with invitations to two addresses', () => {
  beforeEach(async () => {
    await respond(ana, 'accept');
    testApp.advance(60_000);
    await borrower.post(`/loans/${loan}/lenders`, { lenders: [{ email: 'ana@new.example', contribution_amount: 20 }] });
  });

  it('shows both invitations, and the loan once', async () => {
    expect(await visibleTo(anaMoved)).toEqual({ ...ALL, invitations: 2 });
    for (const query of ['', '?limit=1', '?status=pending']) {
      const { body } = await get(anaMoved, `/loans/${loan}/lenders${query}`);
      expect(body.lenders).toHaveLength(query === '' ? 2 : 1);
    }
    const { events } = (await get(anaMoved, `/loans/${loan}/events`)).body;
    const emails = events.flatMap(({ data }: { data: { lender?: { email: string } } }) => data.lender?.email ?? []);
    expect(emails).toEqual(['ana@old.example', 'ana@old.example', 'ana@new.example']);
  });

  it('pages through both invitations with limit=1', async () => {
    const first = (await get(anaMoved, `/loans/${loan}/lenders?limit=1`)).body;
    const second = (await get(anaMoved, `/loans/${loan}/lenders?limit=1&cursor=${first.next_cursor}`)).body;
    expect([first.lenders[0].email, second.lenders[0].email].sort()).toEqual(['ana@new.example', 'ana@old.example']);
    expect(second.next_cursor).toBeNull();
  });

  it('answers the invitation to the current address, also on a repeat', async () => {
    for (const _ of ['once', 'again']) {
      const { body } = await respond(anaMoved, 'decline');
      expect(body).toMatchObject({ invitation: { email: 'ana@new.example' }, loan: { total_accepted: 100, version: 4 } });
    }
    expect((await respond(ana, 'accept')).body.invitation.email).toBe('ana@old.example');
  });

  it('answers the newest invitation with a third address, or the other one where that is revoked', async () => {
    await respond(anaMoved, 'accept');
    const third = await at('ana', 'ana@third.example');
    expect((await respond(third, 'accept')).body.invitation.email).toBe('ana@new.example');
    loan = await posted([]);
    for (const { user, email } of [
      { user: ana, email: 'ana@old.example' },
      { user: undefined, email: 'ana@new.example' },
    ]) {
      await borrower.post(`/loans/${loan}/lenders`, { lenders: [{ email, contribution_amount: 20 }] });
      if (user) await respond(user, 'accept');
    }
    const { lenders: rows } = (await borrower.get(`/loans/${loan}/lenders`)).body;
    const row = rows.find(({ email }: { email: string }) => email === 'ana@new.example');
    await borrower.delete(`/loans/${loan}/lenders/${row.lender_id}`);
    expect((await respond(anaMoved, 'decline')).body.invitation.email).toBe('ana@old.example');
  });

  it('takes a second read only for invitations to other addresses', async () => {
    expect(await testApp.callsOf(() => respond(anaMoved, 'accept'))).toEqual(['get', 'get', 'commit']);
    expect(await testApp.callsOf(() => get(anaMoved, `/loans/${loan}`))).toEqual(['get', 'get']);
    expect(await testApp.callsOf(() => get(newOwner, `/loans/${loan}`))).toEqual(['get']);
  });
});

describe('a concurrent invitation to the current address', () => {
  it('answers an invitation to the current address that is sent between read and commit', async () => {
    const { store } = testApp;
    await respond(ana, 'accept');
    let invite: (() => Promise<unknown>) | undefined = () =>
      borrower.post(`/loans/${loan}/lenders`, { lenders: [{ email: 'ana@new.example', contribution_amount: 20 }] });
    const interrupted: Store = {
      get: (keys) => store.get(keys),
      batchGet: (keys) => store.batchGet(keys),
      list: (range) => store.list(range),
      listIndex: (range) => store.listIndex(range),
      async commit(command, writes) {
        const inviteOnce = invite;
        invite = undefined;
        await inviteOnce?.();
        return store.commit(command, writes);
      },
      close: () => store.close(),
    };
    testApp = await openOidcTestApp(provider, { store: interrupted });
    expect((await respond(await at('ana', 'ana@new.example'), 'decline')).body).toMatchObject({
      invitation: { email: 'ana@new.example', status: 'declined' },
      loan: { total_accepted: 100, version: 4 },
    });
  });
});

describe('the borrower', () => {
  it('can not answer an invitation to their own loan, under any address', async () => {
    loan = await posted([{ email: 'bo@new.example', contribution_amount: 5 }]);
    const boMoved = await at('bo', 'bo@new.example');
    for (const response of ['accept', 'decline'] as const)
      expect(requireProblem(await respond(boMoved, response))).toEqual(NOT_FOUND);
    expect(await visibleTo(boMoved)).toEqual({ pages: [200, 200, 200], loans: 0, invitations: 0 });
    expect((await boMoved.get(`/loans/${loan}`)).body.loan).toMatchObject({ version: 1, total_accepted: 0 });
  });
});

it(`limits a user to ${CLAIMED_MAX} claimed invitations to a loan`, async () => {
  const emails = Array.from({ length: CLAIMED_MAX + 1 }, (_, index) => `many${index}@example.com`);
  loan = await posted(emails.slice(1).map((email) => ({ email, contribution_amount: 1 })));
  await borrower.post(`/loans/${loan}/lenders`, {
    lenders: emails.slice(0, 1).map((email) => ({ email, contribution_amount: 1 })),
  });
  const responses = [];
  for (const email of emails) responses.push(await respond(await at('many', email), 'accept'));
  const [last] = responses.splice(-1);
  expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 200));
  expect(last?.status).toBe(409);
  expect(last?.body.message).toContain(`${CLAIMED_MAX} invitations`);
});
