import { PageHeading } from '../design/components/page-heading.tsx';

export function ImportPage({ loanId: _ }: { readonly loanId: string }) {
  return <PageHeading title="ImportPage" />;
}
