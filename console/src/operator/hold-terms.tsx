import type { Hold } from '@private-lending/client';
import { breakable } from '../design/breakable.tsx';
import { Card } from '../design/components/card.tsx';
import { useLocale } from '../i18n/locale-context.tsx';
import { useTexts } from '../i18n/use-texts.ts';

/** What a borrower has typed for the people invited, as text that leads nowhere. */
export function HoldTerms({ hold: { borrower, loan } }: { readonly hold: Hold }) {
  const { money } = useLocale();
  const t = useTexts('operator');
  const terms = [
    [t('termsName'), borrower.name ?? t('noName')],
    [t('termsAddress'), borrower.email],
    [t('termsAmount'), money(loan.amount, loan.currency)],
    [t('termsPurpose'), loan.purpose ?? t('noPurpose')],
  ] as const;
  return (
    <Card title={t('termsTitle')}>
      <dl className="hold-terms">
        {terms.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              <bdi>{breakable(value)}</bdi>
            </dd>
          </div>
        ))}
      </dl>
      <p className="soft small">{t('termsText')}</p>
    </Card>
  );
}
