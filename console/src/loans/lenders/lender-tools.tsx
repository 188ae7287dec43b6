import type { Loan } from '@private-lending/client';
import { useId } from 'react';
import { useLocale } from '../../i18n/locale-context.tsx';
import { useTexts } from '../../i18n/use-texts.ts';
import { type LendersView, ORDERS, STATUSES } from './arrange-lenders.ts';
import type { LenderStatus } from './merge-lenders.ts';

interface LenderToolsProps {
  readonly loanStatus: Loan['status'];
  readonly view: LendersView;
  readonly onChange: (view: LendersView) => void;
  /** Undefined where not all lenders are read. */
  readonly counts: Readonly<Record<LenderStatus, number>> | undefined;
  readonly canArrange: boolean;
}

/** Filter, order and search of a loan's lenders. */
export function LenderTools({ loanStatus, view, onChange, counts, canArrange }: LenderToolsProps) {
  const { t: common } = useLocale();
  const t = useTexts('loans');
  const id = useId();
  // What the API filters by: some statuses have two meanings.
  const describe = (status: LenderStatus) => {
    if (status === 'declined') return t('lenders.declinedOrWithdrawn');
    return status === 'revoked' && loanStatus !== 'open' ? t('lenders.revokedOrEnded') : common(`status.${status}`);
  };
  const textOf = (status: LenderStatus) => {
    const text = describe(status);
    return counts ? t('lenders.option', { status: text, number: counts[status] }) : text;
  };
  return (
    <div className="lender-tools row">
      {canArrange && (
        <span className="field-control lender-search">
          <input
            type="search"
            aria-label={t('lenders.search')}
            placeholder={t('lenders.search')}
            value={view.search}
            onChange={({ target }) => onChange({ ...view, search: target.value })}
          />
        </span>
      )}
      {canArrange && (
        <div className="lender-tool">
          <label className="small" htmlFor={`${id}-order`}>
            {t('lenders.order')}
          </label>
          <span className="field-control">
            <select
              id={`${id}-order`}
              value={view.order}
              onChange={({ target }) => onChange({ ...view, order: ORDERS.find((each) => each === target.value) ?? 'newest' })}
            >
              {ORDERS.map((each) => (
                <option key={each} value={each}>
                  {t(`lenders.order.${each}`)}
                </option>
              ))}
            </select>
          </span>
        </div>
      )}
      <div className="lender-tool">
        <label className="small" htmlFor={id}>
          {t('lenders.filter')}
        </label>
        <span className="field-control">
          <select
            id={id}
            value={view.status ?? ''}
            onChange={({ target }) => onChange({ ...view, status: STATUSES.find((each) => each === target.value) })}
          >
            <option value="">{t('lenders.all')}</option>
            {STATUSES.map((each) => (
              <option key={each} value={each}>
                {textOf(each)}
              </option>
            ))}
          </select>
        </span>
      </div>
    </div>
  );
}
