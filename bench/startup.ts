import { call } from '../e2e/http-client.ts';
import { openWorkplace } from '../server/src/testing/process/cli-process.ts';

const RUNS = 7;

/** @returns milliseconds from the start of the program to its first response, with a new store, for each run */
export async function measureStartUp(): Promise<number[]> {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const work = openWorkplace();
    const startedAt = performance.now();
    const server = await work.serve();
    await call(server.url, undefined, 'GET', '/health/ready');
    times.push(performance.now() - startedAt);
    await work.close();
  }
  return times;
}
