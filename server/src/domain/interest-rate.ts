declare const milliPercent: unique symbol;

/** Nominal annual rate in thousandths of a percent: 5.25 % is 5250. */
export type MilliPercent = number & { readonly [milliPercent]: true };

const FORMAT = /^(?:100|\d{1,2})(?:\.(\d{1,3}))?$/;

/** @param percent a year: 0 to 100, at most 3 decimals in its shortest decimal form */
export function parseInterestRate(percent: number): MilliPercent | undefined {
  if (!FORMAT.test(String(percent)) || percent > 100) return undefined;
  return Math.round(percent * 1000) as MilliPercent;
}

/** 5250 becomes 5.25. */
export function toPercent(rate: MilliPercent): number {
  return rate / 1000;
}
