import { parseArgs } from 'node:util';
import { type Limits, type Setting, type Simulated, simulate, type Times } from './simulation.ts';

/* The load of a marketplace, and the same so many times over, against AWS's limits as a new account has them. */

/** Adds of ten lenders a second, on so many loans. */
const BASE = { perSecond: 1, loans: 1000 } as const;
const FACTORS = [1, 10, 1000, 1_000_000] as const;

/** Of a new on-demand table, of a partition, and of a new account. */
const LIMITS: Limits = { table: 4000, partition: 1000, functions: 1000 };
/** As AWS commonly has them; nothing here was measured on AWS. */
const TIMES: Times = { networkMs: 1, viewMs: 8, commitMs: 12, ownMs: 5 };
/** Ten lenders with a key, as counted in docs/scale.md. */
export const UNITS: Setting['units'] = { add: 54, partition: 34 };

const REQUESTS = 200_000;
const SECONDS_MAX = 2000;
const SECONDS_MIN = 0.4;
const WARM_UP_SECONDS_MAX = 1;

interface Scenario {
  readonly perSecond: number;
  readonly loans: number;
  readonly popularity: Setting['popularity'];
  readonly seed: number;
}

export interface Told {
  readonly scenario: Scenario;
  readonly simulated: Simulated;
  /** What is asked of each limit, as a share of it, if everything were let through. */
  readonly demand: Readonly<Record<keyof Limits, number>>;
}

function told(scenario: Scenario): Told {
  const { perSecond, loans, popularity, seed } = scenario;
  const seconds = Math.min(SECONDS_MAX, Math.max(SECONDS_MIN, REQUESTS / perSecond));
  const simulated = simulate({
    ...{ seed, loans, popularity },
    load: { kind: 'arrivals', perSecond, seconds, warmUpSeconds: Math.min(WARM_UP_SECONDS_MAX, seconds / 2) },
    processes: 'many',
    ...{ times: TIMES, units: UNITS, limits: LIMITS },
  });
  return { scenario, simulated, demand: demandOf(scenario) };
}

/** The share of all requests that goes to the loan which is asked for most. */
function shareOfFirst({ loans, popularity }: Scenario): number {
  return popularity === 'even' ? 1 / loans : Math.log(2) / Math.log(loans + 1);
}

function demandOf(scenario: Scenario): Told['demand'] {
  const { perSecond } = scenario;
  const secondsEach = (TIMES.ownMs + TIMES.viewMs + TIMES.commitMs + 2 * TIMES.networkMs) / 1000;
  return {
    table: (perSecond * UNITS.add) / LIMITS.table,
    partition: (perSecond * shareOfFirst(scenario) * UNITS.partition) / LIMITS.partition,
    functions: (perSecond * secondsEach) / LIMITS.functions,
  };
}

/** The limit that is asked for most. */
export function firstToBreak({ demand }: Told): { readonly limit: keyof Limits; readonly demand: number } {
  const limits = ['table', 'partition', 'functions'] as const;
  const limit = limits.reduce((most, other) => (demand[other] > demand[most] ? other : most));
  return { limit, demand: demand[limit] };
}

export function simulateAll(seed = 1): Told[] {
  return (['even', 'zipf'] as const).flatMap((popularity) =>
    FACTORS.map((factor) => told({ perSecond: BASE.perSecond * factor, loans: BASE.loans * factor, popularity, seed })),
  );
}

/** What `npm run bench -- simulate --rate 50 --loans 10` asks for; without options, the scenarios of docs/scale.md. */
export function simulateAsked(args: readonly string[]): Told[] {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ args: [...args], options: { rate: text, loans: text, popularity: text, seed: text } });
  const seed = positive('seed', values.seed ?? '1');
  if (values.rate === undefined && values.loans === undefined && values.popularity === undefined) return simulateAll(seed);
  const popularity = values.popularity === 'even' ? 'even' : 'zipf';
  const [perSecond, loans] = [positive('rate', values.rate ?? '1'), positive('loans', values.loans ?? '1000')];
  return [told({ perSecond, loans: Math.ceil(loans), popularity, seed })];
}

function positive(name: string, text: string): number {
  const number = Number(text);
  if (!(number > 0 && number <= 1e12)) throw new RangeError(`--${name} must be a number above 0, not "${text}"`);
  return number;
}
