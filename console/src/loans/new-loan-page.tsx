import { PageHeading } from '../design/components/page-heading.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { NewLoanForm } from './new/new-loan-form.tsx';

export function NewLoanPage() {
  const t = useTexts('loans');
  return (
    <>
      <PageHeading title={t('new.title')}>
        <p className="soft">{t('new.lead')}</p>
      </PageHeading>
      <NewLoanForm />
    </>
  );
}
