import { type FormEvent, useId, useState } from 'react';
import { Button } from '../design/components/button.tsx';
import { Checkbox } from '../design/components/checkbox.tsx';
import { Dialog } from '../design/components/dialog.tsx';
import { ProblemNotice } from '../design/components/problem-notice.tsx';
import { useTexts } from '../i18n/use-texts.ts';

interface ConfirmDialogProps {
  readonly title: string;
  readonly text: string;
  /** What the person confirms by a tick. */
  readonly sure: string;
  readonly action: string;
  readonly isBusy: boolean;
  readonly error: unknown;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks for a tick and a press: programs that check mails press the buttons of its pages, one after the other. */
export function ConfirmDialog({ title, text, sure, action, isBusy, error, onConfirm, onClose }: ConfirmDialogProps) {
  const t = useTexts('invitations');
  const formId = useId();
  const [isSure, setSure] = useState(false);
  const [isMissing, setMissing] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isSure) return onConfirm();
    setMissing(true);
    document.getElementById(formId)?.querySelector('input')?.focus();
  };
  const actions = (
    <>
      <Button onClick={onClose}>{t('keep')}</Button>
      <Button type="submit" form={formId} variant="danger" isBusy={isBusy}>
        {action}
      </Button>
    </>
  );
  return (
    <Dialog title={title} actions={actions} onClose={onClose}>
      <p>{text}</p>
      <form id={formId} noValidate onSubmit={submit}>
        <Checkbox
          label={sure}
          error={isMissing ? t('linkSure') : undefined}
          name="sure"
          required
          checked={isSure}
          onChange={({ target }) => {
            setSure(target.checked);
            setMissing(false);
          }}
        />
      </form>
      {error !== null && error !== undefined && <ProblemNotice error={error} />}
    </Dialog>
  );
}
