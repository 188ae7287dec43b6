import { companyAddress, companyDomain, disposableDomain, functionAddress, privateAddress } from '../domains.ts';
import { LATIN_LOCALES, type Locale } from '../people/locales.ts';
import { personOf } from '../people/people.ts';
import type { Random } from '../random.ts';
import type { Plan, Responses, Target } from '../story.ts';

/** What becomes of mail that nobody waits for. */
export const UNWANTED: Responses = { accepted: 0.003, declined: 0.03, optedOut: 0.05, bounced: 0.15, invitedByOthers: 0.03 };

/** How an attacker fills in the rest of a request, which differs from one attack to the next. */
export interface Habits {
  readonly locale: Locale;
  readonly senderName: string | null;
  readonly amounts: Plan['amounts'];
  readonly named: 'all' | 'none' | 'wrong' | 'half';
  readonly isSorted: boolean;
}

export function habitsOf(random: Random): Habits {
  const locale = random.pick(LATIN_LOCALES);
  return {
    locale,
    senderName: random.chance(0.8) ? personOf(locale, random).name : null,
    amounts: random.weighted([
      [4, 'tiny'],
      [4, 'equal'],
      [2, 'round'],
    ]),
    named: random.weighted([
      [4, 'all'],
      [3, 'none'],
      [1, 'wrong'],
      [2, 'half'],
    ]),
    isSorted: random.chance(0.5),
  };
}

export function abuseOf(random: Random, { senderName, amounts }: Habits, batches: Plan['batches'], responses = UNWANTED): Plan {
  const loanAmount = random.pick([100_000, 500_000, 1_000_000, 5_000_000, 100_000_000]);
  return { senderName, purpose: random.chance(0.4) ? 'Business' : null, loanAmount, amounts, batches, isAbusive: true, responses };
}

/** Addresses as lists on sale have them: unrelated people, shops and functions, some long dead. */
export function boughtList(random: Random, habits: Habits, count: number): Target[] {
  const companies = random.between(0.2, 0.7);
  const targets = random.times(count, (): Target => {
    const person = personOf(habits.locale, random);
    const domain = random.chance(0.04) ? disposableDomain(random) : companyDomain(habits.locale, random);
    const email = random.weighted([
      [1 - companies, () => privateAddress(person, random)],
      [companies * 0.6, () => companyAddress(person, random.int(0, 4), domain)],
      [companies * 0.4, () => functionAddress(domain, random)],
    ])();
    return { email, name: nameFor(random, habits, person.name) };
  });
  return habits.isSorted ? sortedByAddress(targets) : targets;
}

export function nameFor(random: Random, { named, locale }: Habits, real: string): string | null {
  if (named === 'none' || (named === 'half' && random.chance(0.5))) return null;
  return named === 'wrong' ? personOf(locale, random).name : real;
}

export function sortedByAddress(targets: readonly Target[]): Target[] {
  return [...targets].sort((a, b) => (a.email < b.email ? -1 : 1));
}

/** Minutes for accounts of the day, sometimes days. Milliseconds. */
export function abusiveAccountAge(random: Random): number {
  return (random.chance(0.75) ? random.around(25, 4) : random.around(5 * 24 * 60, 2)) * 60_000;
}
