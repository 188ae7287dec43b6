import { faker as en } from '@faker-js/faker/locale/en';
import { companyDomain, disposableDomain, scramble } from '../domains.ts';
import { DAY_MS, type Episode, HOUR_MS, IMPORT_STEP_MAX, MINUTE_MS, REQUEST_MAX } from '../episode.ts';
import { chosenLocalPart, handle, personOf } from '../people/people.ts';
import type { Random } from '../random.ts';
import { inRequests, senderOf, startOf, type Target } from '../story.ts';
import { abuseOf, abusiveAccountAge, boughtList, type Habits, habitsOf, nameFor, sortedByAddress, UNWANTED } from './lists.ts';

const BURST = { gapMs: 4 * MINUTE_MS, spread: 2 };

/** Given names and common words, in turn, at one domain. */
export function dictionary(random: Random): Episode {
  const habits = habitsOf(random);
  const domain = random.chance(0.3) ? random.pick(habits.locale.freeMail) : companyDomain(habits.locale, random);
  const isFull = random.chance(0.5);
  const targets = random.times(random.int(15, 150), (): Target => {
    const person = personOf(habits.locale, random);
    const local = isFull
      ? `${person.first}.${person.last}`
      : random.pick([person.first, person.last, `${person.first}${random.int(1, 9)}`]);
    return { email: `${local}@${domain}`, name: nameFor(random, habits, person.name) };
  });
  const list = habits.isSorted ? sortedByAddress(targets) : targets;
  return burst('dictionary', random, habits, list, { ...UNWANTED, bounced: 0.5, optedOut: 0.03 });
}

/** A list that was bought, from a new account. */
export function purchasedList(random: Random): Episode {
  const habits = habitsOf(random);
  return burst('bought list', random, habits, boughtList(random, habits, random.int(20, 180)));
}

/** One list, sent by several accounts so that more of it arrives. */
export function listByRing(random: Random): Episode {
  const habits = habitsOf(random);
  const list = boughtList(random, habits, random.int(15, 60));
  const start = startOf(random);
  const senders = random.times(random.int(3, 6), () => {
    const own = { ...habits, senderName: personOf(habits.locale, random).name };
    const part = random.shuffle(list).slice(0, Math.ceil(list.length * random.between(0.4, 1)));
    const plan = abuseOf(random, own, inRequests(habits.isSorted ? sortedByAddress(part) : part, random.int(6, REQUEST_MAX)));
    return senderOf(random, start + random.between(0, 4) * DAY_MS, abusiveAccountAge(random), [[plan, BURST]]);
  });
  return { group: 'list by a ring', senders };
}

/** One mailbox under many tags, or with dots where its provider ignores them. */
export function tagBombing(random: Random): Episode {
  const habits = habitsOf(random);
  const victim = personOf(habits.locale, random);
  const domain = random.weighted([
    [3, 'gmail.com'],
    [1, random.pick(habits.locale.freeMail)],
    [1, companyDomain(habits.locale, random)],
  ]);
  const local = chosenLocalPart(victim, random).split('+')[0] ?? victim.first;
  const byDots = domain === 'gmail.com' && random.chance(0.3);
  const targets = random.times(random.int(8, 120), (index): Target => {
    const spelled = byDots
      ? withDots(local, random)
      : `${local}+${random.pick([String(index + 1), scramble(random, 4), handle(random)])}`;
    return { email: `${spelled}@${domain}`, name: nameFor(random, habits, victim.name) };
  });
  return burst('tags of one mailbox', random, habits, targets, { ...UNWANTED, bounced: 0.01, optedOut: 0.08 });
}

/** The name is the message: a company's, or a link. */
export function namePayload(random: Random): Episode {
  const habits = habitsOf(random);
  const message = payload(random);
  const showsInSender = random.chance(0.3);
  const list = boughtList(random, { ...habits, named: 'all' }, random.int(4, 80));
  const targets = list.map(
    ({ email, name }): Target => ({ email, name: showsInSender && random.chance(0.7) ? name : message(random) }),
  );
  const posing = showsInSender ? message(random).slice(0, 80) : habits.senderName;
  return burst('name as payload', random, { ...habits, senderName: posing }, targets);
}

/** Mailboxes that may not exist, of random characters, some at disposable domains: a test of what gets through. */
export function madeUp(random: Random): Episode {
  const habits = habitsOf(random);
  const domains = random.times(random.int(1, 6), () =>
    random.chance(0.6) ? disposableDomain(random) : random.pick(habits.locale.freeMail),
  );
  const length = random.int(6, 14);
  const targets = random.times(random.int(5, 70), (): Target => {
    const local = random.chance(0.7) ? scramble(random, length) : handle(random);
    return { email: `${local}@${random.pick(domains)}`, name: nameFor(random, habits, personOf(habits.locale, random).name) };
  });
  return burst('made-up mailboxes', random, habits, targets, { ...UNWANTED, bounced: 0.4, optedOut: 0.01 });
}

function burst(group: string, random: Random, habits: Habits, targets: readonly Target[], responses = UNWANTED): Episode {
  const size = random.chance(0.25) ? IMPORT_STEP_MAX : random.int(5, REQUEST_MAX);
  const plan = abuseOf(random, habits, inRequests(targets, size), responses);
  const pace = random.chance(0.7) ? BURST : { gapMs: 3 * HOUR_MS, spread: 3 };
  return { group, senders: [senderOf(random, startOf(random), abusiveAccountAge(random), [[plan, pace]])] };
}

function withDots(local: string, random: Random): string {
  const letters = [...local.replaceAll('.', '')];
  return letters.map((letter, index) => (index > 0 && random.chance(0.4) ? `.${letter}` : letter)).join('');
}

/** @returns a function that varies the message from one name to the next */
function payload(random: Random): (random: Random) => string {
  const company = random.weighted([
    [2, 'PayPal'],
    [1, 'DHL Express'],
    [1, 'Microsoft 365'],
    [4, random.pick(en.rawDefinitions.airline?.airline ?? []).name],
    [4, random.pick(en.rawDefinitions.vehicle?.manufacturer ?? ['Ford'])],
  ]);
  const host = `${handle(random).replace(/[._]/g, '-')}.${random.pick(['com', 'top', 'xyz', 'info', 'de', 'co', 'ru', 'online'])}`;
  const task = random.pick(['Support', 'Security', 'Helpdesk', 'Refunds', 'Rewards', 'Crew', 'Desk', 'Gift Center']);
  return random.weighted<(random: Random) => string>([
    [4, () => `${company} ${task}`],
    [3, (each) => `Claim your ${each.pick(['prize', 'bonus', 'parcel', 'iPhone'])} at ${host}`],
    [2, (each) => `https://${host}/${scramble(each, 5)}`],
    [2, () => `${disguised(company)} ${task}`],
    [1, (each) => `Call me +44 ${each.int(7_000_000_000, 7_999_999_999)}`],
    [2, () => `You have 1 new message from ${company}`],
  ]);
}

/** With letters of another script that look alike. */
function disguised(company: string): string {
  return company.replace(/[aeop]/g, (letter) => ({ a: 'а', e: 'е', o: 'о', p: 'р' })[letter] ?? letter);
}
