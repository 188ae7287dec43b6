import { useTexts } from '../i18n/use-texts.ts';
import type { LenderRepayment } from './lender-repayment.ts';
import { useMinorMoney } from './use-minor-money.ts';

/** What one gets back and when, in one sentence. */
export function RepaymentSentence({ repayment }: { readonly repayment: LenderRepayment }) {
  const t = useTexts('repayment');
  const money = useMinorMoney(repayment.currency);
  const { monthlyPayment, months, total, totalInterest } = repayment;
  const texts = { payment: money(monthlyPayment), months, total: money(total), interest: money(totalInterest) };
  if (months === 1) return totalInterest > 0 ? t('sentenceOneMonth', texts) : t('sentenceOneMonthNoInterest', texts);
  return totalInterest > 0 ? t('sentence', texts) : t('sentenceNoInterest', texts);
}

/** The same for a list: what comes back. */
export function ShortRepayment({ repayment }: { readonly repayment: LenderRepayment }) {
  const t = useTexts('repayment');
  const money = useMinorMoney(repayment.currency);
  const total = money(repayment.total);
  return repayment.months === 1 ? t('shortOneMonth', { total }) : t('short', { payment: money(repayment.monthlyPayment), total });
}
