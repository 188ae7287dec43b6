import type { Currency } from '@private-lending/locale/currencies';
import { useMemo } from 'react';
import { useLocale } from '../i18n/locale-context.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { costOf } from './cost.ts';

interface CostInWordsProps {
  /** In major units. */
  readonly amount: number | string;
  readonly currency: Currency;
  readonly interestRate: number;
  readonly termMonths: number;
}

/** What a borrower gets and pays back, as a sentence. */
export function CostInWords({ amount, currency, interestRate, termMonths }: CostInWordsProps) {
  const { money } = useLocale();
  const t = useTexts('loans');
  const cost = useMemo(() => costOf({ amount, interestRate, termMonths }, currency), [amount, interestRate, termMonths, currency]);
  const format = (value: string) => money(value, currency.code);
  const payment = format(cost.payment);
  const total = format(cost.total);
  const months = t('months', { count: cost.months });
  const last = cost.lastPayment === undefined ? undefined : format(cost.lastPayment);
  const interest = cost.interest === undefined ? undefined : format(cost.interest);
  return (
    <p className="figures">
      {t('cost.get', { amount: money(amount, currency.code) })} {payBack()}
    </p>
  );

  function payBack(): string {
    if (cost.months === 1) return interest === undefined ? t('cost.onceFree', { total }) : t('cost.once', { total, interest });
    if (last === undefined && interest === undefined) return t('cost.monthlyFree', { payment, months, total });
    if (last === undefined) return t('cost.monthly', { payment, months, total, interest: interest ?? '' });
    if (interest === undefined) return t('cost.monthlyLastFree', { payment, months, last, total });
    return t('cost.monthlyLast', { payment, months, last, total, interest });
  }
}
