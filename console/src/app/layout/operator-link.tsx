import { Link, useLocation } from 'wouter';
import { useLocale } from '../../i18n/locale-context.tsx';
import { useMe } from '../session.tsx';

const HOLDS = '/app/operator/holds';

/** Leads operators to what waits for them. */
export function OperatorLink() {
  const { t } = useLocale();
  const { data: me } = useMe();
  const [path] = useLocation();
  if (!me?.user?.is_operator) return null;
  return (
    <nav className="site-nav" aria-label={t('operator')}>
      <Link href={HOLDS} aria-current={path === HOLDS ? 'page' : undefined}>
        {t('suspicious')}
      </Link>
    </nav>
  );
}
