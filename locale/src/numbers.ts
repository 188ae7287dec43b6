import { type Currency, parseCurrency } from './currencies.ts';
import { type Language, NUMBER_MARKS } from './languages.ts';

/*
 * Figures are formatted as text, digit by digit: never rounded, and never through the decimals that `Intl` has for currencies.
 */

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;
const NO_BREAK_SPACE = '\u00a0';

/**
 * Formats `5,000.00 USD`, in German `5.000,00 USD`.
 * @param amount in major units: a JSON number, by its shortest decimal form, or a decimal such as `5000.00`. More decimals than the
 * currency has are kept.
 * @param currency a code of ISO 4217 is enough; an unknown one gets the decimals that the amount has
 * @throws RangeError for what is not a finite decimal
 */
export function formatMoney(amount: number | string, currency: Currency | string, language: Language): string {
  return `${formatAmount(amount, currency, language)} ${typeof currency === 'string' ? currency : currency.code}`;
}

/** Formats the figure of `formatMoney` without the currency, for input fields and tables. */
export function formatAmount(amount: number | string, currency: Currency | string, language: Language): string {
  const decimals = typeof currency === 'string' ? parseCurrency(currency)?.decimals : currency.decimals;
  return formatDecimal(amount, language, decimals);
}

/** Formats an amount in minor units. @throws RangeError for what is not a safe integer */
export function formatMinorUnits(units: number, currency: Currency, language: Language): string {
  if (!Number.isSafeInteger(units)) throw new RangeError(`${units} is not an amount in minor units`);
  const { decimals } = currency;
  const digits = String(Math.abs(units)).padStart(decimals + 1, '0');
  const point = digits.length - decimals;
  const amount = `${units < 0 ? '-' : ''}${digits.slice(0, point)}${decimals > 0 ? `.${digits.slice(point)}` : ''}`;
  return formatMoney(amount, currency, language);
}

/** Formats `4.5%`, in German `4,5 %` with a no-break space. @param percent 4.5 for 4.5 % */
export function formatPercent(percent: number, language: Language): string {
  return `${formatDecimal(percent, language)}${language === 'en' ? '' : NO_BREAK_SPACE}%`;
}

/**
 * Formats `1,234.5` with thousands separators.
 * @param decimals at least so many
 * @throws RangeError for what is not a finite decimal
 */
export function formatDecimal(value: number | string, language: Language, decimals = 0): string {
  const [, sign = '', whole = '', digits = ''] = DECIMAL.exec(String(value)) ?? [];
  if (whole === '') throw new RangeError(`${value} is not a decimal`);
  const marks = NUMBER_MARKS[language];
  const fraction = digits.padEnd(decimals, '0');
  const groups: string[] = [];
  for (let end = whole.length; end > 0; end -= 3) groups.unshift(whole.slice(Math.max(0, end - 3), end));
  return `${sign}${groups.join(marks.group)}${fraction === '' ? '' : marks.decimal}${fraction}`;
}
