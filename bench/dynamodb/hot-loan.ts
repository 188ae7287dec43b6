import { setTimeout as pause } from 'node:timers/promises';
import { lenders, type TestApp } from '../../server/src/testing/app/test-app.ts';
import type { TestUser } from '../../server/src/testing/app/test-user.ts';
import { simulateConflicts } from '../../server/src/testing/dynamodb/conflicts.ts';
import { ANY, type ProxyRule, passThrough } from '../../server/src/testing/dynamodb/proxy.ts';
import { median } from '../median.ts';
import type { BenchDatabase } from './setup.ts';

/* Many writers on one loan: the cost of a success when they share a process, and when each has its own. */

const WRITERS = [2, 4, 8, 16, 32, 64] as const;
export const ADDS_EACH = 4;
/** How long a transaction stays under way after DynamoDB Local has carried it out. */
const HELD_MS = 5;

export interface HotLoan {
  readonly writers: number;
  /** One: its mutex serializes the commands. As many as writers: they meet in the database only. */
  readonly processes: number;
  /** Whether concurrent transactions on the same items conflict, as on AWS and not on DynamoDB Local. */
  readonly conflicts: boolean;
  readonly adds: number;
  readonly successes: number;
  /** Adds that got 503 after too many version conflicts. */
  readonly refused: number;
  /** Requests to DynamoDB in all. */
  readonly calls: number;
  readonly seconds: number;
  /** Median milliseconds of a committed transaction. */
  readonly commitMs: number;
}

export async function measureHotLoans(database: BenchDatabase, progress: (line: string) => void): Promise<HotLoan[]> {
  const table = await database.newTable();
  const apps: TestApp[] = [];
  while (apps.length < Math.max(...WRITERS)) apps.push(await database.open(table));
  const measured: HotLoan[] = [];
  for (const conflicts of [true, false]) {
    for (const isShared of [true, false]) {
      for (const writers of WRITERS) {
        const result = await measure(database, apps.slice(0, isShared ? 1 : writers), writers, conflicts);
        progress(`hot loan: ${writers} writers, ${result.processes} processes, conflicts ${conflicts ? 'on' : 'off'} ...`);
        measured.push(result);
      }
    }
  }
  return measured;
}

async function measure(database: BenchDatabase, apps: readonly TestApp[], writers: number, conflicts: boolean): Promise<HotLoan> {
  database.proxy.clear();
  const [first] = apps;
  if (!first) throw new Error('a writer needs a process');
  const loan = `/loans/${await (await first.as('borrower@example.com')).postsLoan({ amount: 1_000_000 })}`;
  const path = `${loan}/lenders`;
  const borrowers = await Promise.all(apps.map((testApp) => testApp.as('borrower@example.com')));
  for (const [index, borrower] of borrowers.entries()) await add(borrower, path, `warm${index}-`); // fills every view cache
  const { rule, took } = timed(conflicts ? simulateConflicts(() => pause(HELD_MS)) : passThrough);
  database.proxy.clear();
  database.proxy.always(ANY, rule);
  const began = performance.now();
  const statuses = await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      const borrower = borrowers[writer % borrowers.length];
      const own: number[] = [];
      while (borrower && own.length < ADDS_EACH) own.push(await add(borrower, path, `w${writer}-${own.length}-`));
      return own;
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  const calls = database.proxy.requests.length;
  database.proxy.clear();
  const all = statuses.flat();
  const unexpected = all.find((status) => status !== 200 && status !== 503);
  if (unexpected !== undefined) throw new Error(`an add got status ${unexpected}`);
  const successes = all.filter((status) => status === 200).length;
  const refused = all.length - successes;
  const lenderCount = (await borrowers[0]?.get(loan))?.body.loan.lender_count;
  if (lenderCount !== borrowers.length + successes)
    throw new Error(`${successes} adds succeeded, but the loan has ${lenderCount} lenders`);
  return {
    writers,
    processes: apps.length,
    conflicts,
    adds: all.length,
    successes,
    refused,
    calls,
    seconds,
    commitMs: median(took),
  };
}

async function add(borrower: TestUser, path: string, prefix: string): Promise<number> {
  return (await borrower.post(path, { lenders: lenders(1, 1, prefix) })).status;
}

/** The same rule, which records the milliseconds of each committed transaction. */
function timed(rule: ProxyRule) {
  const took: number[] = [];
  const timing: ProxyRule = async (exchange) => {
    const began = performance.now();
    await rule(exchange);
    const { operation, response } = exchange.request;
    if (operation === 'TransactWriteItems' && response?.status === 200) took.push(performance.now() - began);
  };
  return { rule: timing, took };
}
