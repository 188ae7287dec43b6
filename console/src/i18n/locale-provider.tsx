import type { Language } from '@private-lending/locale/languages';
import { type ReactNode, Suspense, use, useEffect, useMemo, useState, useTransition } from 'react';
import { formatsOf, initialLanguage, storeLanguage } from './locale.ts';
import { LocaleContext } from './locale-context.tsx';
import { loadTexts } from './texts.ts';

/** Gives the user's language to everything in it. Another one is shown when its texts have been loaded. */
export function LocaleProvider({ children }: { readonly children: ReactNode }) {
  return (
    <Suspense>
      <LoadedLocale>{children}</LoadedLocale>
    </Suspense>
  );
}

function LoadedLocale({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState(initialLanguage);
  const [, startTransition] = useTransition();
  const { t } = use(loadTexts(language, 'common'));
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const locale = useMemo(
    () => ({
      ...formatsOf(language),
      t,
      setLanguage(chosen: Language) {
        storeLanguage(chosen);
        startTransition(() => setLanguage(chosen));
      },
    }),
    [language, t],
  );
  return <LocaleContext value={locale}>{children}</LocaleContext>;
}
