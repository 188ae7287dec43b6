import type { HotLoan } from '../dynamodb/hot-loan.ts';
import { simulate } from './simulation.ts';

/* Compares the simulation with the measured hot loan, with the measured commit time as input. */

export interface Validation {
  readonly writers: number;
  /** Measured; an input of the simulation. */
  readonly commitMs: number;
  readonly measured: Figures;
  readonly simulated: Figures;
}

interface Figures {
  readonly callsEach: number;
  /** Fraction of all requests. */
  readonly succeeding: number;
}

const SEEDS = 20;
/** Between program and proxy on one machine. */
const NETWORK_MS = 2;
const OWN_MS = 2;
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/** Uses the measurements of several processes with conflicts. */
export function validate(hotLoans: readonly HotLoan[]): Validation[] {
  return hotLoans
    .filter(({ conflicts, processes }) => conflicts && processes > 1)
    .map(({ writers, adds, calls, successes, commitMs }) => ({
      writers,
      commitMs,
      measured: { callsEach: calls / successes, succeeding: successes / adds },
      simulated: simulateHotLoan(writers, adds / writers, commitMs),
    }));
}

function simulateHotLoan(writers: number, each: number, commitMs: number): Figures {
  const runs = Array.from({ length: SEEDS }, (_, seed) =>
    simulate({
      seed,
      load: { kind: 'writers', writers, each },
      loans: 1,
      popularity: 'even',
      processes: 'many',
      times: { networkMs: NETWORK_MS, viewMs: 0, commitMs, ownMs: OWN_MS },
      units: { add: 0, partition: 0 },
      limits: { table: NO_LIMIT, partition: NO_LIMIT, functions: NO_LIMIT },
    }),
  );
  const total = (figure: 'calls' | 'successes' | 'requests') => runs.reduce((sum, run) => sum + run[figure], 0);
  return { callsEach: total('calls') / total('successes'), succeeding: total('successes') / total('requests') };
}
