import { currencyCodes } from '@private-lending/locale/currencies';
import { useMemo } from 'react';
import { useLocale } from '../../i18n/locale-context.tsx';
import { useTexts } from '../../i18n/use-texts.ts';

const COMMON = ['USD', 'EUR', 'GBP', 'CHF', 'CAD', 'AUD', 'JPY', 'INR'] as const;

/** All currencies of ISO 4217, the common ones first. */
export function CurrencyOptions() {
  const { language } = useLocale();
  const t = useTexts('loans');
  const nameOf = useMemo(() => {
    const names = new Intl.DisplayNames(language, { type: 'currency', fallback: 'code' });
    return (code: string) => {
      const name = names.of(code);
      return name === undefined || name === code ? code : `${code} · ${name}`;
    };
  }, [language]);
  const option = (code: string) => (
    <option key={code} value={code}>
      {nameOf(code)}
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
