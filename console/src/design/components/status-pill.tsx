import type { Lender, Loan } from '@private-lending/client';
import { useLocale } from '../../i18n/locale-context.tsx';
import './status-pill.css';

export type Status = Loan['status'] | Lender['status'];

/** The state of a loan or an invitation: a word, with a shape as well as a colour. */
export function StatusPill({ status }: { readonly status: Status }) {
  const { t } = useLocale();
  return <span className={`status-pill status-${status}`}>{t(`status.${status}`)}</span>;
}
