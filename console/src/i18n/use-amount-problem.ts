import { describeAmountProblem } from '@private-lending/locale/amount-problems';
import type { Currency } from '@private-lending/locale/currencies';
import type { Language } from '@private-lending/locale/languages';
import { type CatalogueOf, loadCatalogue } from '@private-lending/locale/load-catalogue';
import type { AmountProblem } from '@private-lending/locale/read-amount';
import { use } from 'react';
import { useLocale } from './locale-context.tsx';

const loading = new Map<Language, Promise<CatalogueOf<'errors'>>>();

/** @returns a function that says what is wrong with an amount. The component waits until its texts are loaded. */
export function useAmountProblem(): (problem: AmountProblem, text: string, currency: Currency) => string {
  const { language } = useLocale();
  const errors = use(loadErrors(language));
  return (problem, text, currency) => describeAmountProblem(problem, { text, currency, errors });
}

/** The same promise each time, so that React can wait for it. */
function loadErrors(language: Language): Promise<CatalogueOf<'errors'>> {
  const errors = loading.get(language) ?? loadCatalogue(language, 'errors');
  loading.set(language, errors);
  errors.catch(() => loading.delete(language)); // asked for again, it is loaded again
  return errors;
}
