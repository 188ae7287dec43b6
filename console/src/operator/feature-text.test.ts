import { LANGUAGES } from '@private-lending/locale/languages';
import { describe, expect, it } from 'vitest';
import { FEATURE_NAMES, FEATURES } from '../../../server/src/risk/features/feature-table.ts';
import { loadTexts } from '../i18n/texts.ts';
import { featureText } from './feature-text.ts';

describe('featureText', () => {
  it('has the English labels of the server', async () => {
    const texts = await loadTexts('en', 'operator');
    expect(FEATURE_NAMES.length).toBeGreaterThan(20);
    for (const feature of FEATURE_NAMES) {
      expect(featureText(texts, { feature, label: 'of the server' })).toEqual({ text: FEATURES[feature].label });
    }
  });

  it.each(LANGUAGES)('has a text for each feature of the server, and for no other: %s', async (language) => {
    const { catalogue } = await loadTexts(language, 'operator');
    const known = Object.keys(catalogue.messages).flatMap((key) => /^feature\.(.+)$/.exec(key)?.[1] ?? []);
    expect(known.toSorted()).toEqual([...FEATURE_NAMES, 'not-scored'].toSorted());
  });

  it('keeps the label of the server for a feature of a later model', async () => {
    const texts = await loadTexts('de', 'operator');
    for (const feature of ['ofLaterModel', 'toString']) {
      expect(featureText(texts, { feature, label: 'a label' })).toEqual({ text: 'a label', lang: 'en' });
    }
  });
});
