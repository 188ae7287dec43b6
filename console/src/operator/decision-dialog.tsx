import type { Hold } from '@private-lending/client';
import { useEffect } from 'react';
import { useOnline } from '../app/use-online.ts';
import { Button } from '../design/components/button.tsx';
import { Dialog } from '../design/components/dialog.tsx';
import { ProblemNotice } from '../design/components/problem-notice.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import type { Decision, useDecide } from './hold-queries.ts';

interface DecisionDialogProps {
  readonly hold: Hold;
  readonly decision: Decision;
  readonly decide: ReturnType<typeof useDecide>;
  readonly onClose: () => void;
}

/** Says what follows from a decision, which is final. */
export function DecisionDialog({ hold, decision, decide, onClose }: DecisionDialogProps) {
  const t = useTexts('operator');
  const isOnline = useOnline();
  const consequences = useConsequences(hold, decision);
  const submit = () => decide.mutate(decision, { onSuccess: onClose });
  const isOutdated = hold.decided_at !== null && !decide.isPending;
  useEffect(() => {
    if (isOutdated) onClose(); // another operator has decided while the dialog was open
  }, [isOutdated, onClose]);
  return (
    <Dialog
      title={t(`question.${decision}`)}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t('keep')}</Button>
          <Button
            variant={decision === 'released' ? 'primary' : 'danger'}
            isBusy={decide.isPending}
            disabled={!isOnline}
            onClick={submit}
          >
            {t(`submit.${decision}`)}
          </Button>
        </>
      }
    >
      <ul className="bullets">
        {consequences.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
      {decide.error && <ProblemNotice error={decide.error} onRetry={submit} />}
    </Dialog>
  );
}

function useConsequences({ is_enforced: isEnforced, invitations: count }: Hold, decision: Decision): readonly string[] {
  const t = useTexts('operator');
  const label = t(decision === 'released' ? 'consequence.honest' : 'consequence.abusive');
  const final = t('consequence.final');
  if (!isEnforced) return [t('consequence.noEffect'), label, final];
  if (decision === 'released') return [t('consequence.sent', { count }), label, final];
  return [t('consequence.stay'), t('consequence.never'), t('consequence.notTold'), label, final];
}
