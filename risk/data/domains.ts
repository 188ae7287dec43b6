import { faker as en } from '@faker-js/faker/locale/en';
import mailChecker from 'mailchecker';
import type { Locale } from './people/locales.ts';
import type { Person } from './people/people.ts';
import { chosenLocalPart } from './people/people.ts';
import type { Random } from './random.ts';

const NOUNS = (en.rawDefinitions.company?.noun ?? ['group']).map((noun) => noun.toLowerCase().replace(/[^a-z]/g, ''));
const DEPARTMENTS = (en.rawDefinitions.commerce?.department ?? ['sales']).map((name) => name.toLowerCase().replace(/[^a-z]/g, ''));
const AREAS = (en.rawDefinitions.person?.job_area ?? ['accounts']).map((name) => name.toLowerCase().replace(/[^a-z]/g, ''));
/** Of another list than the one that the features use: some are in both, some in one only. */
const DISPOSABLE = [...mailChecker.blacklist()].filter((domain) => /^[a-z0-9-]+\.[a-z]{2,6}$/.test(domain));

/** Relays of mail under made-up addresses. */
const RELAYS = ['duck.com', 'mozmail.com', 'privaterelay.appleid.com', 'slmail.me', 'passmail.net', 'aleeas.com', 'anonaddy.me'];

export function companyDomain(locale: Locale, random: Random): string {
  const stem = random.weighted([
    [3, () => random.pick(NOUNS)],
    [2, () => `${random.pick(NOUNS)}-${random.pick(NOUNS)}`],
    [2, () => `${random.pick(AREAS)}${random.pick(NOUNS)}`],
    [1, () => random.times(random.int(2, 4), () => random.pick([...'bcdfgklmnprstvxz'])).join('')],
  ])();
  return `${stem}.${random.pick(locale.suffixes)}`;
}

export function companyAddress({ first, last }: Person, style: number, domain: string): string {
  const initial = first.slice(0, 1);
  const local = [`${first}.${last}`, `${initial}${last}`, `${initial}.${last}`, first, `${last}${initial}`][style % 5] ?? first;
  return `${local}@${domain}`;
}

/** Where a person reads private mail: mostly at a public provider. */
export function privateAddress(person: Person, random: Random): string {
  const domain = random.chance(0.86) ? random.pickRanked(person.locale.freeMail) : companyDomain(person.locale, random);
  return `${chosenLocalPart(person, random)}@${domain}`;
}

/** An address that a relay made for its user. */
export function relayAddress(random: Random): string {
  const domain = random.pick(RELAYS);
  const local = random.weighted([
    [5, () => scramble(random, random.int(8, 12))],
    [2, () => `${random.pick(NOUNS)}_${scramble(random, 5)}`],
    [2, () => `${random.pick(NOUNS)}.${random.pick(AREAS)}${random.int(10, 999)}`],
  ])();
  return `${local}@${domain}`;
}

/** Of a function of a company instead of a person. */
export function functionAddress(domain: string, random: Random): string {
  return `${random.pick(random.chance(0.5) ? DEPARTMENTS : AREAS)}@${domain}`;
}

export function disposableDomain(random: Random): string {
  return random.pick(DISPOSABLE);
}

export function scramble(random: Random, length: number): string {
  return random.times(length, () => random.pick([...'abcdefghijklmnopqrstuvwxyz0123456789'])).join('');
}
