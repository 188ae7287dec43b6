import {
  formatDate,
  formatDateTime,
  formatDeadline,
  formatDuration,
  formatRelative,
  formatTime,
} from '@private-lending/locale/dates';
import { chooseLanguage, LANGUAGES, type Language } from '@private-lending/locale/languages';
import { formatAmount, formatMoney, formatPercent } from '@private-lending/locale/numbers';
import { browserStore } from '../app/text-store.ts';

/** How the user's language writes figures and times. Amounts are in major units, times RFC 3339 or epoch milliseconds. */
export interface Formats {
  readonly language: Language;
  /** `5,000.00 USD`, on one line */
  money(amount: number | string, currency: string): string;
  /** `5,000.00`, for tables and inputs that show the currency beside it. */
  amount(amount: number | string, currency: string): string;
  /** `4.5%` */
  percent(percent: number): string;
  date(time: number | string): string;
  dateTime(time: number | string): string;
  time(time: number | string): string;
  /** `31 March 2026, 09:15 CET` */
  deadline(time: number | string): string;
  /** `42 seconds`, of a time to wait. */
  duration(seconds: number): string;
  /** `in 3 days` */
  relative(time: number | string): string;
}

/** Times are in the user's time zone. */
export function formatsOf(language: Language): Formats {
  const format = { language, timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone };
  return {
    language,
    money: (amount, currency) => withoutBreaks(formatMoney(amount, currency, language)),
    amount: (amount, currency) => formatAmount(amount, currency, language),
    percent: (percent) => formatPercent(percent, language),
    date: (time) => formatDate(time, format),
    dateTime: (time) => formatDateTime(time, format),
    time: (time) => formatTime(time, format),
    deadline: (time) => formatDeadline(time, format),
    duration: (seconds) => formatDuration(seconds, language),
    relative: (time) => formatRelative(time, Date.now(), language),
  };
}

/** Keeps a figure and its unit on one line. */
export function withoutBreaks(text: string): string {
  return text.replaceAll(' ', '\u00a0');
}

const STORED_AS = 'lending.language';

/** What the user chose here before, else what the browser prefers. */
export function initialLanguage(): Language {
  const stored = browserStore.getItem(STORED_AS);
  return LANGUAGES.find((language) => language === stored) ?? chooseLanguage(navigator.languages);
}

export function storeLanguage(language: Language): void {
  browserStore.setItem(STORED_AS, language);
}
