import type { Loan } from '@private-lending/client';
import { useCallback } from 'react';
import { differenceOf } from '../../design/amounts.ts';
import { useLocale } from '../../i18n/locale-context.tsx';
import { useTexts } from '../../i18n/use-texts.ts';

/** @returns a function that says a loan's totals in a sentence */
export function useFundingText(): (loan: Loan) => string {
  const { money } = useLocale();
  const t = useTexts('loans');
  return useCallback(
    ({ amount, currency, total_accepted: accepted, total_invited: invited, remaining, status }) => {
      const texts = {
        accepted: money(accepted, currency),
        amount: money(amount, currency),
        waiting: money(differenceOf(invited, accepted, currency), currency),
        free: money(remaining, currency),
      };
      if (status === 'cancelled') return t('funding.cancelled');
      if (status === 'funded') return accepted === amount ? t('funding.full', texts) : t('funding.closed', texts);
      return t('funding.open', texts);
    },
    [t, money],
  );
}
