import { deepStrictEqual } from 'node:assert/strict';
import { call } from '../../e2e/http-client.ts';
import type { TestResponse } from '../../server/src/testing/app/response.ts';
import { anonymize, type Transcript } from './transcript.ts';

/*
 * The same requests to each server, before any timing: rows, rules and responses must be the same as ours, and concurrent adds
 * must never over-fund.
 */

/** With these limits, so that they are checked too. */
export const CHECKED_LIMITS = { invitesPerHour: 60, loansPerDay: 3 };

export interface CheckedServer {
  readonly url: string;
  token(email: string): string;
}

const LOAN = { amount: 1000, currency: 'EUR', interest_rate: 4.5, term_months: 36, purpose: 'A workshop' };
/** Many enough that their transactions meet. */
const CONCURRENT = 24;

interface User {
  send(method: string, path: string, body?: unknown, key?: string): Promise<TestResponse>;
}

/** @returns what the server responded, without what differs from run to run @throws AssertionError */
export async function transcribe(server: CheckedServer): Promise<Transcript> {
  return anonymize([
    ...(await addOneByOne(server)),
    ...(await reinvite(server)),
    ...(await reachLimits(server)),
    ...(await addAtOnce(server)),
    ...(await repeatAtOnce(server)),
  ]);
}

/** @throws AssertionError that shows where they differ */
export function requireSame(name: string, expected: Transcript, actual: Transcript): void {
  deepStrictEqual(actual, expected, `${name} responds in another way than ours`);
}

function userAt({ url, token }: CheckedServer, email: string): User {
  const bearer = token(email);
  return {
    send: (method, path, body, key) => call(url, bearer, method, path, body, key === undefined ? {} : { 'Idempotency-Key': key }),
  };
}

async function createLoan(user: User, loan: object = LOAN): Promise<{ path: string; response: TestResponse }> {
  const response = await user.send('POST', '/loans', loan);
  return { path: `/loans/${response.body.loan?.loan_id}`, response };
}

const lendersOf = (name: string, count: number, amount: unknown = 10) =>
  Array.from({ length: count }, (_, n) => ({ email: `${name}${n}@Example.com`, contribution_amount: amount, name: 'Ana' }));

async function addOneByOne(server: CheckedServer): Promise<TestResponse[]> {
  const user = userAt(server, 'ann@example.com');
  const { path, response: created } = await createLoan(user);
  const add = (lenders: unknown, key?: string) => user.send('POST', `${path}/lenders`, { lenders }, key);
  const first = { lenders: lendersOf('first', 3, '10.50') };
  const reordered = { lenders: first.lenders.map(({ email, ...others }) => ({ ...others, email })) };
  const invalid = [
    ...lendersOf('once', 1),
    { email: 'not an address', contribution_amount: 0 },
    { email: 'once0@example.com', contribution_amount: 1 },
    { email: 'Ann@example.com', contribution_amount: -1 },
  ];
  return [
    created,
    await user.send('POST', `${path}/lenders`, first, 'key'),
    await user.send('POST', `${path}/lenders`, { other: null, ...first }, 'key'),
    await user.send('POST', `${path}/lenders`, reordered, 'key'),
    await add(lendersOf('first', 2), 'new-key'),
    await add(lendersOf('first', 2).concat(lendersOf('fine', 1, 2000))),
    await add(invalid),
    await add([]),
    await add(lendersOf('many', 21)),
    await add(lendersOf('fraction', 1, 1.005)),
    await add(lendersOf('over', 2, 484.26)),
    await add(lendersOf('rest', 2, 484.25), 'rest'),
    await add(lendersOf('one more', 1)),
    await add(lendersOf('more', 1, 0.01)),
    await userAt(server, 'stranger@example.com').send('POST', `${path}/lenders`, first),
    await user.send('POST', '/loans/01a202a0-d02c-78e5-940b-844f91530ecc/lenders', first),
    await call(server.url, undefined, 'POST', `${path}/lenders`, first),
    await user.send('GET', path),
    await rowsOf(user, path),
  ];
}

/** Lenders sorted by address: servers may list them in any order. */
async function rowsOf(user: User, path: string): Promise<TestResponse> {
  const response = await user.send('GET', `${path}/lenders?limit=100`);
  const lenders: { email: string }[] = response.body.lenders;
  lenders.sort((a, b) => (a.email < b.email ? -1 : 1));
  return response;
}

/** An ended invitation is followed by another round, with the same id. */
async function reinvite(server: CheckedServer): Promise<TestResponse[]> {
  const user = userAt(server, 'bob@example.com');
  const { path } = await createLoan(user);
  const add = (amount: number) => user.send('POST', `${path}/lenders`, { lenders: lendersOf('again', 1, amount) });
  const added = await add(1000);
  const lender = `${path}/lenders/${added.body.lenders[0].lender_id}`;
  const responses = [added, await add(1000), await user.send('DELETE', lender), await add(400), await rowsOf(user, path)];
  return [...responses, await user.send('GET', path)];
}

async function reachLimits(server: CheckedServer): Promise<TestResponse[]> {
  const user = userAt(server, 'cleo@example.com');
  const { path } = await createLoan(user);
  const responses: TestResponse[] = [];
  for (let sent = 0; sent < CHECKED_LIMITS.invitesPerHour; sent += 20)
    responses.push(await user.send('POST', `${path}/lenders`, { lenders: lendersOf(`batch${sent}-`, 20, 1) }));
  responses.push(await user.send('POST', `${path}/lenders`, { lenders: lendersOf('last', 1) }));
  for (let loan = 1; loan < CHECKED_LIMITS.loansPerDay + 1; loan += 1) responses.push((await createLoan(user)).response);
  return responses;
}

/** Only three of them have room. */
async function addAtOnce(server: CheckedServer): Promise<TestResponse[]> {
  const user = userAt(server, 'dora@example.com');
  const { path } = await createLoan(user, { ...LOAN, amount: 60 });
  const attempts = Array.from({ length: CONCURRENT }, (_, n) =>
    user.send('POST', `${path}/lenders`, { lenders: lendersOf(`at-once${n}-`, 2) }, `at-once-${n}`),
  );
  const statuses = (await Promise.all(attempts)).map(({ status }) => status).toSorted();
  const expected = Array.from({ length: CONCURRENT }, (_, n) => (n < 3 ? 200 : 400));
  deepStrictEqual(statuses, expected, 'concurrent adds must fill the loan exactly');
  const loan = await user.send('GET', path);
  const { body } = await rowsOf(user, path);
  deepStrictEqual([loan.body.loan.total_invited, loan.body.loan.lender_count, body.lenders.length], [60, 6, 6]);
  return [loan];
}

/** Repeats at once have one effect, and get the same bytes. */
async function repeatAtOnce(server: CheckedServer): Promise<TestResponse[]> {
  const user = userAt(server, 'eve@example.com');
  const { path } = await createLoan(user);
  const send = () => user.send('POST', `${path}/lenders`, { lenders: lendersOf('repeat', 2) }, 'repeated');
  const responses = await Promise.all(Array.from({ length: CONCURRENT }, send));
  deepStrictEqual(new Set(responses.map(({ status, text }) => `${status} ${text}`)).size, 1, 'repeats must get the same response');
  const create = () => user.send('POST', '/loans', LOAN, 'created');
  const created = await Promise.all(Array.from({ length: CONCURRENT }, create));
  deepStrictEqual(new Set(created.map(({ status, text }) => `${status} ${text}`)).size, 1, 'repeats must make one loan');
  return [await user.send('GET', path), await rowsOf(user, path)];
}
