import type { HoldWithLenders } from '@private-lending/client';
import { useId } from 'react';
import { breakable } from '../design/breakable.tsx';
import { WideTable } from '../design/components/wide-table.tsx';
import { ROLES } from '../design/table-roles.ts';
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
          <thead {...ROLES.rowgroup}>
            <tr {...ROLES.row}>
              <th {...ROLES.columnheader} scope="col">
                {t('lenderAddress')}
              </th>
              <th {...ROLES.columnheader} scope="col">
                {t('lenderName')}
              </th>
              <th {...ROLES.columnheader} scope="col" className="hold-lender-amount">
                {t('lenderAmount')}
              </th>
            </tr>
          </thead>
          <tbody {...ROLES.rowgroup}>
            {lenders.map(({ email, name, contribution_amount: amount }) => (
              <tr key={email} {...ROLES.row}>
                <th {...ROLES.rowheader} scope="row">
                  <bdi dir="ltr">{breakable(email)}</bdi>
                </th>
                <td {...ROLES.cell} className="hold-lender-name">
                  {name !== null && <bdi>{breakable(name)}</bdi>}
                </td>
                <td {...ROLES.cell} className="hold-lender-amount">
                  {money(amount, loan.currency)}
                </td>
              </tr>
            ))}
          </tbody>
        </WideTable>
      )}
    </section>
  );
}
