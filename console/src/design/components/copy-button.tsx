import { useState } from 'react';
import { useLocale } from '../../i18n/locale-context.tsx';
import { Button } from './button.tsx';

/** Copies a text to the clipboard, and says so in its own label. Where the browser does not allow that, it shows the text. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const { t } = useLocale();
  const [outcome, setOutcome] = useState<'copied' | 'denied' | undefined>(undefined);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text); // there is no clipboard without https
      setOutcome('copied');
    } catch {
      setOutcome('denied');
    }
  };
  if (outcome === 'denied') return <code>{text}</code>;
  return (
    <Button variant="quiet" onClick={() => void copy()} onBlur={() => setOutcome(undefined)}>
      <span aria-live="polite">{outcome === 'copied' ? t('copied') : label}</span>
    </Button>
  );
}
