import type { Currency } from '@private-lending/locale/currencies';
import { useId } from 'react';
import { useTexts } from '../i18n/use-texts.ts';
import { axisOf, type Bars, chartBars } from './chart-bars.ts';
import { FiguresTable } from './figures-table.tsx';
import type { LenderRepayment } from './lender-repayment.ts';
import { useMinorAmount, useMinorMoney } from './use-minor-money.ts';
import './repayment.css';

/** Draws how what was lent comes back, and says the same in a table. Loaded when it is shown. */
export function RepaymentChart({ repayment }: { readonly repayment: LenderRepayment }) {
  const t = useTexts('repayment');
  const money = useMinorMoney(repayment.currency);
  const { amount, total, totalInterest, months, monthlyPayment, lastPayment, installments } = repayment;
  const bars = chartBars(installments);
  return (
    <figure className="repayment-chart stack">
      <figcaption className="soft small">{t(bars.months === 1 ? 'chartCaption' : 'chartCaptionYears')}</figcaption>
      <BarsDrawing bars={bars} total={total} label={t('chartLabel', { total: money(total), count: months })} />
      <div className="repayment-axis soft small figures" aria-hidden="true">
        {axisOf(bars).map((count) => (
          <span key={count}>{t(bars.months === 1 ? 'chartMonth' : 'chartYear', { count })}</span>
        ))}
      </div>
      <ul className="legend figures">
        <li className="repayment-key-principal">{t('chartPrincipal', { amount: money(amount) })}</li>
        {totalInterest > 0 && <li className="repayment-key-interest">{t('chartInterest', { interest: money(totalInterest) })}</li>}
      </ul>
      <RepaymentTable bars={bars} currency={repayment.currency} />
      <p className="soft small">
        {t('assumption')} {lastPayment !== monthlyPayment && t('lastPayment', { payment: money(lastPayment) })}
      </p>
    </figure>
  );
}

const HEIGHT = 100;
/** Of a bar and the gap after it. */
const STEP = 10;
const BAR = 8;

function BarsDrawing({ bars: { bars }, total, label }: { readonly bars: Bars; readonly total: number; readonly label: string }) {
  const stripes = useId();
  const scale = HEIGHT / total;
  return (
    <svg
      className="repayment-drawing"
      viewBox={`0 0 ${bars.length * STEP - (STEP - BAR)} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <pattern id={stripes} width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect className="repayment-stripe-ground" width="4" height="4" />
        <rect className="repayment-stripe" width="2" height="4" />
      </pattern>
      {bars.map(({ month, principal, interest }, index) => (
        <g key={month}>
          <rect
            className="repayment-principal"
            x={index * STEP}
            y={HEIGHT - principal * scale}
            width={BAR}
            height={principal * scale}
          />
          <rect
            fill={`url(#${stripes})`}
            x={index * STEP}
            y={HEIGHT - (principal + interest) * scale}
            width={BAR}
            height={interest * scale}
          />
        </g>
      ))}
    </svg>
  );
}

function RepaymentTable({ bars: { bars }, currency }: { readonly bars: Bars; readonly currency: Currency }) {
  const t = useTexts('repayment');
  const amount = useMinorAmount(currency);
  const columns = [t('tableMonth'), t('tablePayment'), t('tableInterest'), t('tableBalance')];
  return (
    <FiguresTable title={t('table', { currency: currency.code })} columns={columns}>
      {bars.map(({ month, payment, paymentInterest, balance }, index) => (
        <tr key={month}>
          <th scope="row">{monthsOf(bars[index - 1]?.month, month)}</th>
          <td>{amount(payment)}</td>
          <td>{amount(paymentInterest)}</td>
          <td>{amount(balance)}</td>
        </tr>
      ))}
    </FiguresTable>
  );
}

/** `3`, or `13–24` for a year. */
function monthsOf(before: number | undefined, last: number): string {
  const first = (before ?? 0) + 1;
  return first === last ? String(last) : `${first}–${last}`;
}
