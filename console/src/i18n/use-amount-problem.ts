import { describeAmountProblem } from '@private-lending/locale/amount-problems';
import type { Currency } from '@private-lending/locale/currencies';
import type { AmountProblem } from '@private-lending/locale/read-amount';
import { use, useCallback } from 'react';
import { useLocale } from './locale-context.tsx';
import { loadTexts } from './texts.ts';

/** @returns a function that says what is wrong with an amount. The component waits until its texts are loaded. */
export function useAmountProblem(): (problem: AmountProblem, text: string, currency: Currency) => string {
  const { catalogue: errors } = use(loadTexts(useLocale().language, 'errors'));
  return useCallback((problem, text, currency) => describeAmountProblem(problem, { text, currency, errors }), [errors]);
}
