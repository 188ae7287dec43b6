import { PageHeading } from '../design/components/page-heading.tsx';

export function OverviewPage() {
  return <PageHeading title="OverviewPage" />;
}
