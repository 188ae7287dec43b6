import type { Episode } from '../episode.ts';
import { LATIN_LOCALES, OTHER_SCRIPT_LOCALES, SHIFTED_LOCALES } from '../people/locales.ts';
import type { Random } from '../random.ts';
import { alumni, company, cooperative, family, otherScript, school } from './circles.ts';
import { carefulFriends, firstDay, friends, returningBorrower, siblings } from './friends.ts';
import { HONEST_RESPONSES, type HonestSettings } from './settings.ts';

type HonestGroup = (random: Random, settings: HonestSettings) => Episode;

/** Most borrowers invite friends. The others are hard negatives, and more frequent here than anywhere. */
const GROUPS: readonly (readonly [weight: number, group: HonestGroup])[] = [
  [50, friends],
  [8, returningBorrower],
  [4, siblings],
  [5, carefulFriends],
  [6, firstDay],
  [6, family],
  [6, company],
  [4, school],
  [4, alumni],
  [6, otherScript],
  [1, cooperative],
];

/** Seen in training. */
const USUAL: HonestSettings = {
  locales: LATIN_LOCALES,
  otherScripts: OTHER_SCRIPT_LOCALES,
  responses: HONEST_RESPONSES,
  loanMedian: 500_000,
  circle: 1,
};

/** Never seen in training: other languages and providers, larger circles, fewer answers, other amounts. */
const SHIFTED: HonestSettings = {
  locales: SHIFTED_LOCALES,
  otherScripts: SHIFTED_LOCALES.filter(({ script }) => script !== 'latin'),
  responses: { accepted: 0.3, declined: 0.12, optedOut: 0.008, bounced: 0.04, invitedByOthers: 0.05 },
  loanMedian: 3_000_000,
  circle: 1.5,
};

export function usualEpisode(random: Random): Episode {
  return random.weighted(GROUPS)(random, USUAL);
}

export function shiftedEpisode(random: Random): Episode {
  return random.weighted(GROUPS)(random, SHIFTED);
}
