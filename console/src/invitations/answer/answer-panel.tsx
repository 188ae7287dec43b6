import type { Invitation } from '@private-lending/client';
import { type MouseEvent, useEffect, useRef, useState } from 'react';
import { useOnline } from '../../app/use-online.ts';
import { useAnnounce } from '../../design/announcer.tsx';
import { Button } from '../../design/components/button.tsx';
import { ProblemNotice } from '../../design/components/problem-notice.tsx';
import { unbroken } from '../../design/components/unbroken.ts';
import { useLocale } from '../../i18n/locale-context.tsx';
import { useTexts } from '../../i18n/use-texts.ts';
import { type Answer, useAnswer } from '../invitation-queries.ts';
import type { InvitationState } from '../invitation-state.ts';
import { useStateTexts } from '../state-texts.ts';
import { answerConflict } from './answer-conflict.ts';
import { AmountChange, ConflictNotice } from './answer-notices.tsx';
import { DeclineDialog } from './decline-dialog.tsx';
import { type ShownAmount, seenAmount } from './seen-amount.ts';
import { useShownAmount } from './use-shown-amount.ts';

interface AnswerPanelProps {
  readonly invitation: Invitation;
  readonly state: InvitationState;
}

/** What was answered, or may be. The first button accepts; none declines without a second press. */
export function AnswerPanel({ invitation, state }: AnswerPanelProps) {
  const t = useTexts('invitations');
  const announce = useAnnounce();
  const answer = useAnswer(invitation.loan_id);
  const isOnline = useOnline();
  const [isAsking, setAsking] = useState(false);
  const { title, texts } = useStateTexts(invitation, state);
  const heading = useRef<HTMLHeadingElement>(null);
  const shown = useShownAmount(invitation);
  const conflict = answerConflict(answer.error);
  const canAccept = state === 'pending' || state === 'declined-by-link';

  const send = (choice: Answer) => answer.mutate(choice, { onSettled: () => setAsking(false) });
  useEffect(() => {
    if (answer.isSuccess) announce(title);
  }, [answer.isSuccess, title, announce]);
  const isButtonGone = answer.isSuccess || (conflict !== undefined && !canAccept);
  useEffect(() => {
    if (isButtonGone) heading.current?.focus({ preventScroll: true });
  }, [isButtonGone]);

  const decline = (label: string, isQuiet = false) => (
    <Button variant={isQuiet ? 'quiet' : 'secondary'} disabled={!isOnline || answer.isPending} onClick={() => setAsking(true)}>
      {label}
    </Button>
  );
  return (
    <section className="answer-panel stack" data-state={state}>
      <h2 ref={heading} tabIndex={-1}>
        {unbroken(title)}
      </h2>
      {texts.map((text) => (
        <p key={text}>{text}</p>
      ))}
      {conflict && <ConflictNotice conflict={conflict} invitation={invitation} />}
      {canAccept && <AmountChange shown={shown} currency={invitation.loan.currency} />}
      <div className="actions">
        {canAccept && (
          <AcceptButton
            shown={shown}
            currency={invitation.loan.currency}
            label={state === 'pending' ? 'accept' : 'acceptAfterAll'}
            isBusy={answer.isPending && !isAsking}
            disabled={!isOnline}
            onAccept={(amount) => send({ choice: 'accept', amount })}
          />
        )}
        {state === 'pending' && decline(t('decline'))}
        {state === 'declined-by-link' && decline(t('keepDeclined'))}
        {state === 'accepted' && decline(t('withdraw'), true)}
      </div>
      {canAccept && <p className="soft small">{t(state === 'pending' ? 'acceptConsequence' : 'acceptAfterAllConsequence')}</p>}
      {answer.error && !conflict && (
        <ProblemNotice error={answer.error} onRetry={answer.variables && (() => answer.mutate(answer.variables))} />
      )}
      {isAsking && (
        <DeclineDialog
          invitation={invitation}
          kind={state === 'accepted' ? 'withdraw' : state === 'declined-by-link' ? 'confirmDecline' : 'decline'}
          isBusy={answer.isPending}
          onConfirm={() => send({ choice: 'decline' })}
          onClose={() => setAsking(false)}
        />
      )}
    </section>
  );
}

interface AcceptButtonProps {
  readonly shown: ShownAmount;
  readonly currency: string;
  readonly label: 'accept' | 'acceptAfterAll';
  readonly isBusy: boolean;
  readonly disabled: boolean;
  /** @param amount that the user had read when the press began */
  readonly onAccept: (amount: number) => void;
}

/** Names the amount. */
function AcceptButton({ shown, currency, label, isBusy, disabled, onAccept }: AcceptButtonProps) {
  const t = useTexts('invitations');
  const { money } = useLocale();
  const pressed = useRef<number | undefined>(undefined);
  const press = ({ detail: clicks }: MouseEvent) => {
    const isByKey = clicks === 0;
    onAccept((isByKey ? undefined : pressed.current) ?? seenAmount(shown, Date.now()));
  };
  return (
    <Button
      variant="primary"
      isBusy={isBusy}
      disabled={disabled}
      onPointerDown={() => {
        pressed.current = seenAmount(shown, Date.now());
      }}
      onClick={press}
    >
      {t(label, { amount: money(shown.amount, currency) })}
    </Button>
  );
}
