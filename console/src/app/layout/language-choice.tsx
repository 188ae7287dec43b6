import { LANGUAGES, type Language } from '@private-lending/locale/languages';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useLocale } from '../../i18n/locale-context.tsx';
import { ME_KEY } from '../session-data.ts';
import './language-choice.css';

/** Each in its own language, as its readers know it. */
const NAMES: Readonly<Record<Language, string>> = { en: 'English', de: 'Deutsch' };

export function LanguageChoice() {
  const { t, language, setLanguage } = useLocale();
  useReportLanguage(language);
  return (
    <fieldset className="language-choice">
      <legend className="visually-hidden">{t('language')}</legend>
      {LANGUAGES.map((each) => (
        <button key={each} type="button" lang={each} aria-pressed={each === language} onClick={() => setLanguage(each)}>
          {NAMES[each]}
        </button>
      ))}
    </fieldset>
  );
}

/** Sends a request in the new language, which the server notes for mail. */
function useReportLanguage(language: Language): void {
  const queries = useQueryClient();
  const reported = useRef(language);
  useEffect(() => {
    if (reported.current === language) return;
    reported.current = language;
    void queries.invalidateQueries({ queryKey: ME_KEY });
  }, [language, queries]);
}
