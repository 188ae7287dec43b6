import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openDynamoDb } from '../../src/storage/dynamodb/dynamodb-store.ts';
import { openSqlite } from '../../src/storage/sqlite/sqlite-store.ts';
import type { Store } from '../../src/storage/store.ts';
import { Model, type ModelLender } from '../../src/testing/app/reference-model.ts';
import { type Answer, LOAN, openTestApp, type Person, TEST_NOW, type TestApp } from '../../src/testing/app/test-app.ts';
import { endpoint, newTable, optionsAt } from '../../src/testing/dynamodb/tables.ts';
import { expireDueInvitations } from '../../src/usecases/invitations/expire-due-invitations.ts';

/*
 * Random commands drive a plain model and the whole program in lock-step. After each step both must tell the same, and
 * the laws must hold, on every engine, and also where several programs remember what others have changed since.
 */

const DAY_MS = 86_400_000;
const INVITES_PER_HOUR = 12;

/** Commands name people, loans and keys by small numbers, so that they often meet. */
type Step =
  | { readonly do: 'create'; readonly who: number; readonly amount: number; readonly lenders: readonly Invite[] }
  | { readonly do: 'add'; readonly who: number; readonly loan: number; readonly lenders: readonly Invite[]; readonly key: number }
  | { readonly do: 'change'; readonly who: number; readonly loan: number; readonly lender: number; readonly amount: number }
  | { readonly do: 'revoke'; readonly who: number; readonly loan: number; readonly lender: number }
  | { readonly do: 'cancel' | 'close'; readonly who: number; readonly loan: number }
  | { readonly do: 'accept' | 'decline'; readonly loan: number; readonly lender: number }
  | { readonly do: 'pass'; readonly days: number }
  | { readonly do: 'sweep' };

interface Invite {
  readonly address: number;
  readonly amount: number;
}

/** Mostly the first, so that steps meet. */
const mostly = (first: number, others: number) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(first) }, { weight: 1, arbitrary: fc.nat({ max: others }) });
const who = mostly(0, 1);
const loan = mostly(0, 2);
const ADDRESSES = 7;
const address = fc.nat({ max: ADDRESSES - 1 });
/** Few different amounts, so that sums often meet a limit exactly. */
const cents = fc.integer({ min: 1, max: 6 }).map((quarters) => quarters * 250);
const invites = (min: number) =>
  fc.uniqueArray(fc.record({ address, amount: cents }), { minLength: min, maxLength: 4, selector: (invite) => invite.address });

const create = fc.record({
  do: fc.constant('create' as const),
  who,
  amount: fc.integer({ min: 4, max: 16 }).map((quarters) => quarters * 250),
  lenders: invites(0),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: create },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('add' as const), who, loan, lenders: invites(1), key: fc.nat({ max: 3 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('change' as const), who, loan, lender: address, amount: cents }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('revoke' as const), who, loan, lender: address }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('accept' as const), loan, lender: address }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('decline' as const), loan, lender: address }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('cancel' as const, 'close' as const), who, loan }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('pass' as const), days: fc.constantFrom(0.02, 0.5, 29, 31) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('sweep' as const) }) },
);
/** A loan first, and long enough for things to happen to it. */
const scripts = fc
  .tuple(create, fc.array(step, { minLength: 10, maxLength: 40, size: 'max' }))
  .map(([first, others]): Step[] => [first, ...others]);

const addressOf = (index: number) => `lender${index}@example.com`;
const major = (units: number) => units / 100;

interface Program {
  readonly testApp: TestApp;
  readonly people: readonly Person[];
  readonly lenders: readonly Person[];
}

/** Sends each step to a program and the model, and compares what they say. Several programs on one store take turns. */
class Twins {
  readonly #programs: readonly Program[];
  readonly #model: Model;
  /** The program's ids of the model's loans, in the order of their making. */
  readonly #loanIds: string[] = [];

  /** Where the next step is sent to. */
  #turn = 0;

  constructor(programs: readonly Program[]) {
    this.#programs = programs;
    this.#model = new Model({ now: TEST_NOW, invitesPerHour: INVITES_PER_HOUR, invitationMs: 30 * DAY_MS, idempotencyMs: DAY_MS });
  }

