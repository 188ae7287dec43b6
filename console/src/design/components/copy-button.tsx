import { useState } from 'react';
import { useLocale } from '../../i18n/locale-context.tsx';
import { Button } from './button.tsx';

/** Copies a text to the clipboard, and says so in its own label. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const { t } = useLocale();
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <Button variant="quiet" onClick={() => void copy()} onBlur={() => setCopied(false)}>
      <span aria-live="polite">{isCopied ? t('copied') : label}</span>
    </Button>
  );
}
