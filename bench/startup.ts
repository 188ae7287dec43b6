import { call, start, temporaryFolder } from '../e2e/program.ts';

const RUNS = 7;

/** @returns milliseconds from starting the program to its first answer, on a new store, of each run */
export async function measureStartUp(): Promise<number[]> {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const folder = await temporaryFolder();
    const started = performance.now();
    const program = await start(folder.path);
    await call(program.url, undefined, 'GET', '/health/ready');
    times.push(performance.now() - started);
    await program.stop();
    await folder.remove();
  }
  return times;
}
