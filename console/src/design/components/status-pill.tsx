import type { Lender, Loan } from '@private-lending/client';
import { useLocale } from '../../i18n/locale-context.tsx';
import './status-pill.css';

export type Status = Loan['status'] | Lender['status'];

interface StatusPillProps {
  readonly status: Status;
  /** In place of the usual word. */
  readonly text?: string | undefined;
}

/** The state of a loan or an invitation: a word, with a shape as well as a colour. */
export function StatusPill({ status, text }: StatusPillProps) {
  const { t } = useLocale();
  return <span className={`status-pill status-${status}`}>{text ?? t(`status.${status}`)}</span>;
}
