import { useLocale } from '../i18n/locale-context.tsx';
import { useMe } from './session.tsx';

/** Who gets no e-mail: who has asked for none, and on a development server perhaps nobody. */
export function MailNote() {
  const { t } = useLocale();
  const isDevelopment = useMe().data?.sign_in === 'local';
  return (
    <p className="soft small">
      {t('mail.optOut')} {isDevelopment && t('mail.development')}
    </p>
  );
}
