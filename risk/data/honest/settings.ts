import { faker as en } from '@faker-js/faker/locale/en';
import type { Locale } from '../people/locales.ts';
import { type Person, personOf } from '../people/people.ts';
import type { Random } from '../random.ts';
import type { Plan, Responses } from '../story.ts';

/** What the same kind of borrower does differently from one population to another. */
export interface HonestSettings {
  readonly locales: readonly Locale[];
  /** For the group of names in other scripts. */
  readonly otherScripts: readonly Locale[];
  readonly responses: Responses;
  /** Minor units. */
  readonly loanMedian: number;
  /** Factor on the number of people that a borrower invites. */
  readonly circle: number;
}

export const HONEST_RESPONSES: Responses = { accepted: 0.5, declined: 0.09, optedOut: 0.004, bounced: 0.02, invitedByOthers: 0.02 };

const THINGS = [...(en.rawDefinitions.commerce?.product_name?.product ?? ['car']), ...(en.rawDefinitions.vehicle?.type ?? ['van'])];

/** A borrower's loan, without its batches. */
export function loanOf(random: Random, { name }: Person, { loanMedian, responses }: HonestSettings): Omit<Plan, 'batches'> {
  const rounded = Math.max(1, Math.round(random.around(loanMedian, 2.6) / 10_000)) * 10_000;
  // How willing those are that one borrower knows differs.
  const accepted = Math.min(0.9, Math.max(0.08, responses.accepted + 0.15 * random.normal()));
  return {
    senderName: random.chance(0.92) ? name : null,
    purpose: random.chance(0.7) ? purposeOf(random) : null,
    loanAmount: rounded,
    amounts: random.chance(0.45) ? 'equal' : 'round',
    isAbusive: false,
    responses: { ...responses, accepted },
  };
}

export function borrowerOf(random: Random, { locales }: HonestSettings): Person {
  return personOf(random.pick(locales), random);
}

/** Accounts are mostly made for a loan. Milliseconds. */
export function accountAge(random: Random): number {
  const minutes = random.chance(0.6) ? random.around(30, 4) : random.around(20 * 24 * 60, 4);
  return minutes * 60_000;
}

function purposeOf(random: Random): string {
  const thing = random.pick(THINGS).toLowerCase();
  return random.pick([
    `A new ${thing} for the shop`,
    `To pay for my ${thing}`,
    `Repair of the roof, and a ${thing}`,
    `Consolidating what I owe on my cards and a PayPal credit`,
    `Tuition fees and payment of rent until I graduate`,
    `${thing} & equipment for our service team`,
    `Opening a cafe (update: we have the keys!)`,
    `Wedding in ${random.int(2026, 2028)}`,
  ]);
}
