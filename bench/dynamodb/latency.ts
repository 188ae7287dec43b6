import { lenders } from '../../server/src/testing/app/test-app.ts';
import { median } from '../median.ts';
import type { BenchDatabase } from './setup.ts';

/* How long adding ten lenders takes where each call to the database takes so much longer, one request after the other. */

/** What the report reckons for a call. */
export const INJECTED_MS = 11;
const WARM_UP = 5;
const RUNS = 40;

export interface Latency {
  readonly state: 'cold' | 'warm';
  /** Requests to DynamoDB for each success. */
  readonly calls: number;
  /** Milliseconds, without anything injected and with. */
  readonly plainMs: number;
  readonly injectedMs: number;
  readonly runs: number;
}

export async function measureLatency(ground: BenchDatabase): Promise<Latency[]> {
  return [await measure(ground, 'cold'), await measure(ground, 'warm')];
}

async function measure(ground: BenchDatabase, state: Latency['state']): Promise<Latency> {
  const testApp = await ground.open(await ground.newTable(), { usesViewCache: state === 'warm' });
  const borrower = await testApp.as('borrower@example.com');
  const url = `http://localhost/loans/${await borrower.postsLoan({ amount: 1_000_000 })}/lenders`;
  const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${borrower.token}` };
  let sent = 0;

  async function take(): Promise<number> {
    sent += 1;
    const body = JSON.stringify({ lenders: lenders(10, 1, `run${sent}-`) });
    const began = performance.now();
    const { status } = await testApp.app.fetch(new Request(url, { method: 'POST', headers, body }));
    if (status !== 200) throw new Error(`adding lenders was answered with ${status}`);
    return performance.now() - began;
  }
  async function typical(): Promise<number> {
    const times: number[] = [];
    while (times.length < RUNS) times.push(await take());
    return median(times);
  }
  for (let run = 0; run < WARM_UP; run += 1) await take();
  const plainMs = await typical();
  ground.proxy.clear();
  ground.proxy.latency(INJECTED_MS);
  const injectedMs = await typical();
  const calls = ground.proxy.requests.length / RUNS;
  ground.proxy.clear();
  return { state, calls, plainMs, injectedMs, runs: RUNS };
}
