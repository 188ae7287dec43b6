import { afterEach, describe, expect, it } from 'vitest';
import { openSqlite } from '../storage/sqlite/sqlite-store.ts';
import type { Key, Store } from '../storage/store.ts';
import { failingStore } from '../testing/app/failing-store.ts';
import { type Answer, LOAN, lenders, openTestApp, type Person, type TestApp } from '../testing/app/test-app.ts';
import { keyText } from './view.ts';

/* A process that remembers skips the view; what it remembers may be wrong, and then costs a call, never an answer. */

let opened: Store[] = [];

afterEach(async () => {
  for (const store of opened) await store.close();
  opened = [];
});

/** Programs with hints on one store, as on several machines, and the same borrower at each. */
async function programs(count: number, config: { readonly invitesPerHour?: number } = {}) {
  const store = openSqlite(':memory:');
  opened.push(store);
  const labs = await Promise.all(Array.from({ length: count }, () => openTestApp({ store, config, usesViewCache: true })));
  const borrowers = await Promise.all(labs.map((testApp) => testApp.as('borrower@example.com')));
  return labs.map((testApp, index): readonly [TestApp, Person] => [testApp, personAt(borrowers, index)]);
}

function personAt(people: readonly Person[], index: number): Person {
  const person = people[index];
  if (!person) throw new RangeError(`there is no person ${index}`);
  return person;
}

async function expectCalls(
  testApp: TestApp,
  calls: readonly string[],
  status: number,
  work: () => Promise<Answer>,
): Promise<Answer> {
  let answer: Answer | undefined;
  const made = await testApp.callsOf(async () => {
    answer = await work();
  });
  expect({ status: answer?.status, calls: made }).toEqual({ status, calls });
  if (!answer) throw new Error('there was no answer');
  return answer;
}

async function oneProgram(config: { readonly invitesPerHour?: number } = {}) {
  const [program] = await programs(1, config);
  if (!program) throw new Error('one was asked for');
  const [testApp, borrower] = program;
  const path = `/loans/${await borrower.postsLoan({ amount: 1000 })}`;
  return { testApp, borrower, path };
}

async function twoPrograms() {
  const [first, second] = await programs(2);
  if (!first || !second) throw new Error('two were asked for');
  const path = `/loans/${await first[1].postsLoan({ amount: 1000 })}`;
  await second[1].post(`${path}/lenders`, { lenders: lenders(1, 100, 'known') });
  await first[1].post(`${path}/lenders`, { lenders: lenders(1, 100, 'too') });
  const [testApp, borrower] = first;
  return { testApp, borrower, elsewhere: second[1], path };
}

describe('a process that remembers a loan', () => {
  it('takes one call for whatever succeeds', async () => {
    const { testApp, borrower, path } = await oneProgram();
    const key = { 'Idempotency-Key': 'k' };
    const { body } = await expectCalls(testApp, ['commit'], 200, () =>
      borrower.post(`${path}/lenders`, { lenders: lenders(2, 100) }),
    );
    await expectCalls(testApp, ['commit'], 200, () => borrower.post(`${path}/lenders`, { lenders: lenders(2, 100, 'more') }, key));
    const row = `${path}/lenders/${body.lenders[0].lender_id}`;
    await expectCalls(testApp, ['commit'], 200, () => borrower.patch(row, { contribution_amount: 50 }));
    await expectCalls(testApp, ['commit'], 200, () => borrower.delete(row));
    await expectCalls(testApp, ['commit'], 200, () => borrower.post(`${path}/cancel`));
    const invited = `/invitations/${await borrower.postsLoan({ lenders: lenders(2, 100) })}`;
    const [first, second] = [await testApp.as('ann0@example.com'), await testApp.as('ann1@example.com')];
    await expectCalls(testApp, ['commit'], 200, () => first.post(`${invited}/accept`));
    await expectCalls(testApp, ['commit'], 200, () => second.post(`${invited}/accept`, undefined, key));
    await expectCalls(testApp, ['commit'], 200, () => second.post(`${invited}/decline`));
    await expectCalls(testApp, ['commit'], 201, () => borrower.post('/loans', { ...LOAN, lenders: lenders(2, 100) }));
  });

  it('takes one look for a refusal, a replay, and what is as wanted already', async () => {
    const { testApp, borrower, path } = await oneProgram();
    const stranger = await testApp.as('stranger@example.com');
    const key = { 'Idempotency-Key': 'k' };
    const three = { lenders: lenders(3, 100) };
    const { body } = await borrower.post(`${path}/lenders`, three, key);
    await expectCalls(testApp, ['get'], 200, () => borrower.post(`${path}/lenders`, three, key));
    await expectCalls(testApp, ['get'], 400, () => borrower.post(`${path}/lenders`, three));
    await expectCalls(testApp, ['get'], 400, () => borrower.post(`${path}/lenders`, { lenders: lenders(1, 701, 'rich') }));
    await expectCalls(testApp, ['get'], 403, () => stranger.post(`${path}/lenders`, { lenders: lenders(1, 1, 'new') }));
    const row = `${path}/lenders/${body.lenders[0].lender_id}`;
    await borrower.delete(row);
    await expectCalls(testApp, ['get'], 200, () => borrower.delete(row));
    await borrower.post(`${path}/cancel`);
    await expectCalls(testApp, ['get'], 200, () => borrower.post(`${path}/cancel`));
    await expectCalls(testApp, ['get'], 409, () => borrower.post(`${path}/lenders`, { lenders: lenders(1, 1, 'late') }));
  });

  it('finds the hour’s limit without a commit', async () => {
    const { testApp, borrower, path } = await oneProgram({ invitesPerHour: 3 });
    await expectCalls(testApp, ['commit'], 200, () => borrower.post(`${path}/lenders`, { lenders: lenders(3, 1) }));
    await expectCalls(testApp, ['get'], 429, () => borrower.post(`${path}/lenders`, { lenders: lenders(1, 1, 'over') }));
    testApp.advance(3_600_000);
    await expectCalls(testApp, ['commit'], 200, () => borrower.post(`${path}/lenders`, { lenders: lenders(1, 1, 'next') }));
  });

  it('looks at a loan that it does not remember', async () => {
    const { testApp, borrower, elsewhere } = await twoPrograms();
    const path = `/loans/${await elsewhere.postsLoan()}`;
    await expectCalls(testApp, ['get', 'commit'], 200, () => borrower.post(`${path}/lenders`, { lenders: lenders(1, 1) }));
    await expectCalls(testApp, ['commit'], 200, () => borrower.post(`${path}/lenders`, { lenders: lenders(1, 1, 'b') }));
  });
});

