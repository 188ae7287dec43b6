import { LANGUAGES, type Language } from '@private-lending/locale/languages';
import { useLocale } from '../../i18n/locale-context.tsx';
import './language-choice.css';

/** Each in its own language, as its readers know it. */
const NAMES: Readonly<Record<Language, string>> = { en: 'English', de: 'Deutsch' };

export function LanguageChoice() {
  const { t, language, setLanguage } = useLocale();
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
