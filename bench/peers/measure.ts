import { setTimeout as pause } from 'node:timers/promises';
import type { Contender } from './contenders.ts';
import type { Issuer } from './issuer.ts';
import type { Generator } from './load/generator.ts';
import type { LoadResult } from './load/plan.ts';
import { type Usage, usageSince } from './process-usage.ts';
import type { Phase } from './results.ts';

/* One load on one server: what came out of it, and what it cost, all that follows the responses included. */

export interface Load {
  readonly clients: number;
  readonly seconds: number;
  readonly adds?: number;
  /** The loan that all clients add to, and its borrower. Without it, each client makes its own loans. */
  readonly hot?: { readonly loanId: string; readonly email: string };
}

export interface Bench {
  readonly generator: Generator;
  readonly issuer: Issuer;
}

const QUIET_EVERY_MS = 250;
/** CPU time in such an interval of a server that only waits. */
const QUIET_CPU_MS = 20;
const QUIET_MS_MAX = 6000;

let loads = 0;

/** The load alone. */
export function runLoad({ generator, issuer }: Bench, { url }: Contender, load: Load): Promise<LoadResult> {
  const { clients, seconds, adds = Number.MAX_SAFE_INTEGER, hot } = load;
  loads += 1;
  const name = `load${loads}`;
  const emails = Array.from({ length: clients }, (_, client) => hot?.email ?? `borrower${client}-${name}@example.com`);
  const port = Number(new URL(url).port);
  return generator.run({ port, tokens: emails.map(issuer.token), name, loanId: hot?.loanId, seconds, adds });
}

export async function measureLoad(bench: Bench, contender: Contender, load: Load): Promise<Phase> {
  const before = contender.usage();
  const result = await runLoad(bench, contender, load);
  const isComplete = await waitUntilQuiet(() => contender.usage());
  const used = usageSince(before, contender.usage());
  return {
    clients: load.clients,
    adds: result.adds,
    addsPerSecond: result.adds / result.seconds,
    p50Ms: result.p50Ms,
    p99Ms: result.p99Ms,
    cpuMs: used.cpuMs / result.adds,
    bytes: used.writtenBytes / result.adds,
    generatorCpuMs: result.generatorCpuMs / result.adds,
    isComplete,
  };
}

/** @returns whether it got quiet in time */
export async function waitUntilQuiet(usage: () => Usage, millisecondsMax = QUIET_MS_MAX): Promise<boolean> {
  const deadline = performance.now() + millisecondsMax;
  let last = usage();
  while (performance.now() < deadline) {
    await pause(QUIET_EVERY_MS);
    const now = usage();
    if (usageSince(last, now).cpuMs <= QUIET_CPU_MS) return true;
    last = now;
  }
  return false;
}
