import { openBareEngine } from './bare-engine.ts';
import { openEngineLoad } from './engine-load.ts';
import { addLenders, type LoadResult } from './load.ts';
import { startServer } from './server.ts';

/* Measures what is compared alternately in one run, as absolute figures depend on the machine. */

const ROUNDS = 5;
const CLIENTS = 16;
const LENDERS_EACH = 10;
const ENGINE_MS = 1500;
const HTTP_SECONDS = 4;

export interface Round {
  /** Commits a second of SQLite alone: one an fsync, and sixteen an fsync. */
  readonly bareAlone: number;
  readonly bareGrouped: number;
  /** Commits a second of our store on one loan: one after the other, and pipelined. */
  readonly engineQueued: number;
  readonly enginePipelined: number;
  /** Microseconds in which our store reads a view of thirteen items. */
  readonly viewMicroseconds: number;
  /** Over HTTP: a loan for each client, and one loan for all. */
  readonly spread: LoadResult;
  readonly hot: LoadResult;
}

export async function measureRounds(log: (line: string) => void): Promise<Round[]> {
  const bare = openBareEngine();
  const engine = openEngineLoad();
  const server = await startServer();
  const load = { url: server.url, clients: CLIENTS, seconds: HTTP_SECONDS, lendersEach: LENDERS_EACH };
  const rounds: Round[] = [];
  await addLenders({ ...load, targets: await server.loans(CLIENTS), seconds: 2 }); // warm-up
  for (let round = 1; round <= ROUNDS; round += 1) {
    log(`round ${round} of ${ROUNDS} ...`);
    rounds.push({
      bareAlone: bare.run(ENGINE_MS, 1),
      spread: await addLenders({ ...load, targets: await server.loans(CLIENTS) }),
      bareGrouped: bare.run(ENGINE_MS, 16),
      hot: await addLenders({ ...load, targets: await server.loans(1) }),
      engineQueued: await engine.queued(ENGINE_MS),
      enginePipelined: await engine.pipelined(ENGINE_MS, CLIENTS),
      viewMicroseconds: await engine.viewing(ENGINE_MS / 3),
    });
  }
  await Promise.all([bare.close(), engine.close(), server.close()]);
  return rounds;
}
