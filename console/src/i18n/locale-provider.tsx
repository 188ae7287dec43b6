import type { Language } from '@private-lending/locale/languages';
import { type ReactNode, Suspense, startTransition, use, useEffect, useMemo, useRef, useState } from 'react';
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
  const wanted = useRef(language);
  const { t } = use(loadTexts(language, 'common'));
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const locale = useMemo(
    () => ({
      ...formatsOf(language),
      t,
      async setLanguage(chosen: Language) {
        wanted.current = chosen;
        try {
          await loadTexts(chosen, 'common');
        } catch {
          return; // offline: the page stays as it is, and the next press tries again
        }
        if (wanted.current !== chosen) return; // another one was chosen meanwhile
        storeLanguage(chosen);
        startTransition(() => setLanguage(chosen));
      },
    }),
    [language, t],
  );
  return <LocaleContext value={locale}>{children}</LocaleContext>;
}
