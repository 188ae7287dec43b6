import { PageHeading } from '../design/components/page-heading.tsx';

export function OptOutPage() {
  return <PageHeading title="OptOutPage" />;
}
