import { companyAddress, companyDomain, functionAddress, privateAddress, relayAddress } from '../domains.ts';
import { DAY_MS, type Episode, HOUR_MS, MINUTE_MS, REQUEST_MAX } from '../episode.ts';
import { type Person, personOf, writtenName } from '../people/people.ts';
import type { Random } from '../random.ts';
import { inRequests, type Plan, senderOf, startOf, type Target } from '../story.ts';
import { accountAge, borrowerOf, type HonestSettings, loanOf } from './settings.ts';

/** A borrower and whom they know: one to a dozen at a time, over days. */
export function friends(random: Random, settings: HonestSettings): Episode {
  const borrower = borrowerOf(random, settings);
  const size = () => Math.min(REQUEST_MAX, Math.max(1, Math.round(random.around(3 * settings.circle, 2))));
  const batches = random.times(random.int(1, 4), () => random.times(size(), () => friendOf(borrower, random)));
  return episode('friends', random, borrower, settings, batches, { gapMs: 10 * HOUR_MS, spread: 8 });
}

/** A new account that invites twenty-five people within an hour. */
export function firstDay(random: Random, settings: HonestSettings): Episode {
  const borrower = borrowerOf(random, settings);
  const count = Math.round(random.int(20, 32) * settings.circle);
  const invited = random.times(count, () => friendOf(borrower, random));
  const list = random.chance(0.3) ? sortedByName(invited) : invited;
  const plan: Plan = { ...loanOf(random, borrower, settings), batches: inRequests(list, random.int(8, REQUEST_MAX)) };
  const sender = senderOf(random, startOf(random), random.between(2, 50) * MINUTE_MS, [
    [plan, { gapMs: 8 * MINUTE_MS, spread: 2 }],
  ]);
  return { group: 'first day', senders: [sender] };
}

/** A second or third loan, to those who lent before and some others. */
export function returningBorrower(random: Random, settings: HonestSettings): Episode {
  const borrower = borrowerOf(random, settings);
  const circle = random.times(Math.round(random.int(6, 18) * settings.circle), () => friendOf(borrower, random));
  const loans = random.times(random.int(2, 3), (index) => {
    const again = index === 0 ? circle : random.shuffle(circle).slice(0, Math.ceil(circle.length * random.between(0.4, 1)));
    const fresh = index === 0 ? [] : random.times(random.int(0, 6), () => friendOf(borrower, random));
    const plan: Plan = {
      ...loanOf(random, borrower, settings),
      batches: inRequests([...again, ...fresh], random.int(3, REQUEST_MAX)),
    };
    return [plan, { gapMs: 5 * HOUR_MS, spread: 6 }] as const;
  });
  return { group: 'returning', senders: [senderOf(random, startOf(random), accountAge(random), loans, 60 * DAY_MS)] };
}

/** Brothers and sisters who raise loans at about the same time, among the same relatives and friends. */
export function siblings(random: Random, settings: HonestSettings): Episode {
  const first = borrowerOf(random, settings);
  const shared = random.times(random.int(6, 14), () => friendOf(first, random));
  const start = startOf(random);
  const senders = random.times(random.int(2, 3), () => {
    const borrower = personOf(first.locale, random, first.name.split(' ').at(first.locale.isFamilyFirst ? 0 : -1));
    const own = random.times(random.int(2, 8), () => friendOf(borrower, random));
    const plan: Plan = {
      ...loanOf(random, borrower, settings),
      batches: inRequests(random.shuffle([...shared, ...own]), random.int(4, 12)),
    };
    return senderOf(random, start + random.between(0, 15) * DAY_MS, accountAge(random), [
      [plan, { gapMs: 12 * HOUR_MS, spread: 6 }],
    ]);
  });
  return { group: 'siblings', senders };
}

/** People who guard their privacy: tags, relays, two addresses of one person, and addresses corrected after a bounce. */
export function carefulFriends(random: Random, settings: HonestSettings): Episode {
  const borrower = borrowerOf(random, settings);
  const invited = random
    .times(random.int(3, 14), () => friendOf(borrower, random))
    .flatMap((friend): Target[] => {
      const [local = '', domain = ''] = friend.email.split('@');
      return random.weighted<Target[]>([
        [4, [friend]],
        [3, [{ ...friend, email: relayAddress(random) }]],
        [1, [{ ...friend, email: `${local}+loan@${domain}` }]],
        [1, [friend, { ...friend, email: `${local}@${companyDomain(borrower.locale, random)}` }]],
        [1, [{ ...friend, email: `${local.slice(0, -1)}@${domain}` }, friend]],
      ]);
    });
  return episode('careful', random, borrower, settings, inRequests(invited, random.int(2, 10)), { gapMs: 3 * HOUR_MS, spread: 8 });
}

/** A friend from anywhere: at a public provider, at work, at a small company's function address. */
export function friendOf(borrower: Person, random: Random): Target {
  const person = personOf(borrower.locale, random);
  const domain = companyDomain(person.locale, random);
  const email = random.weighted([
    [82, () => privateAddress(person, random)],
    [14, () => companyAddress(person, random.int(0, 4), domain)],
    [2, () => functionAddress(domain, random)],
    [2, () => relayAddress(random)],
  ])();
  return { email, name: writtenName(person, random) };
}

export function sortedByName(targets: readonly Target[]): Target[] {
  return [...targets].sort((a, b) => ((a.name ?? a.email) < (b.name ?? b.email) ? -1 : 1));
}

function episode(
  group: string,
  random: Random,
  borrower: Person,
  settings: HonestSettings,
  batches: Plan['batches'],
  pace: { readonly gapMs: number; readonly spread: number },
): Episode {
  const plan: Plan = { ...loanOf(random, borrower, settings), batches };
  return { group, senders: [senderOf(random, startOf(random), accountAge(random), [[plan, pace]])] };
}
