import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { useAnnouncementsOfPage } from '../../design/announcer.tsx';
import { useLocale } from '../../i18n/locale-context.tsx';
import { AccountMenu } from './account-menu.tsx';
import { DevelopmentBanner } from './development-banner.tsx';
import { LanguageChoice } from './language-choice.tsx';
import { Mark } from './mark.tsx';
import { OfflineNotice } from './offline-notice.tsx';
import { OperatorLink } from './operator-link.tsx';
import { useScrollToTop } from './use-scroll-to-top.ts';
import './layout.css';

/** What every page has around it. */
export function Layout({ children }: { readonly children: ReactNode }) {
  const { t } = useLocale();
  const [path] = useLocation();
  useScrollToTop();
  useAnnouncementsOfPage(path);
  return (
    <>
      <a className="skip-link visually-hidden" href="#main">
        {t('skipToContent')}
      </a>
      <header className="site-header">
        <div className="site-header-inner">
          <Link href="/" className="site-name">
            <Mark />
            <span className="site-name-text">Private Lending</span>
          </Link>
          <OperatorLink />
          <AccountMenu />
        </div>
      </header>
      <DevelopmentBanner />
      <OfflineNotice />
      <main id="main" className="site-main stack" tabIndex={-1}>
        {children}
      </main>
      <footer className="site-footer soft small">
        <p>{t('noMoneyMoves')}</p>
        <LanguageChoice />
      </footer>
    </>
  );
}
