import { currencyCodes } from '@private-lending/locale/currencies';
import { currencyNames } from '@private-lending/locale/currency-names';
import { useMemo } from 'react';
import { useLocale } from '../../i18n/locale-context.tsx';
import { useTexts } from '../../i18n/use-texts.ts';

const COMMON = ['USD', 'EUR', 'GBP', 'CHF', 'CAD', 'AUD', 'JPY', 'INR'] as const;

/** All currencies of ISO 4217, the common ones first. */
export function CurrencyOptions() {
  const { language } = useLocale();
  const t = useTexts('loans');
  const nameOf = useMemo(() => currencyNames(language), [language]);
  const option = (code: string) => (
    <option key={code} value={code}>
      {code} · {nameOf(code)}
    </option>
  );
  return (
    <>
      <optgroup label={t('new.commonCurrencies')}>{COMMON.map(option)}</optgroup>
      <optgroup label={t('new.otherCurrencies')}>
        {currencyCodes.filter((code) => !COMMON.some((each) => each === code)).map(option)}
      </optgroup>
    </>
  );
}
