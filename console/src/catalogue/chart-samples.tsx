import { ScoreBar } from '../operator/score-bar.tsx';
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

export function ScoreSamples() {
  return (
    <div className="catalogue-columns">
      {[0.001, 0.38, 1, null].map((score) => (
        <div key={score} className="stack">
          <ScoreBar score={score} />
          <ScoreBar score={score} isLarge />
        </div>
      ))}
    </div>
  );
}
