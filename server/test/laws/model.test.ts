import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLenderId, parseLoanId } from '../../src/domain/ids.ts';
import { openDynamoDb } from '../../src/storage/dynamodb/dynamodb-store.ts';
import { openSqlite } from '../../src/storage/sqlite/sqlite-store.ts';
import type { Store } from '../../src/storage/store.ts';
import { Model, type ModelLender } from '../../src/testing/app/reference-model.ts';
import type { TestResponse } from '../../src/testing/app/response.ts';
import { openTestApp, TEST_NOW, type TestApp } from '../../src/testing/app/test-app.ts';
import type { TestUser } from '../../src/testing/app/test-user.ts';
import { LOAN } from '../../src/testing/app/test-user.ts';
import { endpoint, newTable, optionsAt } from '../../src/testing/dynamodb/tables.ts';
import { expireDueInvitations } from '../../src/usecases/invitations/expire-due-invitations.ts';

/*
 * Random commands drive a plain model and the whole app in lock-step. After each step both must agree and the laws must
 * hold, on every engine, and with several apps whose view caches are outdated by each other.
 */

const DAY_MS = 86_400_000;
const INVITES_PER_HOUR = 12;

/** Commands refer to users, loans and keys by small numbers, so that they often coincide. */
type Step =
  | { readonly do: 'create'; readonly user: number; readonly amount: number; readonly lenders: readonly Invite[] }
  | { readonly do: 'add'; readonly user: number; readonly loan: number; readonly lenders: readonly Invite[]; readonly key: number }
  | { readonly do: 'change'; readonly user: number; readonly loan: number; readonly lender: number; readonly amount: number }
  | { readonly do: 'revoke'; readonly user: number; readonly loan: number; readonly lender: number }
  | { readonly do: 'cancel' | 'close'; readonly user: number; readonly loan: number }
  | { readonly do: 'accept' | 'decline' | 'declineByLink'; readonly loan: number; readonly lender: number }
  | { readonly do: 'advance'; readonly days: number }
  | { readonly do: 'sweep' };

interface Invite {
  readonly address: number;
  readonly amount: number;
}

/** Mostly the first, so that steps coincide. */
const mostly = (first: number, others: number) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(first) }, { weight: 1, arbitrary: fc.nat({ max: others }) });
const user = mostly(0, 1);
const loan = mostly(0, 2);
const ADDRESSES = 7;
const address = fc.nat({ max: ADDRESSES - 1 });
/** Few different amounts, so that sums often equal a limit. */
const cents = fc.integer({ min: 1, max: 6 }).map((quarters) => quarters * 250);
const invites = (min: number) =>
  fc.uniqueArray(fc.record({ address, amount: cents }), { minLength: min, maxLength: 4, selector: (invite) => invite.address });

const create = fc.record({
  do: fc.constant('create' as const),
  user,
  amount: fc.integer({ min: 4, max: 16 }).map((quarters) => quarters * 250),
  lenders: invites(0),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: create },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('add' as const), user, loan, lenders: invites(1), key: fc.nat({ max: 3 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('change' as const), user, loan, lender: address, amount: cents }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('revoke' as const), user, loan, lender: address }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('accept' as const), loan, lender: address }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('decline' as const), loan, lender: address }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('declineByLink' as const), loan, lender: address }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('cancel' as const, 'close' as const), user, loan }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('advance' as const), days: fc.constantFrom(0.02, 0.5, 29, 31) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('sweep' as const) }) },
);
/** A lender who undoes a decline by link, while others may have taken the amount. Such steps would seldom meet by chance. */
const changeOfMind = fc
  .record({ loan, lender: address, user, lenders: invites(0) })
  .map(({ loan, lender, user, lenders }): Step[] => [
    { do: 'declineByLink', loan, lender },
    ...(lenders.length > 0 ? [{ do: 'add', user, loan, lenders, key: 0 } as const] : []),
    { do: 'accept', loan, lender },
  ]);
const steps = fc.oneof({ weight: 9, arbitrary: step.map((one) => [one]) }, { weight: 1, arbitrary: changeOfMind });
/** Start with a loan. */
const scripts = fc
  .tuple(create, fc.array(steps, { minLength: 10, maxLength: 40, size: 'max' }))
  .map(([first, others]): Step[] => [first, ...others.flat()]);

const addressOf = (index: number) => `lender${index}@example.com`;
const major = (units: number) => units / 100;

interface Client {
  readonly testApp: TestApp;
  readonly borrowers: readonly TestUser[];
  readonly lenders: readonly TestUser[];
}

