import { PageHeading } from '../design/components/page-heading.tsx';

export function LoanPage({ loanId: _ }: { readonly loanId: string }) {
  return <PageHeading title="LoanPage" />;
}
