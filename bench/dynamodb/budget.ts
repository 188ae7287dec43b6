import { UNITS } from '../simulation/scenarios.ts';
import type { Metered } from './meter.ts';
import type { OutcomeCost } from './outcomes.ts';

/** The most requests to DynamoDB of each outcome, without and with the loan in the view cache. */
const BUDGET: Readonly<Record<string, Readonly<Record<OutcomeCost['state'], number>>>> = {
  'add ten lenders': { cold: 2, warm: 1 },
  'add ten lenders, with a key': { cold: 2, warm: 1 },
  'add ten lenders, replayed': { cold: 1, warm: 1 },
  'add ten lenders, refused by the loan': { cold: 1, warm: 1 },
  'add lenders, refused by its form': { cold: 0, warm: 0 },
  'add one lender': { cold: 2, warm: 1 },
  'post a loan': { cold: 2, warm: 1 },
  'change an amount': { cold: 2, warm: 1 },
  'revoke an invitation': { cold: 2, warm: 1 },
  'read a loan': { cold: 1, warm: 1 },
  'list 20 lenders': { cold: 2, warm: 2 },
  'list own loans (2)': { cold: 2, warm: 2 },
  'list 20 events': { cold: 2, warm: 2 },
  'cancel a loan': { cold: 2, warm: 1 },
};

/** The outcome that the simulation is based on. */
const SIMULATED = 'add ten lenders, with a key';

/** The most that adding ten lenders with a key takes with all that follows: write units in all, requests after its own commit. */
const FOLLOW_UP_MAX = {
  off: { units: 65, requests: 10 },
  /** Where the invitations are scored too: an item of the sender, and one of each mailbox. */
  shadow: { units: 76, requests: 12 },
} as const;

/** @param requests of `measureFollowUp` @returns a line for each exceeded budget and wrong capacity formula */
export function objectionsToFollowUp(requests: readonly Metered[], risk: keyof typeof FOLLOW_UP_MAX = 'off'): string[] {
  const max = FOLLOW_UP_MAX[risk];
  const units = requests.reduce((sum, { write }) => sum + write, 0);
  const following = requests.length - 1;
  return [
    ...(units > max.units ? [`${units} write units instead of ${max.units}`] : []),
    ...(following > max.requests ? [`${following} requests follow instead of ${max.requests}`] : []),
    ...requests.flatMap(({ disagreements }) => disagreements),
  ].map((line) => `${SIMULATED}, and all that follows, RISK=${risk}: ${line}`);
}

/** @returns a line for each exceeded budget, wrong capacity formula and deviation from the simulation */
export function objectionsTo(costs: readonly OutcomeCost[]): string[] {
  return [
    ...costs.flatMap(budgetObjections),
    ...costs.filter(({ outcome }) => outcome === SIMULATED).flatMap(simulationObjections),
  ];
}

function simulationObjections({ requests }: OutcomeCost): string[] {
  const written = requests.find(({ write }) => write > 0);
  if (written?.write === UNITS.add && written.partitionWrite === UNITS.partition) return [];
  return [
    `${SIMULATED}: ${written?.write} units, ${written?.partitionWrite} on the loan's partition; the simulation assumes ${UNITS.add} and ${UNITS.partition}`,
  ];
}

function budgetObjections({ outcome, state, requests }: OutcomeCost): string[] {
  const requestsMax = BUDGET[outcome]?.[state] ?? 0;
  const excess = requests.length > requestsMax ? [`${requests.length} requests to DynamoDB instead of ${requestsMax}`] : [];
  return [...excess, ...requests.flatMap(({ disagreements }) => disagreements)].map((line) => `${outcome}, ${state}: ${line}`);
}
