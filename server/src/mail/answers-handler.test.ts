import { describe, expect, it, onTestFinished } from 'vitest';
import type { MailLimits } from '../domain/mail/limits/daily-limits.ts';
import { isMailingKey, mailingKey, senderMailCountKey } from '../storage/keys.ts';
import { openSqlite } from '../storage/sqlite/sqlite-store.ts';
import { isDelete, type Store, type Write } from '../storage/store.ts';
import { DAY_MS } from '../testing/app/domain-fixtures.ts';
import { rewrite } from '../testing/app/store-edits.ts';
import { openTestApp } from '../testing/app/test-app.ts';
import { LOAN } from '../testing/app/test-user.ts';
import { mailBackground } from '../testing/mail/mail-background.ts';

/** A borrower who has invited 25 people, whose mail has left, and some more, whose mail waits: each by a request of its own. */
async function openFixture(more: number, limits: Partial<MailLimits> = {}) {
  const written: Write[][] = [];
  const engine = openSqlite(':memory:');
  const store: Store = {
    get: (keys) => engine.get(keys),
    batchGet: (keys) => engine.batchGet(keys),
    list: (range) => engine.list(range),
    listIndex: (range) => engine.listIndex(range),
    commit(command, writes, deadline) {
      written.push([...writes]);
      return engine.commit(command, writes, deadline);
    },
    close: () => engine.close(),
  };
  const testApp = await openTestApp({ store });
  onTestFinished(() => testApp.close());
  const { run, messages } = mailBackground(testApp, limits);
  const borrower = await testApp.as('bo@gmail.com');
  const invite = async (path: string, from: number, count: number) => {
    const lenders = Array.from({ length: count }, (_, index) => ({ email: `p${from + index}@gmail.com`, contribution_amount: 1 }));
    await borrower.post(path, { ...LOAN, lenders });
  };
  const loanId = await borrower.postsLoan();
  const path = `/loans/${loanId}/lenders`;
  for (const from of [0, 20]) await invite(path, from, from === 0 ? 20 : 5);
  await run();
  for (let index = 0; index < more; index += 1) await invite(path, 25 + index, 1);
  await run();
  const countKey = senderMailCountKey(borrower.userId);
  const invited = () => messages.filter(({ to }) => String(to) !== 'bo@gmail.com').length;
  expect(invited()).toBe(25);
  return {
    testApp,
    store,
    countKey,
    run,
    invited,
    waiting: async () => (await store.get([countKey]))[0]?.data.waiting ?? [],
    accept: async (...names: readonly string[]) => {
      for (const name of names) await (await testApp.as(`${name}@gmail.com`)).post(`/invitations/${loanId}/accept`);
    },
    decline: async (name: string) => (await testApp.as(`${name}@gmail.com`)).post(`/invitations/${loanId}/decline`),
    /** The commits that have written answers. */
    commits: () => written.filter((writes) => writes.some(({ key }) => key.sort === 'answers')),
  };
}

const mailingsIn = (writes: readonly Write[] = []) => writes.filter((write) => !isDelete(write) && isMailingKey(write.key));

describe('the handler of answers', () => {
  it('counts an acceptance and releases mail in one commit', async () => {
    const { accept, run, commits, invited, waiting } = await openFixture(5);
    expect(await waiting()).toHaveLength(5);
    await accept('p0');
    await run();
    expect(commits().map((writes) => mailingsIn(writes).length)).toEqual([2]);
    expect([invited(), (await waiting()).length]).toEqual([27, 3]);
  });

  it('writes nothing but the count for a decline, nor where no mail waits', async () => {
    const { accept, decline, run, commits } = await openFixture(1);
    await decline('p0');
    await run();
    await accept('p1', 'p2');
    await run();
    await accept('p3');
    await run();
    expect(commits().map((writes) => writes.length)).toEqual([1, 1, 2, 1]);
  });

  it('releases nothing that an operator has to release, but what comes after it', async () => {
    const { store, countKey, accept, run, invited, waiting } = await openFixture(3);
    const [first, ...rest] = await waiting();
    await rewrite(store, countKey, { waiting: [{ ...first, isOnHold: true }, ...rest] });
    await accept('p0');
    await run();
    expect(invited()).toBe(27);
    expect(await waiting()).toEqual([{ ...first, isOnHold: true }]);
  });

  it('releases ten mailings at once at most, whatever there is room for', async () => {
    const { testApp, accept, run, commits, invited } = await openFixture(12);
    testApp.advance(DAY_MS - (testApp.now % DAY_MS));
    await accept('p0');
    await run();
    expect(mailingsIn(commits()[0])).toHaveLength(10);
    expect(invited()).toBe(37);
  });

  it('does not release more than the limit of a sender allows', async () => {
    const { accept, run, commits, invited } = await openFixture(5, { perSender: 26 });
    await accept('p0');
    await run();
    expect([mailingsIn(commits()[0]).length, invited()]).toEqual([1, 26]);
  });

  it('leaves a mailing alone that a sender is working on', async () => {
    const { store, accept, run, waiting, commits } = await openFixture(2);
    const [first, second] = await waiting();
    const [stored] = first ? await store.get([mailingKey(first.mailingId)]) : [];
    const [held] = stored?.data.mails ?? [];
    if (!first || !second || !held) throw new Error('nothing waits');
    const claimed = { ...held, state: { name: 'claimed', until: Number.MAX_SAFE_INTEGER } as const };
    await rewrite(store, mailingKey(first.mailingId), { mails: [claimed, held] });
    await accept('p0');
    await run();
    expect(mailingsIn(commits()[0]).map(({ key }) => key)).toEqual([mailingKey(second.mailingId)]);
  });
});
