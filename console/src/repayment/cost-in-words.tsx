import type { Currency } from '@private-lending/locale/currencies';
import { useMemo } from 'react';
import { useLocale } from '../i18n/locale-context.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { useTermText } from '../loans/use-term-text.ts';
import { type Cost, costOf } from './cost.ts';

interface EstimatedCostProps {
  /** In major units. */
  readonly amount: number | string;
  readonly currency: Currency;
  readonly interestRate: number;
  readonly termMonths: number;
}

/** About what a borrower pays back, before it is known who lends how much. */
export function EstimatedCost({ amount, currency, interestRate, termMonths }: EstimatedCostProps) {
  const t = useTexts('repayment');
  const cost = useMemo(() => costOf({ amount, interestRate, termMonths }, currency), [amount, interestRate, termMonths, currency]);
  return (
    <>
      <CostInWords amount={amount} currency={currency} cost={cost} isEstimate />
      <p className="soft small">{t('plan.estimate')}</p>
    </>
  );
}

interface CostInWordsProps {
  /** In major units. */
  readonly amount: number | string;
  readonly currency: Currency;
  readonly cost: Cost;
  readonly isEstimate?: boolean;
}

/** What a borrower gets and pays back, as a sentence. */
export function CostInWords({ amount, currency, cost, isEstimate = false }: CostInWordsProps) {
  const { money } = useLocale();
  const t = useTexts('loans');
  const plan = useTexts('repayment');
  const format = (value: string, isAbout = isEstimate) => {
    const exact = money(value, currency.code);
    return isAbout ? plan('plan.about', { amount: exact }) : exact;
  };
  const isUneven = isEstimate || cost.isUneven === true;
  const payment = format(cost.payment, isUneven);
  const total = format(cost.total, isEstimate && cost.interest !== undefined); // without interest, rounding leaves it as it is
  const last = isUneven || cost.lastPayment === undefined ? undefined : format(cost.lastPayment);
  const describeTerm = useTermText();
  // The last payment is in brackets, too.
  const months = last === undefined ? describeTerm(cost.months) : t('months', { count: cost.months });
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
