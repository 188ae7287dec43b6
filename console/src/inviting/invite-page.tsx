import { PageHeading } from '../design/components/page-heading.tsx';

export function InvitePage({ loanId: _ }: { readonly loanId: string }) {
  return <PageHeading title="InvitePage" />;
}
