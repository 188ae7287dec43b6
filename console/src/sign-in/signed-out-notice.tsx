import { useAnnounced } from '../design/announcer.tsx';
import { useTexts } from '../i18n/use-texts.ts';

/** Why the sign-in page is shown to someone who was signed in. @param reason of the page's address, which anybody may have written */
export function SignedOutNotice({ reason }: { readonly reason: string | null }) {
  const t = useTexts('sign-in');
  const text = textOf(reason);
  useAnnounced(text);
  return text === undefined ? null : <p className="notice">{text}</p>;

  function textOf(of: string | null): string | undefined {
    if (of === 'ended') return t('signedOutElsewhere');
    if (of === 'signed-out-everywhere') return t('signedOutEverywhere');
    return of === 'signed-out' ? t('signedOut') : undefined;
  }
}
