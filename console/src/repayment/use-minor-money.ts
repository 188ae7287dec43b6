import type { Currency } from '@private-lending/locale/currencies';
import { formatAmount, formatMinorUnits } from '@private-lending/locale/numbers';
import { useCallback } from 'react';
import { withoutBreaks } from '../i18n/locale.ts';
import { useLocale } from '../i18n/locale-context.tsx';
import { toMajorUnits } from './minor-units.ts';

/** Formats minor units in the user's language: `5,000.00 USD`, on one line. */
export function useMinorMoney(currency: Currency): (units: number) => string {
  const { language } = useLocale();
  return useCallback((units) => withoutBreaks(formatMinorUnits(units, currency, language)), [currency, language]);
}

/** Formats minor units without the currency, for a table that names it once: `5,000.00`. */
export function useMinorAmount(currency: Currency): (units: number) => string {
  const { language } = useLocale();
  return useCallback((units) => formatAmount(toMajorUnits(units, currency.decimals), currency, language), [currency, language]);
}
