import { useLocale } from '../../i18n/locale-context.tsx';
import './funding-bar.css';

interface FundingBarProps {
  /** In major units. */
  readonly accepted: number;
  /** Invited and not answered. */
  readonly waiting: number;
  readonly amount: number;
  readonly currency: string;
}

/** How much of a loan is accepted, waits for answers, and is free. The text beside it says the same. */
export function FundingBar({ accepted, waiting, amount, currency }: FundingBarProps) {
  const { t, money } = useLocale();
  const texts = {
    accepted: money(accepted, currency),
    waiting: money(waiting, currency),
    free: money(amount - accepted - waiting, currency),
    amount: money(amount, currency),
  };
  return (
    <div className="funding stack">
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
      <ul className="funding-legend figures">
        <li className="funding-key-accepted">{t('funding.accepted', texts)}</li>
        <li className="funding-key-waiting">{t('funding.waiting', texts)}</li>
        <li className="funding-key-free">{t('funding.free', texts)}</li>
      </ul>
    </div>
  );
}

function percent(part: number, whole: number): string {
  return whole > 0 ? `${(100 * part) / whole}%` : '0';
}
