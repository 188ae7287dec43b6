import { INTL_LOCALES, type Language } from './languages.ts';

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** Formats `a, b and c`. */
export function formatList(items: readonly string[], language: Language): string {
  return new Intl.ListFormat(INTL_LOCALES[language]).format(items);
}

const ISOLATED = /^\u2068[^\u2068]*\u2069$/;

/** Isolates right-to-left text, which would otherwise reorder what is next to it. `translate` does it with all values. */
export function isolate(text: string): string {
  return RIGHT_TO_LEFT.test(text) && !ISOLATED.test(text) ? `\u2068${text}\u2069` : text;
}
