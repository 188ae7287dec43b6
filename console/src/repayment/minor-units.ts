/**
 * Converts an amount as in the API to minor units, digit by digit.
 * @param amount in major units, with at most `decimals` decimals: 49.99
 * @throws RangeError for another text or number
 */
export function toMinorUnits(amount: number | string, decimals: number): number {
  const [, whole = '', fraction = ''] = /^(\d+)(?:\.(\d+))?$/.exec(String(amount)) ?? [];
  if (whole === '' || fraction.length > decimals) throw new RangeError(`${amount} is not an amount with ${decimals} decimals`);
  return Number(whole + fraction.padEnd(decimals, '0'));
}

/** Converts minor units to a decimal in major units: 4999 with 2 decimals becomes `49.99`. @param units 0 or more */
export function toMajorUnits(units: number, decimals: number): string {
  const digits = String(units).padStart(decimals + 1, '0');
  const point = digits.length - decimals;
  return decimals === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
}
