import type { Loan } from '@private-lending/client';
import { useLocale } from '../../i18n/locale-context.tsx';
import { differenceOf } from '../amounts.ts';
import './funding-bar.css';

type FundedLoan = Pick<Loan, 'amount' | 'currency' | 'status' | 'total_accepted' | 'total_invited'>;

interface FundingBarProps {
  readonly loan: FundedLoan;
  /** Without the legend, for lists. The text beside it must say the same. */
  readonly isSmall?: boolean;
}

/** How much of a loan is accepted, waits for answers, and is free. */
export function FundingBar({ loan, isSmall = false }: FundingBarProps) {
  const { t, money } = useLocale();
  const { amount, currency, status, total_accepted: accepted, total_invited: invited } = loan;
  const waiting = differenceOf(invited, accepted, currency);
  const texts = {
    accepted: money(accepted, currency),
    waiting: money(waiting, currency),
    free: money(differenceOf(amount, invited, currency), currency),
    amount: money(amount, currency),
  };
  return (
    <div className={`funding stack${isSmall ? ' funding-small' : ''}`}>
      <div
        className="funding-bar"
        role="progressbar"
        aria-label={t('funding.label')}
        aria-valuemin={0}
        aria-valuemax={amount}
        aria-valuenow={accepted}
        aria-valuetext={t('funding.valueText', texts)}
      >
        <span className="funding-segment funding-accepted" style={{ inlineSize: percent(accepted, amount) }} />
        <span className="funding-segment funding-waiting" style={{ inlineSize: percent(waiting, amount) }} />
      </div>
      {!isSmall && (
        <ul className="legend figures">
          <li className="funding-key-accepted">{t('funding.accepted', texts)}</li>
          {status === 'open' && <li className="funding-key-waiting">{t('funding.waiting', texts)}</li>}
          {status === 'open' && <li className="funding-key-free">{t('funding.free', texts)}</li>}
        </ul>
      )}
    </div>
  );
}

function percent(part: number, whole: number): string {
  return whole > 0 ? `${(100 * part) / whole}%` : '0';
}
