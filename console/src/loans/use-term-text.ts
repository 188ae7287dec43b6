import { useCallback } from 'react';
import { useTexts } from '../i18n/use-texts.ts';
import { wholeYearsOf } from './whole-years.ts';

/** @returns a function that writes a term, such as `480 months (40 years)` */
export function useTermText(): (months: number) => string {
  const t = useTexts('loans');
  return useCallback(
    (count) => {
      const months = t('months', { count });
      const years = wholeYearsOf(count);
      return years === undefined ? months : t('monthsInYears', { months, years: t('years', { count: years }) });
    },
    [t],
  );
}
