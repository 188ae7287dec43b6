import { setTimeout as pause } from 'node:timers/promises';
import { lenders, type Person, type TestApp } from '../../server/src/testing/app/test-app.ts';
import { simulateConflicts } from '../../server/src/testing/dynamodb/conflicts.ts';
import { ANY, type ProxyRule, passThrough } from '../../server/src/testing/dynamodb/proxy.ts';
import { median } from '../median.ts';
import type { BenchDatabase } from './setup.ts';

/* Many writers on one loan: what a success costs when they share a process, and when each has one of its own. */

export const WRITERS = [2, 4, 8, 16, 32, 64] as const;
export const ADDS_EACH = 4;
/** How long a transaction stays under way behind what DynamoDB Local takes for it. */
export const HELD_MS = 5;

export interface HotLoan {
  readonly writers: number;
  /** One: commands take turns in it. As many as writers: each meets the others in the database only. */
  readonly processes: number;
  /** Whether transactions on the same items refuse each other, as on AWS and not on DynamoDB Local. */
  readonly conflicts: boolean;
  readonly adds: number;
  readonly successes: number;
  /** Refused with 503: they lost too many races. */
  readonly refused: number;
  /** Requests to DynamoDB, of all adds. */
  readonly calls: number;
  readonly seconds: number;
  /** Median milliseconds that a transaction which was carried out was under way. */
  readonly commitMs: number;
}

export async function measureHotLoans(ground: BenchDatabase, progress: (line: string) => void): Promise<HotLoan[]> {
  const table = await ground.newTable();
  const labs: TestApp[] = [];
  while (labs.length < Math.max(...WRITERS)) labs.push(await ground.open(table));
  const measured: HotLoan[] = [];
  for (const conflicts of [true, false]) {
    for (const isShared of [true, false]) {
      for (const writers of WRITERS) {
        const result = await measure(ground, labs.slice(0, isShared ? 1 : writers), writers, conflicts);
        progress(`hot loan: ${writers} writers, ${result.processes} processes, conflicts ${conflicts ? 'on' : 'off'} ...`);
        measured.push(result);
      }
    }
  }
  return measured;
}

async function measure(ground: BenchDatabase, labs: readonly TestApp[], writers: number, conflicts: boolean): Promise<HotLoan> {
  ground.proxy.clear();
  const [first] = labs;
  if (!first) throw new Error('a writer needs a process');
  const loan = `/loans/${await (await first.as('borrower@example.com')).postsLoan({ amount: 1_000_000 })}`;
  const path = `${loan}/lenders`;
  const people = await Promise.all(labs.map((testApp) => testApp.as('borrower@example.com')));
  for (const [place, person] of people.entries()) await add(person, path, `warm${place}-`); // every process knows the loan
  const { treatment, took } = timed(conflicts ? simulateConflicts(() => pause(HELD_MS)) : passThrough);
  ground.proxy.clear();
  ground.proxy.always(ANY, treatment);
  const began = performance.now();
  const statuses = await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      const person = people[writer % people.length];
      const own: number[] = [];
      while (person && own.length < ADDS_EACH) own.push(await add(person, path, `w${writer}-${own.length}-`));
      return own;
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  const calls = ground.proxy.requests.length;
  ground.proxy.clear();
  const all = statuses.flat();
  const unforeseen = all.find((status) => status !== 200 && status !== 503);
  if (unforeseen !== undefined) throw new Error(`an add was answered with ${unforeseen}`);
  const successes = all.filter((status) => status === 200).length;
  const refused = all.length - successes;
  const told = await people[0]?.get(loan);
  const lenderCount = told?.body.loan.lender_count;
  if (lenderCount !== people.length + successes)
    throw new Error(`${successes} adds were answered with success, and the loan has ${lenderCount}`);
  return {
    writers,
    processes: labs.length,
    conflicts,
    adds: all.length,
    successes,
    refused,
    calls,
    seconds,
    commitMs: median(took),
  };
}

async function add(borrower: Person, path: string, prefix: string): Promise<number> {
  return (await borrower.post(path, { lenders: lenders(1, 1, prefix) })).status;
}

/** The same treatment, and how long each transaction took that was carried out. */
function timed(treatment: ProxyRule) {
  const took: number[] = [];
  const timing: ProxyRule = async (exchange) => {
    const began = performance.now();
    await treatment(exchange);
    const { operation, told } = exchange.request;
    if (operation === 'TransactWriteItems' && told?.status === 200) took.push(performance.now() - began);
  };
  return { treatment: timing, took };
}
