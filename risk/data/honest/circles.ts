import { companyAddress, companyDomain, functionAddress, privateAddress, relayAddress } from '../domains.ts';
import { type Episode, HOUR_MS, IMPORT_STEP_MAX, MINUTE_MS, REQUEST_MAX } from '../episode.ts';
import { familyName, type Person, personOf, writtenName } from '../people/people.ts';
import type { Random } from '../random.ts';
import { inRequests, type Plan, senderOf, startOf, type Target } from '../story.ts';
import { sortedByName } from './friends.ts';
import { accountAge, borrowerOf, type HonestSettings, loanOf } from './settings.ts';

/** A large family with two surnames, some with addresses at a domain of the family. */
export function family(random: Random, settings: HonestSettings): Episode {
  const borrower = borrowerOf(random, settings);
  const { locale } = borrower;
  const surnames = [familyName(locale, random), familyName(locale, random)];
  const home = random.chance(0.3) ? companyDomain(locale, random) : undefined;
  const relatives = random.times(Math.round(random.int(12, 40) * settings.circle), (): Target => {
    const person = personOf(locale, random, random.pick(surnames));
    const email = home && random.chance(0.5) ? `${person.first}@${home}` : privateAddress(person, random);
    return { email, name: writtenName(person, random) };
  });
  return oneList('family', random, borrower, settings, relatives);
}

/** Colleagues: one domain, one form of address, often from the directory in its order. */
export function company(random: Random, settings: HonestSettings): Episode {
  const borrower = borrowerOf(random, settings);
  const domain = companyDomain(borrower.locale, random);
  const style = random.int(0, 4);
  const colleagues = random.times(Math.round(random.int(6, 40) * settings.circle), (): Target => {
    const person = personOf(borrower.locale, random);
    if (random.chance(0.04)) return { email: functionAddress(domain, random), name: null };
    return { email: companyAddress(person, style, domain), name: writtenName(person, random) };
  });
  return oneList('company', random, borrower, settings, colleagues);
}

/** A class or a department: parents at public providers, staff and students with numbers at the school. */
export function school(random: Random, settings: HonestSettings): Episode {
  const borrower = borrowerOf(random, settings);
  const domain = `${random.pick(['students.', 'mail.', ''])}${companyDomain(borrower.locale, random)}`;
  const prefix = random.pick(['s', 'st', 'u', '']);
  const year = random.int(18, 26);
  const members = random.times(Math.round(random.int(10, 34) * settings.circle), (): Target => {
    const person = personOf(borrower.locale, random);
    const email = random.weighted([
      [4, () => privateAddress(person, random)],
      [2, () => companyAddress(person, 0, domain)],
      [3, () => `${prefix}${year}${String(random.int(0, 9999)).padStart(4, '0')}@${domain}`],
    ])();
    return { email, name: writtenName(person, random) };
  });
  return oneList('school', random, borrower, settings, members);
}

/** Former students: forwarding addresses for life at one domain, and relays. */
export function alumni(random: Random, settings: HonestSettings): Episode {
  const borrower = borrowerOf(random, settings);
  const domain = `alumni.${companyDomain(borrower.locale, random)}`;
  const members = random.times(Math.round(random.int(8, 30) * settings.circle), (): Target => {
    const person = personOf(borrower.locale, random);
    const email = random.weighted([
      [5, () => `${person.first}.${person.last}.${String(person.birthYear + 22).slice(2)}@${domain}`],
      [3, () => relayAddress(random)],
      [2, () => privateAddress(person, random)],
    ])();
    return { email, name: writtenName(person, random) };
  });
  return oneList('alumni', random, borrower, settings, members);
}

/** Names in other scripts than their addresses. */
export function otherScript(random: Random, settings: HonestSettings): Episode {
  const borrower = personOf(random.pick(settings.otherScripts), random);
  const members = random.times(Math.round(random.int(2, 22) * settings.circle), (): Target => {
    const person = personOf(borrower.locale, random);
    return { email: privateAddress(person, random), name: writtenName(person, random) };
  });
  return oneList('other script', random, borrower, settings, members);
}

/** A co-operative that invites its 300 members, from a file. */
export function cooperative(random: Random, settings: HonestSettings): Episode {
  const borrower = borrowerOf(random, settings);
  const members = random.times(Math.round(random.int(200, 330) * Math.min(1, settings.circle)), (): Target => {
    const person = personOf(borrower.locale, random);
    const domain = companyDomain(borrower.locale, random);
    const email = random.weighted([
      [75, () => privateAddress(person, random)],
      [15, () => companyAddress(person, random.int(0, 4), domain)],
      [10, () => functionAddress(domain, random)],
    ])();
    return { email, name: random.chance(0.9) ? person.name : null };
  });
  const list = random.chance(0.7) ? sortedByName(members) : members;
  const loan = loanOf(random, borrower, settings);
  const plan: Plan = {
    ...loan,
    loanAmount: loan.loanAmount * 10,
    amounts: random.chance(0.8) ? 'equal' : 'round',
    batches: inRequests(list, IMPORT_STEP_MAX),
    responses: { ...loan.responses, bounced: 0.04, optedOut: 0.008 },
  };
  const sender = senderOf(random, startOf(random), accountAge(random) * 20, [[plan, { gapMs: HOUR_MS, spread: 2 }]]);
  return { group: 'co-operative', senders: [sender] };
}

/** By hand in several requests, or from a file in one. */
function oneList(group: string, random: Random, borrower: Person, settings: HonestSettings, targets: readonly Target[]): Episode {
  const list = random.chance(0.35) ? sortedByName(targets) : targets;
  const size = random.chance(0.3) ? IMPORT_STEP_MAX : random.int(5, REQUEST_MAX);
  const plan: Plan = { ...loanOf(random, borrower, settings), batches: inRequests(list, size) };
  const pace = random.chance(0.6) ? { gapMs: 6 * MINUTE_MS, spread: 2.5 } : { gapMs: 14 * HOUR_MS, spread: 4 };
  return { group, senders: [senderOf(random, startOf(random), accountAge(random), [[plan, pace]])] };
}
