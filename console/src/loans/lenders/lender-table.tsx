import type { Lender } from '@private-lending/client';
import { memo, useCallback } from 'react';
import { Button } from '../../design/components/button.tsx';
import { StatusPill } from '../../design/components/status-pill.tsx';
import { useLocale } from '../../i18n/locale-context.tsx';
import { useTexts } from '../../i18n/use-texts.ts';
import { ROLES } from './roles.ts';
import { RowWindow } from './row-window.tsx';
import './lender-table.css';

interface LenderTableProps {
  readonly lenders: readonly Lender[];
  /** Whether there are no more to load. */
  readonly isComplete: boolean;
  readonly currency: string;
  /** When lenders answered, by lender id. */
  readonly answered: ReadonlyMap<string, string>;
  /** Undefined where nothing can be changed. */
  readonly onManage: ((lenderId: string) => void) | undefined;
}

/** Lenders as a table, on a phone as cards. */
export function LenderTable({ lenders, isComplete, currency, answered, onManage }: LenderTableProps) {
  const t = useTexts('loans');
  const renderRow = useCallback(
    (lender: Lender, index: number) => (
      <LenderRow
        key={lender.lender_id}
        lender={lender}
        rowIndex={index + 2}
        currency={currency}
        answeredAt={answered.get(lender.lender_id)}
        onManage={onManage}
      />
    ),
    [currency, answered, onManage],
  );
  return (
    <table className="lender-table" {...ROLES.table} aria-rowcount={isComplete ? lenders.length + 1 : -1}>
      <caption className="visually-hidden">{t('lenders.caption')}</caption>
      <thead {...ROLES.rowgroup}>
        <tr {...ROLES.row} aria-rowindex={1}>
          <th {...ROLES.columnheader} scope="col">
            {t('lenders.who')}
          </th>
          <th {...ROLES.columnheader} scope="col" className="lender-amount">
            {t('lenders.amount')}
          </th>
          <th {...ROLES.columnheader} scope="col">
            {t('lenders.status')}
          </th>
          <th {...ROLES.columnheader} scope="col">
            {t('lenders.when')}
          </th>
          <th {...ROLES.columnheader} scope="col">
            <span className="visually-hidden">{t('lenders.actions')}</span>
          </th>
        </tr>
      </thead>
      <RowWindow rows={lenders} columns={5} renderRow={renderRow} />
    </table>
  );
}

interface LenderRowProps extends Pick<LenderTableProps, 'currency' | 'onManage'> {
  readonly lender: Lender;
  readonly rowIndex: number;
  readonly answeredAt: string | undefined;
}

const LenderRow = memo(({ lender, rowIndex, currency, answeredAt, onManage }: LenderRowProps) => {
  const { money } = useLocale();
  const t = useTexts('loans');
  const { lender_id: id, name, email, contribution_amount: amount, status } = lender;
  return (
    <tr {...ROLES.row} aria-rowindex={rowIndex}>
      <th {...ROLES.rowheader} scope="row" className="lender-who">
        <span className="lender-line">
          <bdi>{name ?? email}</bdi>
        </span>
        {name !== undefined && (
          <span className="lender-line lender-address soft small">
            <bdi dir="ltr">{email}</bdi>
          </span>
        )}
      </th>
      <td {...ROLES.cell} className="lender-amount">
        {money(amount, currency)}
      </td>
      <td {...ROLES.cell} className="lender-status">
        <StatusPill status={status} />
      </td>
      <td {...ROLES.cell} className="lender-when soft small">
        <When lender={lender} answeredAt={answeredAt} />
      </td>
      <td {...ROLES.cell} className="lender-actions">
        {onManage && status === 'pending' && (
          <Button isSmall variant="quiet" onClick={() => onManage(id)} aria-label={t('lenders.manageWho', { name: name ?? email })}>
            {t('lenders.manage')}
          </Button>
        )}
      </td>
    </tr>
  );
});

function When({ lender, answeredAt }: { readonly lender: Lender; readonly answeredAt: string | undefined }) {
  const { date } = useLocale();
  const t = useTexts('loans');
  if (lender.status === 'pending') return t('lenders.until', { date: date(lender.expires_at) });
  if (answeredAt !== undefined) return date(answeredAt);
  return lender.status === 'expired' ? date(lender.expires_at) : t('lenders.invitedOn', { date: date(lender.invited_at) });
}
