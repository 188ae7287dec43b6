import type { Invitation } from '@private-lending/client';
import { useEffect, useRef, useState } from 'react';
import { useOnline } from '../app/use-online.ts';
import { useAnnounce } from '../design/announcer.tsx';
import { Button } from '../design/components/button.tsx';
import { ProblemNotice } from '../design/components/problem-notice.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { DeclineDialog } from './decline-dialog.tsx';
import { type Answer, useAnswer } from './invitation-queries.ts';
import type { InvitationState } from './invitation-state.ts';
import { useStateTexts } from './state-texts.ts';

interface AnswerPanelProps {
  readonly invitation: Invitation;
  readonly state: InvitationState;
}

/** What was answered, or may be. The first button accepts; none declines without a second press. */
export function AnswerPanel({ invitation, state }: AnswerPanelProps) {
  const t = useTexts('invitations');
  const announce = useAnnounce();
  const answer = useAnswer(invitation);
  const isOnline = useOnline();
  const [isAsking, setAsking] = useState(false);
  const { title, texts } = useStateTexts(invitation, state);
  const heading = useRef<HTMLHeadingElement>(null);

  const send = (choice: Answer) =>
    answer.mutate(choice, {
      onSuccess: () => setAsking(false),
      onError: () => setAsking(false),
    });
  useEffect(() => {
    if (answer.isSuccess) announce(title);
  }, [answer.isSuccess, title, announce]);
  useEffect(() => {
    if (answer.isSuccess) heading.current?.focus({ preventScroll: true }); // the button that had the focus is gone
  }, [answer.isSuccess]);

  const accept = (label: string) => (
    <Button variant="primary" isBusy={answer.isPending && !isAsking} disabled={!isOnline} onClick={() => send('accept')}>
      {label}
    </Button>
  );
  const decline = (label: string, isQuiet = false) => (
    <Button variant={isQuiet ? 'quiet' : 'secondary'} disabled={!isOnline || answer.isPending} onClick={() => setAsking(true)}>
      {label}
    </Button>
  );
  return (
    <section className="answer-panel stack" data-state={state}>
      <h2 ref={heading} tabIndex={-1}>
        {title}
      </h2>
      {texts.map((text) => (
        <p key={text}>{text}</p>
      ))}
      <div className="actions">
        {state === 'pending' && accept(t('accept'))}
        {state === 'pending' && decline(t('decline'))}
        {state === 'declined-by-link' && accept(t('acceptAfterAll'))}
        {state === 'declined-by-link' && decline(t('keepDeclined'))}
        {state === 'accepted' && decline(t('withdraw'), true)}
      </div>
      {state === 'pending' && <p className="soft small">{t('acceptConsequence')}</p>}
      {answer.error && <ProblemNotice error={answer.error} onRetry={answer.variables && (() => answer.mutate(answer.variables))} />}
      {isAsking && (
        <DeclineDialog
          invitation={invitation}
          kind={state === 'accepted' ? 'withdraw' : state === 'declined-by-link' ? 'confirmDecline' : 'decline'}
          isBusy={answer.isPending}
          onConfirm={() => send('decline')}
          onClose={() => setAsking(false)}
        />
      )}
    </section>
  );
}
