import { useTexts } from '../i18n/use-texts.ts';
import type { LenderRepayment } from './lender-repayment.ts';
import { useMinorMoney } from './use-minor-money.ts';
import './repayment.css';

/** The same in figures: what one lends, and what comes back. */
export function RepaymentFigures({ repayment }: { readonly repayment: LenderRepayment }) {
  const t = useTexts('repayment');
  const money = useMinorMoney(repayment.currency);
  const { amount, monthlyPayment, months, total, totalInterest } = repayment;
  const figures = [
    [t('youLend'), amount],
    ...(months > 1 ? [[t('eachMonth'), monthlyPayment] as const] : []),
    [t('inAll'), total],
    [t('interest'), totalInterest],
  ] as const;
  return (
    <dl className="repayment-figures figures">
      {figures.map(([label, units]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{money(units)}</dd>
        </div>
      ))}
    </dl>
  );
}
