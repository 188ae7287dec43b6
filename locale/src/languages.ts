/** The languages of console and mails, by BCP 47. English is the first, which the others are translated from. */
export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Marks in numbers, as people of the language write them. */
interface NumberMarks {
  readonly decimal: '.' | ',';
  readonly group: '.' | ',';
}

/** Written here and not taken from `Intl`, so that every browser and server shows the same amounts. */
export const NUMBER_MARKS: Readonly<Record<Language, NumberMarks>> = {
  en: { decimal: '.', group: ',' },
  de: { decimal: ',', group: '.' },
};

/** For `Intl`. Dates of British English have the day first and the month as a word, and a day has 24 hours. */
export const INTL_LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', de: 'de-DE' };

/** @param tags preferred languages by BCP 47, the best first, such as `navigator.languages` */
export function chooseLanguage(tags: readonly string[]): Language {
  const preferred = tags.map((tag) => tag.toLowerCase().split('-')[0]);
  return preferred.flatMap((code) => LANGUAGES.filter((language) => language === code))[0] ?? LANGUAGES[0];
}
