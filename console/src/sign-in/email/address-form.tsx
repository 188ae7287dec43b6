import { useAction } from '../../app/use-action.ts';
import { PageHeading } from '../../design/components/page-heading.tsx';
import { useLocale } from '../../i18n/locale-context.tsx';
import { useTexts } from '../../i18n/use-texts.ts';
import { IdentityForm } from '../identity-form.tsx';
import { CodeRequestProblem } from './code-request-problem.tsx';
import type { PendingSignIn } from './pending-sign-in.ts';
import { pendingSignIns } from './pending-sign-ins.ts';
import { requestCode } from './request-code.ts';

interface AddressFormProps {
  readonly returnTo: string;
  /** Also for a code that was sent before, where no more may be sent. */
  readonly onSent: (pending: PendingSignIn) => void;
}

export function AddressForm({ returnTo, onSent }: AddressFormProps) {
  const t = useTexts('sign-in');
  const { language } = useLocale();
  const send = useAction({
    mutationFn: (request: Parameters<typeof requestCode>[0]) => requestCode(request, language),
    onSuccess: onSent,
  });
  return (
    <>
      <PageHeading title={t('title')}>
        <p>{t('intro')}</p>
        {returnTo !== '/' && <p>{t('toContinue')}</p>}
      </PageHeading>
      <IdentityForm
        submitLabel={t('sendCode')}
        returnTo={returnTo}
        isBusy={send.isPending}
        error={send.error}
        onSubmit={(identity) => send.mutate({ ...identity, returnTo })}
      >
        {send.error && (
          <CodeRequestProblem
            error={send.error}
            sent={pendingSignIns.findByAddress(send.variables?.email ?? '', Date.now())}
            onUse={(sent) => onSent({ ...sent, ...send.variables, email: sent.email })}
          />
        )}
      </IdentityForm>
    </>
  );
}