  async take(step: Step): Promise<void> {
    this.#turn += 1;
    switch (step.do) {
      case 'pass':
        for (const { testApp } of this.#programs) testApp.advance(step.days * DAY_MS);
        this.#model.now += step.days * DAY_MS;
        return;
      case 'sweep':
        await this.#sweep();
        return this.#model.sweep();
      case 'create': {
        const body = { ...LOAN, amount: major(step.amount), lenders: step.lenders.map(toRequest) };
        const answer = await this.#person(step.who).post('/loans', body);
        expectSame(answer, this.#model.create(step.who, step.amount, step.lenders.map(toModel)));
        if (answer.status === 201) this.#loanIds.push(answer.body.loan.loan_id);
        return;
      }
      case 'add': {
        const headers: Record<string, string> = step.key > 0 ? { 'Idempotency-Key': `key-${step.key}` } : {};
        const path = `${this.#path(step.loan)}/lenders`;
        const answer = await this.#person(step.who).post(path, { lenders: step.lenders.map(toRequest) }, headers);
        const told = this.#model.add(step.who, step.loan, step.lenders.map(toModel), step.key);
        expectSame(answer, told);
        expect(answer.headers.has('Idempotency-Replayed')).toBe(told.replayed);
        return;
      }
      case 'change': {
        const path = await this.#lenderPath(step);
        const answer = await this.#person(step.who).patch(path, { contribution_amount: major(step.amount) });
        return expectSame(answer, this.#model.change(step.who, step.loan, addressOf(step.lender), step.amount));
      }
      case 'revoke': {
        const answer = await this.#person(step.who).delete(await this.#lenderPath(step));
        return expectSame(answer, this.#model.revoke(step.who, step.loan, addressOf(step.lender)));
      }
      case 'cancel':
      case 'close': {
        const answer = await this.#person(step.who).post(`${this.#path(step.loan)}/${step.do}`);
        return expectSame(answer, this.#model[step.do](step.who, step.loan));
      }
      case 'accept':
      case 'decline': {
        const path = `/invitations/${this.#loanId(step.loan)}/${step.do}`;
        const answer = await this.#person(step.lender, 'lenders').post(path);
        return expectSame(answer, this.#model[step.do](addressOf(step.lender), step.loan));
      }
    }
  }

  /** The laws, and that the program shows what the model knows. */
  async requireSame(): Promise<void> {
    for (const [index, expected] of this.#model.loans.entries()) {
      const borrower = this.#person(expected.borrower);
      const { body } = await borrower.get(this.#path(index));
      const rows = (await borrower.get(`${this.#path(index)}/lenders?limit=100`)).body.lenders;
      const { total_invited, total_accepted, remaining, lender_count, status, version } = body.loan;
      const told = { total_invited, total_accepted, remaining, lender_count, status, version };
      expect(told).toEqual(this.#model.totals(index));
      expect(remaining).toBeGreaterThanOrEqual(0);
      expect(Math.round((total_invited + remaining) * 100)).toBe(expected.amount);
      expect(new Set(rows.map(rowOf))).toEqual(new Set(this.#model.rows(index)));
      const { events } = (await borrower.get(`${this.#path(index)}/events?limit=100`)).body;
      expect([...new Set(events.map((event: { data: { loan: { version: number } } }) => event.data.loan.version))]).toEqual(
        Array.from({ length: version }, (_, before) => before + 1),
      );
    }
  }

  async #sweep(): Promise<void> {
    const program = this.#programs[this.#turn % this.#programs.length];
    if (!program) throw new RangeError('there is no program');
    await expireDueInvitations(program.testApp.app.services, (fault) => {
      throw fault;
    });
  }

  #person(index: number, kind: 'lenders' | 'people' = 'people'): Person {
    const person = this.#programs[this.#turn % this.#programs.length]?.[kind][index];
    if (!person) throw new RangeError(`there is no person ${index}`);
    return person;
  }

  #path(loan: number): string {
    return `/loans/${this.#loanId(loan)}`;
  }

  #loanId(loan: number): string {
    return this.#loanIds[loan] ?? '019cb2f0-0000-7000-8000-000000000000';
  }

  async #lenderPath(step: { readonly loan: number; readonly lender: number }): Promise<string> {
    const owner = this.#model.loans[step.loan]?.borrower ?? 0;
    const answer = await this.#person(owner).get(`${this.#path(step.loan)}/lenders?limit=100`);
    const rows: { email: string; lender_id: string }[] = answer.body.lenders ?? [];
    const row = rows.find(({ email }) => email === addressOf(step.lender));
    return `${this.#path(step.loan)}/lenders/${row?.lender_id ?? 'A'.repeat(22)}`;
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

function expectSame(answer: Answer, told: { readonly status: number; readonly codes?: readonly string[] }): void {
  const codes = (answer.body.details ?? []).map((detail: { code: string }) => detail.code);
  expect({ status: answer.status, codes }).toEqual({ status: told.status, codes: told.codes ?? [] });
}

interface Engine {
  readonly name: string;
  /** A store that nobody has used. */
  readonly open: () => Promise<Store>;
  readonly programs: number;
  readonly usesViewCache: boolean;
  readonly runs: number;
}

const engines: readonly Engine[] = [
  { name: 'SQLite', open: async () => openSqlite(':memory:'), programs: 1, usesViewCache: false, runs: 120 },
  {
    name: 'SQLite, by two programs that remember',
    open: async () => openSqlite(':memory:'),
    programs: 2,
    usesViewCache: true,
    runs: 60,
  },
  ...(endpoint === undefined
    ? []
    : [{ name: 'DynamoDB, by two programs that remember', open: newStore, programs: 2, usesViewCache: true, runs: 5 }]),
];

async function newStore(): Promise<Store> {
  return openDynamoDb(await newTable(), optionsAt());
}

describe.each(engines)('on $name', ({ open, programs, usesViewCache, runs }) => {
  it('tells what a plain model tells, whatever the commands, and keeps the laws after each', async () => {
    await fc.assert(
      fc.asyncProperty(scripts, async (script) => {
        const store = await open();
        const twins = new Twins(await Promise.all(Array.from({ length: programs }, () => openProgram(store, usesViewCache))));
        for (const step of script) {
          await twins.take(step);
          await twins.requireSame();
        }
        await store.close();
      }),
      { numRuns: runs },
    );
  }, 120_000);
});

async function openProgram(store: Store, usesViewCache: boolean): Promise<Program> {
  const testApp = await openTestApp({ store, usesViewCache, config: { invitesPerHour: INVITES_PER_HOUR, idempotencyHours: 24 } });
  return {
    testApp,
    people: await Promise.all(['first@example.com', 'second@example.com'].map((email) => testApp.as(email))),
    lenders: await Promise.all(Array.from({ length: ADDRESSES }, (_, index) => testApp.as(addressOf(index)))),
  };
}
