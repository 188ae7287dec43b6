import { createContext, useContext } from 'react';
import type { Locale } from './locale.ts';

export const LocaleContext = createContext<Locale | undefined>(undefined);

/** The texts and formats of the user's language. */
export function useLocale(): Locale {
  const locale = useContext(LocaleContext);
  if (!locale) throw new TypeError('useLocale needs a LocaleProvider around it');
  return locale;
}
