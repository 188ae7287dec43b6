import { useState } from 'react';
import { useLocale } from '../../i18n/locale-context.tsx';
import { useAnnounce } from '../announcer.tsx';
import { Button } from './button.tsx';

/** Copies a text to the clipboard, and says so in its own label. Where the browser does not allow that, it shows the text. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const { t } = useLocale();
  const announce = useAnnounce();
  const [isCopied, setCopied] = useState(false);
  const [isDenied, setDenied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text); // there is no clipboard without https
      setCopied(true);
      announce(t('copied'));
    } catch {
      setCopied(false);
      setDenied(true);
    }
  };
  return (
    <>
      <Button variant="quiet" onClick={() => void copy()} onBlur={() => setCopied(false)}>
        {isCopied ? t('copied') : label}
      </Button>
      {isDenied && <code>{text}</code>}
    </>
  );
}
