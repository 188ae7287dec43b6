import { faker as en } from '@faker-js/faker/locale/en';
import type { Random } from '../random.ts';
import { latinLetters } from './latin-letters.ts';
import type { Locale } from './locales.ts';

export interface Person {
  readonly locale: Locale;
  readonly name: string;
  readonly given: string;
  /** Given and family name as in addresses. */
  readonly first: string;
  readonly last: string;
  readonly birthYear: number;
}

const WORDS = [...(en.rawDefinitions.word?.adjective ?? []), ...(en.rawDefinitions.word?.noun ?? [])];
const PETS = en.rawDefinitions.animal?.pet_name ?? ['rex'];

/** @param family a name that the person shares with relatives */
export function personOf(locale: Locale, random: Random, family = familyName(locale, random)): Person {
  const given = locale.isRanked ? random.pickRanked(locale.given) : random.pick(locale.given);
  const letters = (name: string) => latinLetters(name, locale, random) || 'a';
  return {
    locale,
    name: locale.isFamilyFirst ? `${family} ${given}` : `${given} ${family}`,
    given,
    first: letters(given),
    last: letters(family),
    birthYear: random.int(1945, 2006),
  };
}

export function familyName(locale: Locale, random: Random): string {
  return locale.isRanked ? random.pickRanked(locale.family) : random.pick(locale.family);
}

/** The local part that a person took at a public provider, where the plain ones are gone. */
export function chosenLocalPart(person: Person, random: Random): string {
  const { first, last, birthYear, locale } = person;
  if (random.chance(locale.numberAddresses)) return String(random.int(1_300_000, 19_999_999_999));
  const year = String(birthYear).slice(random.chance(0.5) ? 2 : 0);
  const initial = first.slice(0, 1);
  return random
    .weighted([
      [22, () => `${first}.${last}`],
      [14, () => `${first}${last}`],
      [8, () => `${initial}${last}`],
      [8, () => `${initial}.${last}`],
      [5, () => `${last}.${first}`],
      [4, () => `${first}_${last}`],
      [12, () => `${first}${random.chance(0.3) ? '.' : ''}${last}${year}`],
      [6, () => `${first}${year}`],
      [4, () => `${first}${last.slice(0, 1)}${random.int(1, 99)}`],
      [5, () => handle(random)],
      [4, () => `${random.pick(PETS).toLowerCase()}${random.int(1, 999)}`],
      [3, () => `${last}${random.pick(['family', 'home', 'mail', ''])}`],
      [3, () => `${first}.${last}+${random.pick(['loan', 'lending', 'private', random.pick(WORDS)])}`],
    ])()
    .toLowerCase()
    .replace(/[^a-z0-9._+-]/g, '')
    .slice(0, 40);
}

/** A local part that has nothing to do with its owner's name. */
export function handle(random: Random): string {
  const words = random.times(random.int(1, 2), () =>
    random
      .pick(WORDS)
      .toLowerCase()
      .replace(/[^a-z]/g, ''),
  );
  return `${words.join(random.pick(['', '.', '_']))}${random.chance(0.6) ? random.int(1, 9999) : ''}`;
}

/** How a borrower writes the name of a friend; null where they leave it out. */
export function writtenName({ name, given }: Person, random: Random): string | null {
  return random.weighted([
    [70, name],
    [15, given],
    [6, `${given} ${random.pick(['(work)', 'and family', 'K.', 'Jr.', '🙂'])}`],
    [9, null],
  ]);
}
