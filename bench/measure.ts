import { openBareEngine } from './bare-engine.ts';
import { openEngineLoad } from './engine-load.ts';
import { addLenders, type Measured } from './load.ts';
import { startServer } from './server.ts';

/* Everything that is compared is measured side by side, in turns, in one run: absolute figures are this machine's alone. */

const ROUNDS = 5;
const CLIENTS = 16;
const LENDERS_EACH = 10;
const ENGINE_MS = 1500;
const HTTP_SECONDS = 4;

export interface Round {
  /** Commits a second of the bare engine, each with a sync of its own, and sixteen to a sync. */
  readonly bareAlone: number;
  readonly bareGrouped: number;
  /** Commits a second of our engine on one loan: each after the other, and pipelined. */
  readonly engineQueued: number;
  readonly enginePipelined: number;
  /** Microseconds that our engine takes to view thirteen items. */
  readonly viewMicroseconds: number;
  /** Over HTTP: each client on a loan of its own, and all on one loan. */
  readonly spread: Measured;
  readonly hot: Measured;
}

/** @param progress told before each round */
export async function measureRounds(progress: (line: string) => void): Promise<Round[]> {
  const bare = await openBareEngine();
  const engine = await openEngineLoad();
  const server = await startServer();
  const { url } = server.program;
  const load = { url, clients: CLIENTS, seconds: HTTP_SECONDS, lendersEach: LENDERS_EACH };
  const rounds: Round[] = [];
  await addLenders({ ...load, targets: await server.loans(CLIENTS), seconds: 2 }); // warm
  for (let round = 1; round <= ROUNDS; round += 1) {
    progress(`round ${round} of ${ROUNDS} ...`);
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
  await Promise.all([bare.end(), engine.end(), server.end()]);
  return rounds;
}
