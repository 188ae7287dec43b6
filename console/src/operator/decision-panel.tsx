import type { Hold } from '@private-lending/client';
import { useEffect, useRef, useState } from 'react';
import { useMe } from '../app/session.tsx';
import { useOnline } from '../app/use-online.ts';
import { useAnnounce, useAnnounced } from '../design/announcer.tsx';
import { Button } from '../design/components/button.tsx';
import { unbroken } from '../design/components/unbroken.ts';
import { useLocale } from '../i18n/locale-context.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { DecisionDialog } from './decision-dialog.tsx';
import { type Decision, isDecidedOtherwise, useDecide } from './hold-queries.ts';

/** Whether mail waits, what was decided, and the buttons to decide. */
export function DecisionPanel({ hold }: { readonly hold: Hold }) {
  const t = useTexts('operator');
  const announce = useAnnounce();
  const isOnline = useOnline();
  const [asked, setAsked] = useState<Decision | undefined>(undefined);
  const heading = useRef<HTMLHeadingElement>(null);
  const decide = useDecide(hold.hold_id, (decision) => announce(t(`done.${decision}`)));
  const isConflict = isDecidedOtherwise(decide.error);
  const isDecided = hold.decided_at !== null;
  const isButtonGone = isDecided && (decide.isSuccess || isConflict);
  useAnnounced(isConflict ? t('conflict') : undefined);
  useEffect(() => {
    if (isButtonGone) heading.current?.focus({ preventScroll: true });
  }, [isButtonGone]);
  const ask = (decision: Decision) => {
    decide.reset();
    setAsked(decision);
  };
  return (
    <section className="decision-panel stack" data-status={hold.status}>
      <h2 ref={heading} tabIndex={-1}>
        {unbroken(t(`heading.${hold.status}`))}
      </h2>
      {isConflict && <p className="notice notice-waiting">{t('conflict')}</p>}
      <Explanation hold={hold} />
      {isDecided ? (
        <DecidedBy hold={hold} />
      ) : (
        <div className="row">
          <Button variant="primary" disabled={!isOnline} onClick={() => ask('released')}>
            {t('release')}
          </Button>
          <Button variant="danger" disabled={!isOnline} onClick={() => ask('rejected')}>
            {t('reject')}
          </Button>
        </div>
      )}
      {asked && !isConflict && <DecisionDialog hold={hold} decision={asked} decide={decide} onClose={() => setAsked(undefined)} />}
    </section>
  );
}

function Explanation({ hold }: { readonly hold: Hold }) {
  const t = useTexts('operator');
  return <p>{unbroken(textOf())}</p>;

  function textOf(): string {
    if (hold.status === 'held') return t('text.held', { count: hold.invitations });
    if (hold.status === 'noted') return t('text.noted');
    return t(hold.is_enforced ? `text.${hold.status}` : 'text.label');
  }
}

function DecidedBy({ hold }: { readonly hold: Hold }) {
  const { dateTime } = useLocale();
  const t = useTexts('operator');
  const userId = useMe().data?.user?.user_id;
  const { decided_at: decidedAt, decided_by: user } = hold;
  if (decidedAt === null || user === null) return null;
  const time = dateTime(decidedAt);
  return <p className="soft small figures">{user === userId ? t('byYou', { time }) : t('byOther', { time, user })}</p>;
}
