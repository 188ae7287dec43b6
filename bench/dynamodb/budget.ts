import { UNITS } from '../simulation/scenarios.ts';
import type { OutcomeCost } from './outcomes.ts';

/** Requests to DynamoDB that no outcome may exceed: of a process that knows nothing, and of one that remembers the loan. */
const BUDGET: Readonly<Record<string, Readonly<Record<OutcomeCost['state'], number>>>> = {
  'add ten lenders': { cold: 2, warm: 1 },
  'add ten lenders, with a key': { cold: 2, warm: 1 },
  'add ten lenders, replayed': { cold: 1, warm: 1 },
  'add ten lenders, refused by the loan': { cold: 1, warm: 1 },
  'add lenders, refused by its form': { cold: 0, warm: 0 },
  'add one lender': { cold: 2, warm: 1 },
  'post a loan': { cold: 1, warm: 1 },
  'change an amount': { cold: 2, warm: 1 },
  'revoke an invitation': { cold: 2, warm: 1 },
  'read a loan': { cold: 1, warm: 1 },
  'list 20 lenders': { cold: 2, warm: 2 },
  'list own loans (2)': { cold: 2, warm: 2 },
  'list 20 events': { cold: 2, warm: 2 },
  'cancel a loan': { cold: 2, warm: 1 },
};

/** What the simulation reckons with. */
const SIMULATED = 'add ten lenders, with a key';

/** @returns what exceeds its budget, where the formula of capacity is wrong and where the simulation is, a line each */
export function objectionsTo(costs: readonly OutcomeCost[]): string[] {
  return [...unforeseenIn(costs), ...costs.filter(({ outcome }) => outcome === SIMULATED).flatMap(unlikeSimulated)];
}

function unlikeSimulated({ requests }: OutcomeCost): string[] {
  const written = requests.find(({ write }) => write > 0);
  if (written?.write === UNITS.add && written.partitionWrite === UNITS.partition) return [];
  return [
    `${SIMULATED}: ${written?.write} units, ${written?.partitionWrite} on the loan's partition; the simulation reckons with ${UNITS.add} and ${UNITS.partition}`,
  ];
}

function unforeseenIn(costs: readonly OutcomeCost[]): string[] {
  return costs.flatMap(({ outcome, state, requests }) => {
    const most = BUDGET[outcome]?.[state] ?? 0;
    const over = `${outcome}, ${state}: ${requests.length} requests to DynamoDB, and may be ${most}`;
    const disagreements = requests.flatMap((request) => request.disagreements);
    return [...(requests.length > most ? [over] : []), ...disagreements.map((line) => `${outcome}, ${state}: ${line}`)];
  });
}
