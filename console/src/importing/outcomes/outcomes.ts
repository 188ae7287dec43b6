import type { Import, ImportRow } from '@private-lending/client';
import type { Translate } from '../../i18n/texts.ts';

export type Outcome = ImportRow['outcome'];

/** Those that somebody has to do something about first. */
const ORDER = [
  'invalid',
  'already_invited',
  'over_funding',
  'not_added',
  'added',
  'would_be_added',
  'pending',
] as const satisfies readonly Outcome[];

/** A filter of the rows: all, problems first, or those with one outcome. */
export type Filter = Outcome | 'all';

/** The outcomes that rows of the import have, problems first. */
export function outcomesOf({ outcomes }: Import): Outcome[] {
  return ORDER.filter((outcome) => outcomes[outcome] > 0);
}

/** People who were invited, or would be. */
export function invitedIn({ outcomes }: Import): number {
  return outcomes.added + outcomes.would_be_added;
}

/** The outcomes of rows that were not invited, or would not be. */
export const LEFT_OUT = ['invalid', 'already_invited', 'over_funding', 'not_added'] as const satisfies readonly Outcome[];

export function leftOutIn({ outcomes }: Import): number {
  return LEFT_OUT.reduce((sum, outcome) => sum + outcomes[outcome], 0);
}

/** Why an import failed, in the user's language where its code is known. @returns undefined where it did not fail */
export function failureText({ failure, failure_code: code }: Import, t: Translate<'import'>): string | undefined {
  return code === null ? (failure ?? undefined) : t(`failure.${code}`);
}

/** Where a page of rows begins: pages go through the outcomes one after another. */
export interface RowsFrom {
  readonly outcome: Outcome;
  readonly cursor?: string;
}

/** @returns where the next page begins; undefined at the end */
export function nextRows(sections: readonly Outcome[], { outcome }: RowsFrom, nextCursor: string | null): RowsFrom | undefined {
  if (nextCursor !== null) return { outcome, cursor: nextCursor };
  const next = sections[sections.indexOf(outcome) + 1];
  return next && { outcome: next };
}
