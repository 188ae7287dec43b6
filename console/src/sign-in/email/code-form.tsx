import { type FormEvent, useEffect, useRef, useState } from 'react';
import { auth } from '../../api/clients.ts';
import { useAction } from '../../app/use-action.ts';
import { useNow } from '../../app/use-now.ts';
import { useAnnounced } from '../../design/announcer.tsx';
import { Button } from '../../design/components/button.tsx';
import { TextField } from '../../design/components/field.tsx';
import { PageHeading } from '../../design/components/page-heading.tsx';
import { ProblemNotice } from '../../design/components/problem-notice.tsx';
import { useLocale } from '../../i18n/locale-context.tsx';
import { useTexts } from '../../i18n/use-texts.ts';
import { type CodeProblem, codeProblem } from './code-problem.ts';
import { CODE_LENGTH, codeDigits } from './code-text.ts';
import { NewCode } from './new-code.tsx';
import type { PendingSignIn } from './pending-sign-in.ts';

interface CodeFormProps {
  readonly pending: PendingSignIn;
  /** Of the mail's link. Then nothing is sent before the button is pressed: programs open links, too. */
  readonly linkCode: string | undefined;
  /** Whether a link led here whose code is not the one that was sent last. */
  readonly isOtherLink: boolean;
  /** @param pending undefined to begin again with an address */
  readonly onReplace: (pending: PendingSignIn | undefined) => void;
  readonly onWrong: (challenge: string, triesLeft: number) => void;
  readonly onSignedIn: () => Promise<void>;
}

export function CodeForm({ pending, linkCode, isOtherLink, onReplace, onWrong, onSignedIn }: CodeFormProps) {
  const t = useTexts('sign-in');
  const isExpired = useNow(pending.expiresAt) >= pending.expiresAt;
  return (
    <>
      {isExpired ? (
        <ExpiredHeading pending={pending} />
      ) : (
        <>
          <CodeHeading pending={pending} isLink={linkCode !== undefined} />
          {isOtherLink && <OtherLinkNotice />}
          <CodeField
            key={`${pending.challenge} ${linkCode ?? ''}`}
            pending={pending}
            linkCode={linkCode}
            onWrong={onWrong}
            onSignedIn={onSignedIn}
          />
        </>
      )}
      <NewCode pending={pending} hasField={!isExpired && pending.triesLeft > 0} onSent={onReplace} />
      <div className="actions">
        <Button variant="quiet" onClick={() => onReplace(undefined)}>
          {t('otherAddress')}
        </Button>
      </div>
    </>
  );
}

function ExpiredHeading({ pending: { sentAt } }: Pick<CodeFormProps, 'pending'>) {
  const t = useTexts('sign-in');
  const { time } = useLocale();
  const text = t('codeExpired', { time: time(sentAt) });
  useAnnounced(text);
  return (
    <PageHeading title={t('title')}>
      <p>{text}</p>
    </PageHeading>
  );
}

function CodeHeading({
  pending: { email, expiresAt, triesLeft },
  isLink,
}: Pick<CodeFormProps, 'pending'> & { readonly isLink: boolean }) {
  const t = useTexts('sign-in');
  const { time } = useLocale();
  if (triesLeft === 0) return <PageHeading title={t('title')} />; // the code is of no use, whenever it would have expired
  if (isLink) {
    return (
      <PageHeading title={t('linkTitle', { address: email })}>
        <p>{t('linkText')}</p>
      </PageHeading>
    );
  }
  return (
    <PageHeading title={t('codeTitle')}>
      <p>{t('codeSent', { address: email, time: time(expiresAt) })}</p>
      <p className="soft small">{t('codeNotThere')}</p>
    </PageHeading>
  );
}

/** Another mail's link was opened, such as that of the one before. */
function OtherLinkNotice() {
  const text = useTexts('sign-in')('otherLink');
  useAnnounced(text);
  return <p className="notice notice-waiting">{text}</p>;
}

type CodeFieldProps = Pick<CodeFormProps, 'linkCode' | 'onSignedIn' | 'onWrong' | 'pending'>;

function CodeField({ pending, linkCode, onWrong, onSignedIn }: CodeFieldProps) {
  const t = useTexts('sign-in');
  const [code, setCode] = useState(linkCode ?? '');
  const [isIncomplete, setIncomplete] = useState(false);
  const [wrongCodes, setWrongCodes] = useState<readonly string[]>([]);
  const input = useRef<HTMLInputElement>(null);
  const { email: _, challenge, name, triesLeft } = pending;
  const verify = useAction({
    mutationFn: (digits: string) => auth.verifyCode({ challenge, code: digits, ...(name !== '' && { name }) }),
    onSuccess: onSignedIn,
    onError: (error, digits) => {
      const problem = codeProblem(error);
      if (problem === undefined) return;
      setWrongCodes((before) => [...before, digits]);
      onWrong(challenge, problem === 'ended' ? 0 : Math.max(0, triesLeft - 1));
      input.current?.select();
    },
  });
  const isBusy = verify.isPending || verify.isSuccess;
  const problem = codeProblem(verify.error);
  const isKnownWrong = wrongCodes.includes(code); // sent again, it would only use up a try
  const wrongText = useWrongText(problem ?? (isKnownWrong ? 'wrong' : undefined), triesLeft);

  useEffect(() => {
    if (linkCode === undefined) input.current?.focus();
  }, [linkCode]);

  const change = (text: string) => {
    const digits = codeDigits(text);
    setCode(digits);
    setIncomplete(false);
    if (digits === code || isBusy) return;
    if (digits.length === CODE_LENGTH && triesLeft > 0 && !wrongCodes.includes(digits)) verify.mutate(digits);
    else verify.reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isBusy || triesLeft === 0) return;
    if (code.length === CODE_LENGTH && !isKnownWrong) return verify.mutate(code);
    setIncomplete(code.length < CODE_LENGTH);
    input.current?.focus();
    input.current?.select();
  };
  return (
    <form className="stack sign-in-code" noValidate onSubmit={submit}>
      <TextField
        ref={input}
        label={t('code')}
        error={isIncomplete ? t('codeIncomplete') : wrongText}
        name="code"
        inputMode="numeric"
        autoComplete="one-time-code"
        spellCheck={false}
        dir="ltr"
        value={code}
        onChange={({ target }) => change(target.value)}
      />
      {verify.error && problem === undefined && <ProblemNotice error={verify.error} onRetry={() => verify.mutate(code)} />}
      {triesLeft > 0 && (
        <div className="actions">
          <Button type="submit" variant="primary" isBusy={isBusy}>
            {t('signIn')}
          </Button>
        </div>
      )}
    </form>
  );
}

/** Why the last code did not work. It is announced, too: the field keeps the focus, so its error is not read by itself. */
function useWrongText(problem: CodeProblem, triesLeft: number): string | undefined {
  const t = useTexts('sign-in');
  const text = textOf();
  useAnnounced(text);
  return text;

  function textOf(): string | undefined {
    if (problem === 'ended') return t('codeEnded');
    return problem === 'wrong' || triesLeft === 0 ? t('codeWrong', { count: triesLeft }) : undefined;
  }
}
