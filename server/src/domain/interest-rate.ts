declare const milliPercent: unique symbol;

/** A nominal rate a year in thousandths of a percent: 5.25 % is 5250. */
export type MilliPercent = number & { readonly [milliPercent]: true };

const FORM = /^(?:100|\d{1,2})(?:\.(\d{1,3}))?$/;

/** @param sent percent a year, 0 to 100, at most 3 decimals, judged by its shortest decimal form */
export function parseInterestRate(sent: number): MilliPercent | undefined {
  if (!FORM.test(String(sent)) || sent > 100) return undefined;
  return Math.round(sent * 1000) as MilliPercent;
}

/** For JSON: 5250 is 5.25. */
export function toPercent(rate: MilliPercent): number {
  return rate / 1000;
}
