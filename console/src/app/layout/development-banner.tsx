import { Banner } from '../../design/components/banner.tsx';
import { useLocale } from '../../i18n/locale-context.tsx';
import { useMe } from '../session.tsx';

/** Marks a server where anyone may sign in as anyone. */
export function DevelopmentBanner() {
  const { t } = useLocale();
  const { data: me } = useMe();
  if (me?.sign_in !== 'local') return null;
  return (
    <aside>
      <Banner>{t('developmentServer')}</Banner>
    </aside>
  );
}