describe('a process whose memory is behind', () => {
  it('takes one commit more for a success, and answers what stands', async () => {
    const { testApp, borrower, elsewhere, path } = await twoPrograms();
    await elsewhere.post(`${path}/lenders`, { lenders: lenders(2, 100, 'elsewhere') });
    const { body } = await expectCalls(testApp, ['commit', 'commit'], 200, () =>
      borrower.post(`${path}/lenders`, { lenders: lenders(1, 100) }),
    );
    expect([body.total_invited, body.remaining]).toEqual([500, 500]);
  });

  it('refuses by what stands, not by what it remembers', async () => {
    const { borrower, elsewhere, path } = await twoPrograms();
    await elsewhere.post(`${path}/lenders`, { lenders: lenders(1, 500, 'elsewhere') });
    const over = await borrower.post(`${path}/lenders`, { lenders: lenders(1, 500) });
    expect([over.status, over.body.details[0].code]).toEqual([400, 'OVER_FUNDING']);
    expect(over.body.message).toContain('300.00 USD');
    await elsewhere.post(`${path}/cancel`);
    expect((await borrower.post(`${path}/lenders`, { lenders: lenders(1, 1) })).status).toBe(409);
  });

  it('does not refuse what it remembers to be impossible and has become possible', async () => {
    const { borrower, elsewhere, path } = await twoPrograms();
    const filled = await borrower.post(`${path}/lenders`, { lenders: lenders(1, 800, 'filling') });
    const row = filled.body.lenders[0];
    await elsewhere.delete(`${path}/lenders/${row.lender_id}`);
    const again = { lenders: [{ email: row.email, contribution_amount: 800 }] };
    expect((await borrower.post(`${path}/lenders`, again)).status).toBe(200);
  });

  it('does not take for done under a new key what it remembers to be done and was undone', async () => {
    const { testApp, borrower, elsewhere, path } = await twoPrograms();
    const { body } = await borrower.post(`${path}/lenders`, { lenders: lenders(1, 100) });
    const row = `${path}/lenders/${body.lenders[0].lender_id}`;
    await borrower.delete(row);
    await elsewhere.post(`${path}/lenders`, { lenders: lenders(1, 50) });
    const again = await expectCalls(testApp, ['get', 'commit'], 200, () => borrower.delete(row, { 'Idempotency-Key': 'again' }));
    expect(again.body).toMatchObject({ lender: { status: 'revoked', contribution_amount: 50 }, loan: { version: 7 } });
  });

  it('looks where what it remembers does not fit together', async () => {
    const { testApp, borrower, elsewhere, path } = await twoPrograms();
    const { body } = await borrower.post(`${path}/lenders`, { lenders: lenders(1, 800) });
    await elsewhere.delete(`${path}/lenders/${body.lenders[0].lender_id}`);
    await borrower.post(`${path}/lenders`, { lenders: lenders(1, 1, 'other') }); // tells it of the loan anew, and of ann0 nothing
    testApp.advance(31 * 86_400_000);
    const again = await testApp.as('borrower@example.com');
    const { status } = await again.post(`${path}/lenders`, { lenders: lenders(1, 700) });
    expect(status).toBe(200);
  });

  it('finds a lender who was invited elsewhere, and nobody who was not', async () => {
    const { testApp, elsewhere, path } = await twoPrograms();
    const [ann, eve] = [await testApp.as('ann0@example.com'), await testApp.as('eve@example.com')];
    await elsewhere.post(`${path}/lenders`, { lenders: lenders(1, 100) });
    const accept = `/invitations${path.slice('/loans'.length)}/accept`;
    await expectCalls(testApp, ['get', 'commit'], 200, () => ann.post(accept));
    await expectCalls(testApp, ['get'], 404, () => eve.post(accept));
  });

  it('replays what was answered elsewhere, and refuses its key to another request', async () => {
    const { testApp, borrower, elsewhere, path } = await twoPrograms();
    const key = { 'Idempotency-Key': 'k' };
    const sent = { lenders: lenders(1, 100) };
    const first = await elsewhere.post(`${path}/lenders`, sent, key);
    const again = await expectCalls(testApp, ['commit'], 200, () => borrower.post(`${path}/lenders`, sent, key));
    expect(again.text).toBe(first.text);
    expect(again.headers.get('Idempotency-Replayed')).toBe('true');
    await expectCalls(testApp, ['commit'], 422, () => borrower.post(`${path}/lenders`, { lenders: lenders(1, 2, 'x') }, key));
  });
});

