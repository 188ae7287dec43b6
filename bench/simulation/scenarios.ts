import { parseArgs } from 'node:util';
import { type Limits, type SimulationConfig, type SimulationResult, simulate, type Times } from './simulation.ts';

/* The load of a marketplace, and multiples of it, with the AWS limits of a new account. */

/** Requests a second, each adding ten lenders, on this number of loans. */
const BASE = { perSecond: 1, loans: 1000 } as const;
const FACTORS = [1, 10, 1000, 1_000_000] as const;

/** Of a new on-demand table, of a partition, and of a new account's concurrency. */
const LIMITS: Limits = { table: 4000, partition: 1000, functions: 1000 };
/** Typical of AWS, but not measured there. */
const TIMES: Times = { networkMs: 1, viewMs: 8, commitMs: 12, ownMs: 5 };
/** Adding ten lenders with a key; counted in docs/scale.md. */
export const UNITS: SimulationConfig['units'] = { add: 44, partition: 28 };

const REQUESTS = 200_000;
const SECONDS_MAX = 2000;
const SECONDS_MIN = 0.4;
const WARM_UP_SECONDS_MAX = 1;

interface Scenario {
  readonly perSecond: number;
  readonly loans: number;
  readonly popularity: SimulationConfig['popularity'];
  readonly seed: number;
}

export interface ScenarioResult {
  readonly scenario: Scenario;
  readonly simulated: SimulationResult;
  /** Load as a fraction of each limit, if nothing were throttled. */
  readonly demand: Readonly<Record<keyof Limits, number>>;
}

function runScenario(scenario: Scenario): ScenarioResult {
  const { perSecond, loans, popularity, seed } = scenario;
  const seconds = Math.min(SECONDS_MAX, Math.max(SECONDS_MIN, REQUESTS / perSecond));
  const simulated = simulate({
    seed,
    loans,
    popularity,
    load: { kind: 'arrivals', perSecond, seconds, warmUpSeconds: Math.min(WARM_UP_SECONDS_MAX, seconds / 2) },
    processes: 'many',
    times: TIMES,
    units: UNITS,
    limits: LIMITS,
  });
  return { scenario, simulated, demand: demandOf(scenario) };
}

/** Fraction of all requests that go to the most popular loan. */
function shareOfHottestLoan({ loans, popularity }: Scenario): number {
  return popularity === 'even' ? 1 / loans : Math.log(2) / Math.log(loans + 1);
}

function demandOf(scenario: Scenario): ScenarioResult['demand'] {
  const { perSecond } = scenario;
  const secondsPerRequest = (TIMES.ownMs + TIMES.viewMs + TIMES.commitMs + 2 * TIMES.networkMs) / 1000;
  return {
    table: (perSecond * UNITS.add) / LIMITS.table,
    partition: (perSecond * shareOfHottestLoan(scenario) * UNITS.partition) / LIMITS.partition,
    functions: (perSecond * secondsPerRequest) / LIMITS.functions,
  };
}

/** The limit with the highest load. */
export function bottleneck({ demand }: ScenarioResult): { readonly limit: keyof Limits; readonly demand: number } {
  const limits = ['table', 'partition', 'functions'] as const;
  const limit = limits.reduce((highest, other) => (demand[other] > demand[highest] ? other : highest));
  return { limit, demand: demand[limit] };
}

export function simulateAll(seed = 1): ScenarioResult[] {
  return (['even', 'zipf'] as const).flatMap((popularity) =>
    FACTORS.map((factor) => runScenario({ perSecond: BASE.perSecond * factor, loans: BASE.loans * factor, popularity, seed })),
  );
}

/** For `npm run bench -- simulate --rate 50 --loans 10`; without options, the scenarios of docs/scale.md. */
export function simulateFromArgs(args: readonly string[]): ScenarioResult[] {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ args: [...args], options: { rate: text, loans: text, popularity: text, seed: text } });
  const seed = parsePositive('seed', values.seed ?? '1');
  if (values.rate === undefined && values.loans === undefined && values.popularity === undefined) return simulateAll(seed);
  const popularity = values.popularity === 'even' ? 'even' : 'zipf';
  const [perSecond, loans] = [parsePositive('rate', values.rate ?? '1'), parsePositive('loans', values.loans ?? '1000')];
  return [runScenario({ perSecond, loans: Math.ceil(loans), popularity, seed })];
}

function parsePositive(name: string, text: string): number {
  const number = Number(text);
  if (!(number > 0 && number <= 1e12)) throw new RangeError(`--${name} must be a number above 0, not "${text}"`);
  return number;
}
