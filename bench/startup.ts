import { call, start, temporaryFolder } from '../e2e/program.ts';

const RUNS = 7;

/** @returns milliseconds from the start of the program to its first response, with a new store, for each run */
export async function measureStartUp(): Promise<number[]> {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const folder = await temporaryFolder();
    const startedAt = performance.now();
    const program = await start(folder.path);
    await call(program.url, undefined, 'GET', '/health/ready');
    times.push(performance.now() - startedAt);
    await program.stop();
    await folder.remove();
  }
  return times;
}
