import type { Language } from '@private-lending/locale/languages';
import { createContext, useContext } from 'react';
import type { Formats } from './locale.ts';
import type { Translate } from './texts.ts';

export interface Locale extends Formats {
  /** The texts that many pages share. Those of an area: `useTexts`. */
  readonly t: Translate<'common'>;
  setLanguage(language: Language): void;
}

export const LocaleContext = createContext<Locale | undefined>(undefined);

/** The formats and shared texts of the user's language. */
export function useLocale(): Locale {
  const locale = useContext(LocaleContext);
  if (!locale) throw new TypeError('useLocale needs a LocaleProvider around it');
  return locale;
}