/** Sends each step to an app and the model, and compares the results. Several apps on one store alternate. */
class Comparison {
  readonly #clients: readonly Client[];
  readonly #model: Model;
  /** The app's ids of the model's loans, in the order of creation. */
  readonly #loanIds: string[] = [];
  #steps = 0;

  constructor(clients: readonly Client[]) {
    this.#clients = clients;
    this.#model = new Model({ now: TEST_NOW, invitesPerHour: INVITES_PER_HOUR, invitationMs: 30 * DAY_MS, idempotencyMs: DAY_MS });
  }

  async run(step: Step): Promise<void> {
    this.#steps += 1;
    switch (step.do) {
      case 'advance':
        for (const { testApp } of this.#clients) testApp.advance(step.days * DAY_MS);
        this.#model.now += step.days * DAY_MS;
        return;
      case 'sweep':
        await this.#sweep();
        return this.#model.sweep();
      case 'create': {
        const body = { ...LOAN, amount: major(step.amount), lenders: step.lenders.map(toRequest) };
        const response = await this.#user(step.user).post('/loans', body);
        expectSame(response, this.#model.create(step.user, step.amount, step.lenders.map(toModel)));
        if (response.status === 201) this.#loanIds.push(response.body.loan.loan_id);
        return;
      }
      case 'add': {
        const headers: Record<string, string> = step.key > 0 ? { 'Idempotency-Key': `key-${step.key}` } : {};
        const path = `${this.#path(step.loan)}/lenders`;
        const response = await this.#user(step.user).post(path, { lenders: step.lenders.map(toRequest) }, headers);
        const expected = this.#model.add(step.user, step.loan, step.lenders.map(toModel), step.key);
        expectSame(response, expected);
        expect(response.headers.has('Idempotency-Replayed')).toBe(expected.replayed);
        return;
      }
      case 'change': {
        const path = await this.#lenderPath(step);
        const response = await this.#user(step.user).patch(path, { contribution_amount: major(step.amount) });
        return expectSame(response, this.#model.change(step.user, step.loan, addressOf(step.lender), step.amount));
      }
      case 'revoke': {
        const response = await this.#user(step.user).delete(await this.#lenderPath(step));
        return expectSame(response, this.#model.revoke(step.user, step.loan, addressOf(step.lender)));
      }
      case 'cancel':
      case 'close': {
        const response = await this.#user(step.user).post(`${this.#path(step.loan)}/${step.do}`);
        return expectSame(response, this.#model[step.do](step.user, step.loan));
      }
      case 'accept':
      case 'decline': {
        const path = `/invitations/${this.#loanId(step.loan)}/${step.do}`;
        const response = await this.#user(step.lender, 'lenders').post(path);
        return expectSame(response, this.#model[step.do](addressOf(step.lender), step.loan));
      }
      case 'declineByLink':
        return this.#declineByLink(step);
    }
  }

  /** Checks the laws, and that app and model agree. */
  async requireSame(): Promise<void> {
    for (const [index, expected] of this.#model.loans.entries()) {
      const borrower = this.#user(expected.borrower);
      const { body } = await borrower.get(this.#path(index));
      const rows = (await borrower.get(`${this.#path(index)}/lenders?limit=100`)).body.lenders;
      const { total_invited, total_accepted, remaining, lender_count, status, version } = body.loan;
      const totals = { total_invited, total_accepted, remaining, lender_count, status, version };
      expect(totals).toEqual(this.#model.totals(index));
      expect(remaining).toBeGreaterThanOrEqual(0);
      expect(Math.round((total_invited + remaining) * 100)).toBe(expected.amount);
      expect(new Set(rows.map(rowOf))).toEqual(new Set(this.#model.rows(index)));
      const { events } = (await borrower.get(`${this.#path(index)}/events?limit=100`)).body;
      expect([...new Set(events.map((event: { data: { loan: { version: number } } }) => event.data.loan.version))]).toEqual(
        Array.from({ length: version }, (_, before) => before + 1),
      );
    }
  }

  async #declineByLink(step: { readonly loan: number; readonly lender: number }): Promise<void> {
    const email = addressOf(step.lender);
    const round = this.#model.roundOf(email, step.loan);
    if (round === 0) return; // no mail, so no link
    const { testApp } = this.#client();
    const [loanId, lenderId] = [parseLoanId(this.#loanId(step.loan)), parseLenderId(await this.#lenderIdOf(step))];
    if (!loanId || !lenderId) throw new TypeError('the app gave an id that is not valid');
    const link = testApp.app.mailLinksAt('').invitation({ loanId, lenderId, round }, testApp.now + 30 * DAY_MS);
    const response = await testApp.send('POST', '/mail/decline', { body: { token: link.split('#')[1] } });
    expectSame(response, this.#model.declineByLink(email, step.loan));
  }

  async #sweep(): Promise<void> {
    await expireDueInvitations(this.#client().testApp.app.services, (error) => {
      throw error;
    });
  }

  #client(): Client {
    const client = this.#clients[this.#steps % this.#clients.length];
    if (!client) throw new RangeError('there is no app');
    return client;
  }

  #user(index: number, kind: 'borrowers' | 'lenders' = 'borrowers'): TestUser {
    const user = this.#client()[kind][index];
    if (!user) throw new RangeError(`there is no user ${index}`);
    return user;
  }

  #path(loan: number): string {
    return `/loans/${this.#loanId(loan)}`;
  }

  #loanId(loan: number): string {
    return this.#loanIds[loan] ?? '019cb2f0-0000-7000-8000-000000000000';
  }

  async #lenderPath(step: { readonly loan: number; readonly lender: number }): Promise<string> {
    return `${this.#path(step.loan)}/lenders/${await this.#lenderIdOf(step)}`;
  }

  async #lenderIdOf(step: { readonly loan: number; readonly lender: number }): Promise<string> {
    const owner = this.#model.loans[step.loan]?.borrower ?? 0;
    const response = await this.#user(owner).get(`${this.#path(step.loan)}/lenders?limit=100`);
    const rows: { email: string; lender_id: string }[] = response.body.lenders ?? [];
    const row = rows.find(({ email }) => email === addressOf(step.lender));
    return row?.lender_id ?? 'A'.repeat(22);
  }
}

function toRequest({ address, amount }: Invite) {
  return { email: addressOf(address), contribution_amount: major(amount) };
}

function toModel({ address, amount }: Invite): ModelLender {
  return { email: addressOf(address), amount };
}

function rowOf({ email, contribution_amount, status }: { email: string; contribution_amount: number; status: string }): string {
  return `${email} ${contribution_amount} ${status}`;
}

function expectSame(response: TestResponse, expected: { readonly status: number; readonly codes?: readonly string[] }): void {
  const codes = (response.body.details ?? []).map((detail: { code: string }) => detail.code);
  expect({ status: response.status, codes }).toEqual({ status: expected.status, codes: expected.codes ?? [] });
}

interface Engine {
  readonly name: string;
  /** Opens an empty store. */
  readonly open: () => Promise<Store>;
  readonly apps: number;
  readonly usesViewCache: boolean;
  readonly runs: number;
}

const engines: readonly Engine[] = [
  { name: 'SQLite', open: async () => openSqlite(':memory:'), apps: 1, usesViewCache: false, runs: 120 },
  {
    name: 'SQLite with two apps and view caches',
    open: async () => openSqlite(':memory:'),
    apps: 2,
    usesViewCache: true,
    runs: 60,
  },
  ...(endpoint === undefined
    ? []
    : [{ name: 'DynamoDB with two apps and view caches', open: newStore, apps: 2, usesViewCache: true, runs: 5 }]),
];

async function newStore(): Promise<Store> {
  return openDynamoDb(await newTable(), optionsAt());
}

describe.each(engines)('the app on $name', ({ open, apps, usesViewCache, runs }) => {
  it('agrees with a plain model after each of any sequence of commands, and keeps the laws', async () => {
    await fc.assert(
      fc.asyncProperty(scripts, async (script) => {
        const store = await open();
        const comparison = new Comparison(await Promise.all(Array.from({ length: apps }, () => openClient(store, usesViewCache))));
        for (const step of script) {
          await comparison.run(step);
          await comparison.requireSame();
        }
        await store.close();
      }),
      { numRuns: runs },
    );
  }, 120_000);
});

async function openClient(store: Store, usesViewCache: boolean): Promise<Client> {
  const testApp = await openTestApp({ store, usesViewCache, config: { invitesPerHour: INVITES_PER_HOUR, idempotencyHours: 24 } });
  return {
    testApp,
    borrowers: await Promise.all(['first@example.com', 'second@example.com'].map((email) => testApp.as(email))),
    lenders: await Promise.all(Array.from({ length: ADDRESSES }, (_, index) => testApp.as(addressOf(index)))),
  };
}
