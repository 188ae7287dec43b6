import type { HotLoan } from '../dynamodb/hot-loan.ts';
import { simulate } from './simulation.ts';

/* The model held against what was measured on one hot loan, with the commit's length taken from there. */

export interface Validated {
  readonly writers: number;
  /** As measured; the model takes it from there. */
  readonly commitMs: number;
  readonly measured: Figures;
  readonly simulated: Figures;
}

interface Figures {
  readonly callsEach: number;
  /** The share of all adds. */
  readonly succeeding: number;
}

const SEEDS = 20;
/** Between program and proxy, on one machine. */
const NETWORK_MS = 2;
const OWN_MS = 2;
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/** @param hotLoans of which those count that met in the database, with conflicts */
export function validate(hotLoans: readonly HotLoan[]): Validated[] {
  return hotLoans
    .filter(({ conflicts, processes }) => conflicts && processes > 1)
    .map(({ writers, adds, calls, successes, commitMs }) => ({
      ...{ writers, commitMs },
      measured: { callsEach: calls / successes, succeeding: successes / adds },
      simulated: simulated(writers, adds / writers, commitMs),
    }));
}

function simulated(writers: number, each: number, commitMs: number): Figures {
  const runs = Array.from({ length: SEEDS }, (_, seed) =>
    simulate({
      seed,
      load: { kind: 'writers', writers, each },
      ...{ loans: 1, popularity: 'even', processes: 'many' },
      times: { networkMs: NETWORK_MS, viewMs: 0, commitMs, ownMs: OWN_MS },
      units: { add: 0, partition: 0 },
      limits: { table: NO_LIMIT, partition: NO_LIMIT, functions: NO_LIMIT },
    }),
  );
  const total = (figure: 'calls' | 'successes' | 'requests') => runs.reduce((sum, run) => sum + run[figure], 0);
  return { callsEach: total('calls') / total('successes'), succeeding: total('successes') / total('requests') };
}
