import { useEffect, useRef } from 'react';
import type { LiveState } from '../../api/live-state.ts';
import { useAnnounce } from '../../design/announcer.tsx';
import { useLocale } from '../../i18n/locale-context.tsx';
import { useTexts } from '../../i18n/use-texts.ts';
import { useOwnOfflineNotice } from './offline-notices.ts';
import './live-status.css';

/** Whether the page is up to date. While it is not, it can only be read. */
export function LiveStatus({ state }: { readonly state: LiveState }) {
  const { time } = useLocale();
  const t = useTexts('loans');
  const announce = useAnnounce();
  const text = textOf();
  useOwnOfflineNotice();
  const before = useRef(state.name);
  useEffect(() => {
    const wasLost = before.current === 'lost';
    before.current = state.name;
    if (state.name === 'lost' || (wasLost && state.name === 'live')) announce(text);
  }, [state.name, text, announce]);
  return <p className={`live-status live-status-${state.name}`}>{text}</p>;

  function textOf(): string {
    switch (state.name) {
      case 'connecting':
        return t('live.connecting');
      case 'live':
        return t('live.live');
      case 'lost':
        return t(state.isFinal ? 'live.ended' : 'live.lost', { time: time(state.since) });
    }
  }
}
