import { ApiError } from '@private-lending/client';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { auth } from '../../api/clients.ts';
import { useAnnounce } from '../../design/announcer.tsx';
import { Button } from '../../design/components/button.tsx';
import { Dialog } from '../../design/components/dialog.tsx';
import { TextField } from '../../design/components/field.tsx';
import { ProblemNotice } from '../../design/components/problem-notice.tsx';
import { useLocale } from '../../i18n/locale-context.tsx';
import { NAME_LENGTH_MAX } from '../name-limits.ts';
import { ME_KEY } from '../session-data.ts';
import { useAction } from '../use-action.ts';

/** Changes the name that others see with the loans that the user asks for from now on. */
export function NameDialog({ name, onClose }: { readonly name: string; readonly onClose: () => void }) {
  const { t } = useLocale();
  const announce = useAnnounce();
  const queries = useQueryClient();
  const formId = useId();
  const [text, setText] = useState(name);
  const trimmed = text.trim();
  const change = useAction({
    mutationFn: async () => await auth.changeName(trimmed),
    onSuccess: (me) => {
      queries.setQueryData(ME_KEY, me);
      announce(t('account.nameChanged'));
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (trimmed !== '' && !change.isPending) change.mutate();
  };
  const rejected = change.error instanceof ApiError && change.error.details.length > 0 ? t('account.nameInvalid') : undefined;
  return (
    <Dialog
      title={t(name === '' ? 'account.addName' : 'account.changeName')}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" form={formId} variant="primary" isBusy={change.isPending} disabled={trimmed === ''}>
            {t('account.saveName')}
          </Button>
        </>
      }
    >
      <form id={formId} className="stack" onSubmit={submit}>
        <TextField
          label={t('account.name')}
          hint={t('account.nameHint')}
          error={rejected}
          autoComplete="name"
          maxLength={NAME_LENGTH_MAX}
          dir="auto"
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
        {change.error && rejected === undefined && <ProblemNotice error={change.error} onRetry={() => change.mutate()} />}
      </form>
    </Dialog>
  );
}
