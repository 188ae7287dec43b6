import { PageHeading } from '../design/components/page-heading.tsx';

export function CataloguePage() {
  return <PageHeading title="CataloguePage" />;
}
