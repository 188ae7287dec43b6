import { describe, expect, it } from 'vitest';
import { nameSignals, payloadOf } from '../../server/src/risk/names/name-signals.ts';
import { heldOutData, shiftedHonest, trainingData } from '../data/datasets.ts';
import { LATIN_LOCALES, OTHER_SCRIPT_LOCALES, SHIFTED_LOCALES } from '../data/people/locales.ts';
import { personOf } from '../data/people/people.ts';
import { Random } from '../data/random.ts';
import { samplesOf } from '../training/samples.ts';

const random = new Random('names');

describe('the synthetic batches', () => {
  it('have addresses that the server takes, and features that are numbers', () => {
    const { honest, abusive } = heldOutData('addresses', { honest: 5, abusive: 4 });
    const samples = samplesOf([...honest, ...abusive, ...shiftedHonest('addresses', 20)]);
    expect(samples.flatMap(({ features }) => Object.values(features)).every(Number.isFinite)).toBe(true);
  });
});

describe('the signals of names', () => {
  it.each([...LATIN_LOCALES, ...OTHER_SCRIPT_LOCALES, ...SHIFTED_LOCALES].map((locale) => [locale.code, locale] as const))(
    'take no name of %s for a message',
    (_, locale) => {
      const names = random.times(200, () => personOf(locale, random).name);
      expect(names.filter((name) => nameSignals(name).length > 0)).toEqual([]);
    },
  );

  it('know part of what the synthetic attacks write, as of real ones: the lists have other sources', () => {
    const { abusive } = trainingData('payloads', { honest: 0, abusive: 12 });
    const names = abusive
      .filter(({ group }) => group === 'name as payload')
      .flatMap(({ senders }) =>
        senders.flatMap(({ batches }) => batches.flatMap(({ invited }) => invited.map(({ name }) => name ?? ''))),
      );
    const found = names.filter((name) => payloadOf(name) > 0).length / names.length;
    expect(found).toBeGreaterThan(0.4);
    expect(found).toBeLessThan(0.95);
  });
});
