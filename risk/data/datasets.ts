import { bombingByMany, slowDrip, takenOver, typoSquats } from './abuse/held-out-families.ts';
import { dictionary, listByRing, madeUp, namePayload, purchasedList, tagBombing } from './abuse/training-families.ts';
import type { Episode } from './episode.ts';
import { shiftedEpisode, usualEpisode } from './honest/population.ts';
import { Random } from './random.ts';

/** How much to make. */
export interface DataSize {
  readonly honest: number;
  /** Of each family. */
  readonly abusive: number;
}

export interface DataSet {
  readonly honest: readonly Episode[];
  readonly abusive: readonly Episode[];
}

type Family = (random: Random) => Episode;

const TRAINING_FAMILIES: readonly Family[] = [dictionary, purchasedList, listByRing, tagBombing, namePayload, madeUp];
const HELD_OUT_FAMILIES: readonly Family[] = [typoSquats, bombingByMany, slowDrip, takenOver];

/** For training, and for every choice: of features, model, penalty and threshold. */
export function trainingData(seed: string, { honest, abusive }: DataSize): DataSet {
  const random = new Random(`${seed}/training`);
  return { honest: episodes(random.fork('honest'), honest, usualEpisode), abusive: familiesOf(random, TRAINING_FAMILIES, abusive) };
}

/** For one evaluation: families that the training has not seen, and other honest borrowers of the same population. */
export function heldOutData(seed: string, { honest, abusive }: DataSize): DataSet {
  const random = new Random(`${seed}/held out`);
  return { honest: episodes(random.fork('honest'), honest, usualEpisode), abusive: familiesOf(random, HELD_OUT_FAMILIES, abusive) };
}

/** Honest borrowers of another population. */
export function shiftedHonest(seed: string, count: number): readonly Episode[] {
  return episodes(new Random(`${seed}/shifted`), count, shiftedEpisode);
}

function familiesOf(random: Random, families: readonly Family[], count: number): Episode[] {
  return families.flatMap((family, index) => episodes(random.fork(`family ${index}`), count, family));
}

function episodes(random: Random, count: number, make: (random: Random) => Episode): Episode[] {
  return random.times(count, (index) => make(random.fork(index)));
}
