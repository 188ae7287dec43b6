import { lenderRepayment } from '../repayment/lender-repayment.ts';
import { RepaymentChart } from '../repayment/repayment-chart.tsx';
import { RepaymentFigures } from '../repayment/repayment-figures.tsx';
import { RepaymentSentence } from '../repayment/repayment-sentence.tsx';

/** With so much interest that both parts of the bars are visible. */
export function ChartSample() {
  const repayment = lenderRepayment({ amount: 5000, currency: 'USD', interestRate: 12, termMonths: 24 });
  if (!repayment) return null;
  return (
    <>
      <p>
        <RepaymentSentence repayment={repayment} />
      </p>
      <RepaymentFigures repayment={repayment} />
      <RepaymentChart repayment={repayment} />
    </>
  );
}
