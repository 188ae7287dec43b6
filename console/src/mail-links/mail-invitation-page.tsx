import { PageHeading } from '../design/components/page-heading.tsx';

export function MailInvitationPage({ loanId: _ }: { readonly loanId: string }) {
  return <PageHeading title="MailInvitationPage" />;
}
