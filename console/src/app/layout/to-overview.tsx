import { ButtonLink } from '../../design/components/button.tsx';
import { useLocale } from '../../i18n/locale-context.tsx';

/** Leads on from a page that does not exist. */
export function ToOverview() {
  const { t } = useLocale();
  return (
    <div>
      <ButtonLink href="/">{t('notFound.toOverview')}</ButtonLink>
    </div>
  );
}
