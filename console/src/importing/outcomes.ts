import type { Import, ImportRow } from '@private-lending/client';

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

/** Rows that were not, or would not be. */
export function leftOutIn({ outcomes }: Import): number {
  return outcomes.invalid + outcomes.already_invited + outcomes.over_funding + outcomes.not_added;
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
