/** The mark before the decimals. */
export type DecimalMark = '.' | ',';

/** The decimal mark of an amount that shows it: `1,234.5` and `12.50` have a point, and so has `1,234,567`. */
export function decimalMarkIn(amount: string): DecimalMark | undefined {
  const number = /\d[\d.,]*/.exec(amount)?.[0].replace(/[.,]$/, '') ?? '';
  const marks = number.match(/[.,]/g) ?? [];
  const last = marks.at(-1);
  if (last === undefined) return undefined;
  const [isComma, count] = [last === ',', marks.length];
  const other = isComma ? '.' : ',';
  if (new Set(marks).size === 2) return isComma ? ',' : '.';
  if (count > 1) return other; // it separates thousands
  return /[.,]\d{3}$/.test(number) ? undefined : isComma ? ',' : '.';
}

/** Whether the only mark of an amount is before three digits, and may separate decimals or thousands: `1,234`. */
export function hasOpenMark(amount: string): boolean {
  return /^\D*[1-9]\d{0,2}[.,]\d{3}\D*$/.test(amount);
}
