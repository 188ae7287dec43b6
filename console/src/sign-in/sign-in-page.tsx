import { PageHeading } from '../design/components/page-heading.tsx';

export function SignInPage() {
  return <PageHeading title="SignInPage" />;
}
