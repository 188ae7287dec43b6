import { PageHeading } from '../design/components/page-heading.tsx';

export function InvitationPage({ loanId: _ }: { readonly loanId: string }) {
  return <PageHeading title="InvitationPage" />;
}
