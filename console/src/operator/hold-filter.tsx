import { Link } from 'wouter';
import { useTexts } from '../i18n/use-texts.ts';
import type { HoldStatus } from './hold-queries.ts';

export const HOLD_STATUSES: readonly HoldStatus[] = ['held', 'noted', 'released', 'rejected'];
/** What nobody has decided on comes first. */
const CHOICES = [undefined, ...HOLD_STATUSES];

/** Links, so that the back button returns to what was chosen. @param props.chosen undefined for undecided ones */
export function HoldFilter({ chosen }: { readonly chosen: HoldStatus | undefined }) {
  const t = useTexts('operator');
  return (
    <nav className="hold-filter row" aria-label={t('filter')}>
      {CHOICES.map((status) => (
        <Link
          key={status ?? ''}
          href={status === undefined ? '/app/operator/holds' : `/app/operator/holds?status=${status}`}
          className="hold-filter-link"
          aria-current={status === chosen ? 'page' : undefined}
        >
          {t(`filter.${status ?? 'undecided'}`)}
        </Link>
      ))}
    </nav>
  );
}
