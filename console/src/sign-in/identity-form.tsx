import { ValidationError } from '@private-lending/client';
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { NAME_LENGTH_MAX } from '../app/name-limits.ts';
import { Button } from '../design/components/button.tsx';
import { TextField } from '../design/components/field.tsx';
import { useLocale } from '../i18n/locale-context.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { isInvitationPath } from './return-to.ts';
import { readDraft, type SignInDraft, writeDraft } from './sign-in-draft.ts';

interface IdentityFormProps {
  readonly submitLabel: string;
  /** Where the user goes after it. */
  readonly returnTo: string;
  readonly isBusy: boolean;
  readonly error: Error | null;
  readonly onSubmit: (identity: SignInDraft) => void;
  /** The problem, where it is not one of a field. */
  readonly children: ReactNode;
}

/** The server knows which addresses exist; this only catches what is certainly none. */
const ADDRESS = /^[^\s@]+@[^\s@]+$/;

/** Asks for an address and a name. */
export function IdentityForm({ submitLabel, returnTo, isBusy, error, onSubmit, children }: IdentityFormProps) {
  const { t: common } = useLocale();
  const t = useTexts('sign-in');
  const [draft, setDraft] = useState(readDraft);
  const [isIncomplete, setIncomplete] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const problems = error instanceof ValidationError ? error.details : [];
  const isRejected = (path: string) => problems.some((problem) => problem.path === path);
  const firstPath = problems[0]?.path;
  useEffect(() => {
    if (firstPath !== undefined) form.current?.querySelector<HTMLInputElement>(`[name="${CSS.escape(firstPath)}"]`)?.focus();
  }, [firstPath]);
  const emailError = isIncomplete || isRejected('email') ? t('emailInvalid') : undefined;
  const nameError = isRejected('name') ? common('account.nameInvalid') : undefined;

  const change = (changes: Partial<SignInDraft>) => {
    const next = { ...draft, ...changes };
    setDraft(next);
    writeDraft(next);
    setIncomplete(false);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isBusy) return;
    const identity = { email: draft.email.trim(), name: draft.name.trim() };
    if (ADDRESS.test(identity.email)) return onSubmit(identity);
    setIncomplete(true);
    form.current?.querySelector<HTMLInputElement>('[name=email]')?.focus();
  };

  return (
    <form ref={form} className="stack" noValidate onSubmit={submit}>
      <TextField
        label={t('email')}
        hint={isInvitationPath(returnTo) ? t('emailInvited') : undefined}
        error={emailError}
        type="email"
        name="email"
        autoComplete="email"
        autoCapitalize="none"
        spellCheck={false}
        required
        dir="ltr"
        value={draft.email}
        onChange={({ target }) => change({ email: target.value })}
      />
      <TextField
        label={t('name')}
        hint={t('nameHint')}
        error={nameError}
        name="name"
        autoComplete="name"
        maxLength={NAME_LENGTH_MAX}
        dir="auto"
        value={draft.name}
        onChange={({ target }) => change({ name: target.value })}
      />
      {emailError === undefined && nameError === undefined && children}
      <div className="actions">
        <Button type="submit" variant="primary" isBusy={isBusy}>
          {submitLabel}
        </Button>
      </div>
    </form>
  );
}
