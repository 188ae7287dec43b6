import { Button } from '../../design/components/button.tsx';
import { PageHeading } from '../../design/components/page-heading.tsx';
import { useTexts } from '../../i18n/use-texts.ts';
import { formatCode } from './code-text.ts';

/** The mail's link was opened in a browser that has not asked for the code. */
export function CodeElsewhere({ code, onSignInHere }: { readonly code: string; readonly onSignInHere: () => void }) {
  const t = useTexts('sign-in');
  return (
    <>
      <PageHeading title={t('elsewhereTitle')}>
        <p>{t('elsewhereText')}</p>
      </PageHeading>
      <p className="sign-in-code-shown">{formatCode(code)}</p>
      <p>{t('elsewhereLost')}</p>
      <div className="actions">
        <Button onClick={onSignInHere}>{t('signInHere')}</Button>
      </div>
    </>
  );
}
