import type { Lender, Loan } from '@private-lending/client';
import { memo, useCallback } from 'react';
import { breakable } from '../../design/breakable.tsx';
import { Button } from '../../design/components/button.tsx';
import { StatusPill } from '../../design/components/status-pill.tsx';
import { ROLES } from '../../design/table-roles.ts';
import { useLocale } from '../../i18n/locale-context.tsx';
import { useTexts } from '../../i18n/use-texts.ts';
import { type AnswerTimes, endedWithLoanAt } from './answer-times.ts';
import { RowWindow } from './row-window.tsx';
import './lender-table.css';

interface LenderTableProps {
  readonly lenders: readonly Lender[];
  /** Whether there are no more to load. */
  readonly isComplete: boolean;
  readonly loan: Pick<Loan, 'amount' | 'currency'>;
  readonly times: AnswerTimes;
  /** Whether the page is not up to date, so that nothing can be changed. */
  readonly isReadOnly: boolean;
  /** Undefined where nothing can be changed. */
  readonly onManage: ((lenderId: string) => void) | undefined;
  /** Undefined where nobody can be invited. */
  readonly onInviteAgain: ((lender: Lender) => void) | undefined;
}

/** Lenders as a table, on a phone as cards. */
export function LenderTable({ lenders, isComplete, loan, times, isReadOnly, onManage, onInviteAgain }: LenderTableProps) {
  const { money } = useLocale();
  const t = useTexts('loans');
  const { amount, currency } = loan;
  const renderRow = useCallback(
    (lender: Lender, index: number) => (
      <LenderRow
        key={lender.lender_id}
        lender={lender}
        rowIndex={index + 2}
        currency={currency}
        answeredAt={times.answered.get(lender.lender_id)}
        endedAt={endedWithLoanAt(lender, times)}
        hadAccepted={(lender.status === 'declined' ? times.withdrawn : times.accepted).has(lender.lender_id)}
        isReadOnly={isReadOnly}
        onManage={onManage}
        onInviteAgain={onInviteAgain}
      />
    ),
    [currency, times, isReadOnly, onManage, onInviteAgain],
  );
  return (
    <div className="lender-list">
      <table
        className={onManage || onInviteAgain ? 'lender-table' : 'lender-table lender-table-final'}
        {...ROLES.table}
        aria-rowcount={isComplete ? lenders.length + 1 : -1}
      >
        <caption className="visually-hidden">{t('lenders.caption')}</caption>
        <colgroup>
          <col />
          <col style={{ inlineSize: `calc(${money(amount, currency).length}ch + 2 * var(--space-3))` }} />
          <col className="lender-status-column" />
          <col className="lender-actions-column" />
        </colgroup>
        <thead {...ROLES.rowgroup}>
          <tr {...ROLES.row} aria-rowindex={1}>
            <th {...ROLES.columnheader} scope="col">
              {t('lenders.who')}
            </th>
            <th {...ROLES.columnheader} scope="col" className="lender-amount">
              {t('lenders.amount')}
            </th>
            <th {...ROLES.columnheader} scope="col" className="lender-status">
              {t('lenders.status')}
            </th>
            <th {...ROLES.columnheader} scope="col">
              <span className="visually-hidden">{t('lenders.actions')}</span>
            </th>
          </tr>
        </thead>
        <RowWindow rows={lenders} columns={4} renderRow={renderRow} />
      </table>
    </div>
  );
}

interface LenderRowProps extends Pick<LenderTableProps, 'isReadOnly' | 'onInviteAgain' | 'onManage'> {
  readonly currency: string;
  readonly lender: Lender;
  readonly rowIndex: number;
  readonly answeredAt: string | undefined;
  /** When the loan ended, and the invitation with it. */
  readonly endedAt: string | undefined;
  /** Whether the lender had accepted before they withdrew, or before the loan was cancelled. */
  readonly hadAccepted: boolean;
}

const LenderRow = memo(({ lender, rowIndex, currency, answeredAt, endedAt, hadAccepted, ...actions }: LenderRowProps) => {
  const { t: common, money } = useLocale();
  const t = useTexts('loans');
  const { name, email, contribution_amount: amount, status } = lender;
  const declined = status === 'declined' && hadAccepted ? common('status.withdrawn') : undefined;
  const ended = t(hadAccepted ? 'lenders.hadAccepted' : 'lenders.endedWithLoan');
  return (
    <tr {...ROLES.row} aria-rowindex={rowIndex}>
      <th {...ROLES.rowheader} scope="row" className="lender-who">
        <span className="lender-line">
          <bdi>{breakable(name ?? email)}</bdi>
        </span>
        {name !== undefined && (
          <span className="lender-line lender-address soft small">
            <bdi dir="ltr">{breakable(email)}</bdi>
          </span>
        )}
      </th>
      <td {...ROLES.cell} className="lender-amount">
        {money(amount, currency)}
      </td>
      <td {...ROLES.cell} className="lender-status">
        <StatusPill status={status} text={endedAt === undefined ? declined : ended} />
        <span className="lender-line soft small">
          <When lender={lender} answeredAt={answeredAt} endedAt={endedAt} hadAccepted={hadAccepted} />
        </span>
      </td>
      <td {...ROLES.cell} className="lender-actions">
        <LenderActions lender={lender} {...actions} />
      </td>
    </tr>
  );
});

function LenderActions({
  lender,
  isReadOnly,
  onManage,
  onInviteAgain,
}: Pick<LenderRowProps, 'isReadOnly' | 'lender' | 'onInviteAgain' | 'onManage'>) {
  const t = useTexts('loans');
  const name = lender.name ?? lender.email;
  const button = { isSmall: true, variant: 'quiet', disabled: isReadOnly } as const;
  if (lender.status === 'accepted') return null;
  if (lender.status === 'pending')
    return (
      onManage && (
        <Button {...button} onClick={() => onManage(lender.lender_id)} aria-label={t('lenders.manageWho', { name })}>
          {t('lenders.manage')}
        </Button>
      )
    );
  return (
    onInviteAgain && (
      <Button {...button} onClick={() => onInviteAgain(lender)} aria-label={t('lenders.inviteAgainWho', { name })}>
        {t('lenders.inviteAgain')}
      </Button>
    )
  );
}

function When({
  lender,
  answeredAt,
  endedAt,
  hadAccepted,
}: Pick<LenderRowProps, 'answeredAt' | 'endedAt' | 'hadAccepted' | 'lender'>) {
  const { date } = useLocale();
  const t = useTexts('loans');
  if (lender.status === 'pending') return t('lenders.until', { date: date(lender.expires_at) });
  if (endedAt !== undefined) return t(hadAccepted ? 'lenders.loanCancelledOn' : 'lenders.endedOn', { date: date(endedAt) });
  if (answeredAt !== undefined) return date(answeredAt);
  return lender.status === 'expired' ? date(lender.expires_at) : t('lenders.invitedOn', { date: date(lender.invited_at) });
}
