import type { Import, Loan } from '@private-lending/client';
import { useLocale } from '../../i18n/locale-context.tsx';
import { useTexts } from '../../i18n/use-texts.ts';
import { LEFT_OUT, leftOutIn } from './outcomes.ts';

interface LeftOutProps {
  readonly current: Import;
  readonly loan: Loan;
}

/** How many rows are not invited, and why. */
export function LeftOut({ current, loan }: LeftOutProps) {
  const t = useTexts('import');
  const { money } = useLocale();
  const count = leftOutIn(current);
  if (count === 0) return null;
  const remaining = money(loan.remaining, loan.currency);
  return (
    <div className="figures">
      <p>{t(current.dry_run ? 'checked.leftOut' : 'done.leftOut', { count })}</p>
      <ul className="bullets">
        {LEFT_OUT.filter((outcome) => current.outcomes[outcome] > 0).map((outcome) => (
          <li key={outcome}>{t(`leftOut.${outcome}`, { count: current.outcomes[outcome], remaining })}</li>
        ))}
      </ul>
    </div>
  );
}
