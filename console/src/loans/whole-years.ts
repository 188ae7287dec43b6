/** @returns undefined where the months are not two or more whole years */
export function wholeYearsOf(months: number): number | undefined {
  return months >= 24 && months % 12 === 0 ? months / 12 : undefined;
}
