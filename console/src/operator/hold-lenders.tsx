import type { HoldWithLenders } from '@private-lending/client';
import { useId } from 'react';
import { breakable } from '../design/breakable.tsx';
import { WideTable } from '../design/components/wide-table.tsx';
import { useLocale } from '../i18n/locale-context.tsx';
import { useTexts } from '../i18n/use-texts.ts';

/** Who was invited, in the order of the request. */
export function HoldLenders({ hold: { lenders, loan } }: { readonly hold: HoldWithLenders }) {
  const { money } = useLocale();
  const t = useTexts('operator');
  const id = useId();
  return (
    <section className="hold-lenders stack">
      <h2 id={id}>{t('lendersTitle')}</h2>
      {lenders.length === 0 && <p>{t('noLenders')}</p>}
      {lenders.length > 0 && (
        <WideTable labelledBy={id}>
          <thead>
            <tr>
              <th scope="col">{t('lenderAddress')}</th>
              <th scope="col">{t('lenderName')}</th>
              <th scope="col" className="hold-lender-amount">
                {t('lenderAmount')}
              </th>
            </tr>
          </thead>
          <tbody>
            {lenders.map(({ email, name, contribution_amount: amount }) => (
              <tr key={email}>
                <th scope="row">
                  <bdi dir="ltr">{breakable(email)}</bdi>
                </th>
                <td>{name !== null && <bdi>{breakable(name)}</bdi>}</td>
                <td className="hold-lender-amount">{money(amount, loan.currency)}</td>
              </tr>
            ))}
          </tbody>
        </WideTable>
      )}
    </section>
  );
}
