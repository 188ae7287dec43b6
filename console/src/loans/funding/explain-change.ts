import type { Loan } from '@private-lending/client';

type Totals = Pick<Loan, 'total_accepted' | 'total_invited' | 'version'>;

/** What became less, so that a bar that moves backwards can say why. */
export type Decrease = 'accepted' | 'invited';

/** @returns undefined where nothing became less */
export function decreaseBetween(before: Totals, after: Totals): Decrease | undefined {
  if (after.version <= before.version) return undefined;
  if (after.total_accepted < before.total_accepted) return 'accepted';
  return after.total_invited < before.total_invited ? 'invited' : undefined;
}
