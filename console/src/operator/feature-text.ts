import type { Hold } from '@private-lending/client';
import { use } from 'react';
import { useLocale } from '../i18n/locale-context.tsx';
import { type LoadedTexts, loadTexts } from '../i18n/texts.ts';

type Reason = Pick<Hold['reasons'][number], 'feature' | 'label'>;
type OperatorTexts = LoadedTexts<'operator'>;
type FeatureKey = Extract<keyof OperatorTexts['catalogue']['messages'], `feature.${string}`>;

interface FeatureText {
  readonly text: string;
  /** Where it is not that of the page. */
  readonly lang?: 'en';
}

/** @returns a function that says a reason in the user's language, or in the server's English where it is of a later model */
export function useFeatureText(): (reason: Reason) => FeatureText {
  const texts = use(loadTexts(useLocale().language, 'operator'));
  return (reason) => featureText(texts, reason);
}

/** @internal exported for tests */
export function featureText({ catalogue, t }: OperatorTexts, { feature, label }: Reason): FeatureText {
  const key = `feature.${feature}`;
  const isKnown = (name: string): name is FeatureKey => Object.hasOwn(catalogue.messages, name);
  return isKnown(key) ? { text: t(key) } : { text: label, lang: 'en' };
}