describe('what a process remembers', () => {
  it('is forgotten where nobody knows whether a commit was done', async () => {
    const { store, fail, failCommits } = failingStore();
    opened.push(store);
    const testApp = await openTestApp({ store, usesViewCache: true });
    const borrower = await testApp.as('borrower@example.com');
    const path = `/loans/${await borrower.postsLoan()}/lenders`;
    failCommits('unavailable');
    await expectCalls(testApp, ['commit'], 503, () => borrower.post(path, { lenders: lenders(1, 1) }));
    fail(undefined);
    await expectCalls(testApp, ['get', 'commit'], 200, () => borrower.post(path, { lenders: lenders(1, 1) }));
  });

  it('is all checked: every command writes each place that it looks at', async () => {
    const inner = openSqlite(':memory:');
    opened.push(inner);
    let looked: readonly Key<unknown>[] = [];
    const unchecked: string[] = [];
    const store: Store = {
      get: (keys) => {
        looked = keys;
        return inner.get(keys);
      },
      batchGet: (keys) => inner.batchGet(keys),
      list: (range) => inner.list(range),
      listIndex: (range) => inner.listIndex(range),
      commit: (command, writes) => {
        const written = new Set(writes.map(({ key }) => keyText(key)));
        unchecked.push(...looked.map(keyText).filter((place) => !written.has(place)));
        looked = [];
        return inner.commit(command, writes);
      },
      close: () => inner.close(),
    };
    const testApp = await openTestApp({ store });
    const borrower = await testApp.as('borrower@example.com');
    const [ann, more] = [await testApp.as('ann1@example.com'), await testApp.as('more0@example.com')];
    unchecked.splice(0); // what the installation looked at
    const { body } = await borrower.post('/loans', { ...LOAN, lenders: lenders(2, 100) }, { 'Idempotency-Key': 'create' });
    const path = `/loans/${body.loan.loan_id}`;
    await borrower.post(`${path}/lenders`, { lenders: lenders(2, 100, 'more') }, { 'Idempotency-Key': 'add' });
    const row = `${path}/lenders/${body.lenders[0].lender_id}`;
    await borrower.patch(row, { contribution_amount: 50 }, { 'Idempotency-Key': 'change' });
    await borrower.delete(row);
    const invited = `/invitations/${body.loan.loan_id}`;
    await ann.post(`${invited}/accept`, undefined, { 'Idempotency-Key': 'accept' });
    await ann.post(`${invited}/decline`);
    await more.post(`${invited}/accept`);
    expect((await borrower.post(`${path}/close`)).status).toBe(200);
    const ended = await borrower.postsLoan();
    expect((await borrower.post(`/loans/${ended}/cancel`)).status).toBe(200);
    expect(unchecked).toEqual([]);
  });
});
