import { ConflictError } from '@private-lending/client';
import { useEffect, useRef, useState } from 'react';
import { useAction } from '../app/use-action.ts';
import { useAnnounce } from '../design/announcer.tsx';
import { Button, ButtonLink } from '../design/components/button.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { signInPath } from '../sign-in/return-to.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { mailLinks } from './mail-link-calls.ts';

interface LinkActionProps {
  readonly token: string;
  /** Where one undoes it, after signing in. Undefined for those who are signed in. */
  readonly undoPath: string | undefined;
  /** Also before a reload. */
  readonly isDone: boolean;
  readonly onDone: () => void;
  /** What the link is about has changed, and it can't do this any more. */
  readonly onConflict?: () => Promise<unknown>;
}

/** Declines the invitation of a mail, without an account. */
export function DeclineByLink({ token, ...props }: LinkActionProps) {
  const t = useTexts('invitations');
  return (
    <LinkAction
      call={() => mailLinks.decline(token)}
      label={t('linkDecline')}
      title={t('linkDeclineTitle')}
      text={t('linkDeclineText')}
      sure={t('linkDeclineSure')}
      done={t('linkDeclined')}
      {...props}
    />
  );
}

/** Stops all mail to the address that got the mail, without an account. */
export function OptOutByLink({ token, ...props }: LinkActionProps) {
  const t = useTexts('invitations');
  return (
    <LinkAction
      call={() => mailLinks.optOut(token)}
      label={t('linkOptOut')}
      title={t('linkOptOutTitle')}
      text={t('linkOptOutText')}
      sure={t('linkOptOutSure')}
      done={t(props.undoPath === undefined ? 'linkOptedOutHere' : 'linkOptedOut')}
      {...props}
    />
  );
}

interface LinkActionTexts {
  readonly label: string;
  readonly title: string;
  readonly text: string;
  readonly sure: string;
  readonly done: string;
}

function LinkAction({
  call,
  undoPath,
  label,
  title,
  text,
  sure,
  done,
  isDone,
  onDone,
  onConflict,
}: LinkActionTexts & Omit<LinkActionProps, 'token'> & { readonly call: () => PromiseLike<unknown> }) {
  const t = useTexts('invitations');
  const announce = useAnnounce();
  const [isAsking, setAsking] = useState(false);
  const action = useAction({
    mutationFn: async () => await call(),
    onSuccess: () => {
      setAsking(false);
      onDone();
      announce(done);
    },
    onError: async (error) => {
      if (!(error instanceof ConflictError)) return;
      await onConflict?.();
      setAsking(false);
      announce(t('conflict.ended'));
    },
  });
  const outcome = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (action.isSuccess) outcome.current?.focus(); // the button that had the focus is gone
  }, [action.isSuccess]);

  if (isDone) {
    return (
      <div className="notice">
        <p ref={outcome} tabIndex={-1}>
          {done}
        </p>
        {undoPath !== undefined && <ButtonLink href={signInPath(undoPath)}>{t('linkUndo')}</ButtonLink>}
      </div>
    );
  }
  return (
    <>
      <Button onClick={() => setAsking(true)}>{label}</Button>
      {isAsking && (
        <ConfirmDialog
          title={title}
          text={text}
          sure={sure}
          action={label}
          isBusy={action.isPending}
          error={action.error}
          onConfirm={() => action.mutate()}
          onClose={() => {
            setAsking(false);
            action.reset();
          }}
        />
      )}
    </>
  );
}
