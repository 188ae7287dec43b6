import { companyDomain } from '../domains.ts';
import { DAY_MS, type Episode, HOUR_MS, MINUTE_MS, REQUEST_MAX } from '../episode.ts';
import { friendOf } from '../honest/friends.ts';
import { HONEST_RESPONSES } from '../honest/settings.ts';
import { chosenLocalPart, personOf } from '../people/people.ts';
import type { Random } from '../random.ts';
import { inRequests, type Plan, senderOf, startOf, type Target } from '../story.ts';
import { abuseOf, abusiveAccountAge, boughtList, habitsOf, nameFor, UNWANTED } from './lists.ts';

/** One victim's address in many misspellings, of the name and of the provider. */
export function typoSquats(random: Random): Episode {
  const habits = habitsOf(random);
  const victim = personOf(habits.locale, random);
  const local = chosenLocalPart(victim, random).split('+')[0] ?? victim.first;
  const domain = random.chance(0.7) ? random.pick(habits.locale.freeMail) : companyDomain(habits.locale, random);
  const targets = random.times(random.int(6, 60), (index): Target => {
    const address = { local, domain };
    const typed = index === 0 ? address : misspelled(address, random);
    return { email: `${typed.local}@${typed.domain}`, name: nameFor(random, habits, victim.name) };
  });
  const plan = abuseOf(random, habits, inRequests(unique(targets), random.int(4, REQUEST_MAX)), { ...UNWANTED, bounced: 0.3 });
  const sender = senderOf(random, startOf(random), abusiveAccountAge(random), [[plan, { gapMs: 5 * MINUTE_MS, spread: 3 }]]);
  return { group: 'misspellings of one victim', senders: [sender] };
}

/** Dozens of new accounts that each invite one victim, most among a few others. */
export function bombingByMany(random: Random): Episode {
  const habits = habitsOf(random);
  const victim = personOf(habits.locale, random);
  const email = `${chosenLocalPart(victim, random)}@${random.pick(habits.locale.freeMail)}`;
  const others = random.pick([0, 0, 2, 4]);
  const start = startOf(random);
  const senders = random.times(random.int(10, 50), () => {
    const own = habitsOf(random);
    const fillers = boughtList(random, own, random.int(0, others));
    const targets = random.shuffle([{ email, name: nameFor(random, own, victim.name) }, ...fillers]);
    const plan = abuseOf(random, own, [targets], { ...UNWANTED, bounced: 0.03 });
    const begin = start + Math.floor(random.between(0, 20 * HOUR_MS));
    return senderOf(random, begin, random.between(1, 30) * MINUTE_MS, [[plan, { gapMs: HOUR_MS, spread: 2 }]]);
  });
  return { group: 'one victim by many senders', senders };
}

/** A bought list from an account of some weeks, a few addresses at a time for weeks, with names and amounts like anybody's. */
export function slowDrip(random: Random): Episode {
  const habits = { ...habitsOf(random), named: 'all' as const, isSorted: false, amounts: 'round' as const };
  const list = boughtList(random, habits, random.int(20, 60));
  const plan = abuseOf(random, habits, inRequests(list, random.int(1, 4)));
  const age = random.between(10, 60) * DAY_MS;
  const sender = senderOf(random, startOf(random), age, [[plan, { gapMs: 14 * HOUR_MS, spread: 2 }]]);
  return { group: 'slow drip', senders: [sender] };
}

/** An account with a good history of its own, then a list from the attacker who took it over. */
export function takenOver(random: Random): Episode {
  const habits = habitsOf(random);
  const borrower = personOf(habits.locale, random);
  const honest: Plan = {
    senderName: borrower.name,
    purpose: null,
    loanAmount: random.int(1, 40) * 100_000,
    amounts: 'round',
    batches: inRequests(
      random.times(random.int(5, 22), () => friendOf(borrower, random)),
      random.int(2, 12),
    ),
    isAbusive: false,
    responses: HONEST_RESPONSES,
  };
  const stolen = { ...habits, senderName: borrower.name };
  const plan = abuseOf(random, stolen, inRequests(boughtList(random, stolen, random.int(20, 120)), random.int(8, REQUEST_MAX)));
  const sender = senderOf(
    random,
    startOf(random),
    random.between(1, 30) * DAY_MS,
    [
      [honest, { gapMs: 12 * HOUR_MS, spread: 4 }],
      [plan, { gapMs: 5 * MINUTE_MS, spread: 2 }],
    ],
    random.between(10, 120) * DAY_MS,
  );
  return { group: 'account taken over', senders: [sender] };
}

interface Address {
  readonly local: string;
  readonly domain: string;
}

function misspelled(address: Address, random: Random): Address {
  const edits = random.chance(0.7) ? 1 : 2;
  return Array.from({ length: edits }).reduce<Address>(({ local, domain }) => {
    const name = domain.slice(0, domain.indexOf('.'));
    return random.chance(0.7)
      ? { local: edited(local, random), domain }
      : { local, domain: edited(name, random).replace(/[._]/g, '') + domain.slice(name.length) };
  }, address);
}

/** One character missing, doubled, exchanged with the next one, or another one. */
function edited(text: string, random: Random): string {
  const at = random.int(0, Math.max(0, text.length - 2));
  const [character = 'a', next = ''] = [text[at], text[at + 1]];
  const replacement = random.weighted([
    [2, next],
    [2, character + character + next],
    [2, next + character],
    [1, random.pick([...'abcdefghijklmnoprstuvwyz']) + next],
    [1, character + random.pick([...'._0123456789']) + next],
  ]);
  const result = text.slice(0, at) + replacement + text.slice(at + 2);
  return /^[a-z0-9](?:[._-]?[a-z0-9])*$/.test(result) ? result : `${text}${random.int(1, 9)}`;
}

function unique(targets: readonly Target[]): Target[] {
  return [...new Map(targets.map((target) => [target.email, target])).values()];
}
