import { useAction } from '../../app/use-action.ts';
import { PageHeading } from '../../design/components/page-heading.tsx';
import { useLocale } from '../../i18n/locale-context.tsx';
import { useTexts } from '../../i18n/use-texts.ts';
import { IdentityForm } from '../identity-form.tsx';
import type { PendingSignIn } from './pending-sign-in.ts';
import { requestCode } from './request-code.ts';

interface AddressFormProps {
  readonly returnTo: string;
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
        isBusy={send.isPending}
        error={send.error}
        onSubmit={(identity) => send.mutate({ ...identity, returnTo })}
      />
    </>
  );
}
