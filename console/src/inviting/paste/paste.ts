/** The columns of the table, in their order. */
export const FIELDS = ['email', 'name', 'amount'] as const;
export type Field = (typeof FIELDS)[number];

/** A row to put into the table. A field that is left out was not pasted. */
export interface PastedRow {
  readonly email?: string;
  readonly name?: string;
  /** As it was written. */
  readonly amount?: string;
  /** Cells with no column to be in. Any of them may be a part of the amount, so nobody is invited until they are removed. */
  readonly leftovers?: readonly string[];
  /** Cells of columns whose title says that they are something else, as `Phone: 123`. */
  readonly notes?: readonly string[];
}

export interface Paste {
  readonly rows: readonly PastedRow[];
  /** `lenders`: a list of people. `cells`: a column or two, such as amounts, which go below the focused cell. */
  readonly kind: 'lenders' | 'cells';
  /** The names of the columns, which are not filled in. */
  readonly header: readonly string[] | undefined;
}
