import { PageHeading } from '../design/components/page-heading.tsx';

export function NewLoanPage() {
  return <PageHeading title="NewLoanPage" />;
}
