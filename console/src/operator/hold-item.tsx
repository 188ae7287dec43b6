import type { Hold } from '@private-lending/client';
import { Link } from 'wouter';
import { breakable } from '../design/breakable.tsx';
import { useLocale } from '../i18n/locale-context.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { useFeatureText } from './feature-text.ts';
import { HoldPill } from './hold-pill.tsx';
import { ScoreBar } from './score-bar.tsx';

/** A hold in the list. What borrowers have typed is shown as text. */
export function HoldItem({ hold }: { readonly hold: Hold }) {
  const { money, dateTime } = useLocale();
  const t = useTexts('operator');
  const describe = useFeatureText();
  const { borrower, loan, reasons } = hold;
  const strongest = hold.score !== null && reasons[0] ? describe(reasons[0]) : undefined;
  return (
    <li className="hold-item">
      <Link href={`/app/operator/holds/${encodeURIComponent(hold.hold_id)}`} className="hold-item-link">
        <bdi>{breakable(borrower.name ?? borrower.email)}</bdi>
      </Link>
      <HoldPill status={hold.status} />
      <div className="hold-item-about">
        {borrower.name !== null && (
          <p className="soft small">
            <bdi dir="ltr">{breakable(borrower.email)}</bdi>
          </p>
        )}
        <p className="figures">
          {t('invitations', { count: hold.invitations })} · {money(loan.amount, loan.currency)}
        </p>
        {loan.purpose !== null && (
          <p className="hold-item-purpose soft small">
            <bdi>{loan.purpose}</bdi>
          </p>
        )}
      </div>
      <div className="hold-item-score">
        <ScoreBar score={hold.score} />
        {strongest && (
          <p className="hold-item-reason small" lang={strongest.lang}>
            {strongest.text}
          </p>
        )}
      </div>
      <p className="hold-item-when soft small figures">{dateTime(hold.invited_at)}</p>
    </li>
  );
}
