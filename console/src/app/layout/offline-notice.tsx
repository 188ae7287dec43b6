import { useState } from 'react';
import { useAnnounced } from '../../design/announcer.tsx';
import { Banner } from '../../design/components/banner.tsx';
import { useLocale } from '../../i18n/locale-context.tsx';
import { useOnline } from '../use-online.ts';
import { useHasOwnOfflineNotice } from './offline-notices.ts';

/** While the browser has no network, pages that don't say it themselves say as of when they are. */
export function OfflineNotice() {
  const isOnline = useOnline();
  const isSaid = useHasOwnOfflineNotice();
  return isOnline || isSaid ? null : <Offline />;
}

function Offline() {
  const { t, time } = useLocale();
  const [since] = useState(Date.now);
  const text = t('offline', { time: time(since) });
  useAnnounced(text);
  return (
    <aside>
      <Banner>{text}</Banner>
    </aside>
  );
}
