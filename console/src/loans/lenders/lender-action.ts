import type { Lender, Loan } from '@private-lending/client';

/** Of a form that changes the invitation of a lender who has not answered. */
export interface LenderActionProps {
  readonly loan: Loan;
  readonly lender: Lender;
  /** Whether the page is not up to date, so that nothing can be changed. */
  readonly isReadOnly: boolean;
  readonly onChanged: (lender: Lender) => void;
}
