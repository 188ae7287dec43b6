import { lenders } from '../../server/src/testing/app/test-app.ts';
import { median } from '../median.ts';
import type { BenchDatabase } from './setup.ts';

/* The latency of adding ten lenders with a delay injected into each call to the database, one request at a time. */

/** The report's assumption for a call. */
export const INJECTED_MS = 11;
const WARM_UP = 5;
const RUNS = 40;

export interface Latency {
  readonly state: 'cold' | 'warm';
  /** Requests to DynamoDB for each success. */
  readonly calls: number;
  /** Milliseconds without and with the injected delay. */
  readonly plainMs: number;
  readonly injectedMs: number;
  readonly runs: number;
}

export async function measureLatency(database: BenchDatabase): Promise<Latency[]> {
  return [await measure(database, 'cold'), await measure(database, 'warm')];
}

async function measure(database: BenchDatabase, state: Latency['state']): Promise<Latency> {
  const testApp = await database.open(await database.newTable(), { usesViewCache: state === 'warm' });
  const borrower = await testApp.as('borrower@example.com');
  const url = `http://localhost/loans/${await borrower.postsLoan({ amount: 1_000_000 })}/lenders`;
  const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${borrower.token}` };
  let sent = 0;

  async function timeOne(): Promise<number> {
    sent += 1;
    const body = JSON.stringify({ lenders: lenders(10, 1, `run${sent}-`) });
    const began = performance.now();
    const { status } = await testApp.app.fetch(new Request(url, { method: 'POST', headers, body }));
    if (status !== 200) throw new Error(`adding lenders got status ${status}`);
    return performance.now() - began;
  }
  async function medianMs(): Promise<number> {
    const times: number[] = [];
    while (times.length < RUNS) times.push(await timeOne());
    return median(times);
  }
  for (let run = 0; run < WARM_UP; run += 1) await timeOne();
  const plainMs = await medianMs();
  database.proxy.clear();
  database.proxy.latency(INJECTED_MS);
  const injectedMs = await medianMs();
  const calls = database.proxy.requests.length / RUNS;
  database.proxy.clear();
  return { state, calls, plainMs, injectedMs, runs: RUNS };
}
