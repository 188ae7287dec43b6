import type { FieldError } from '../errors.ts';

/** What is wrong with an `INVALID` row of a file, for programs that have their own texts. */
export const ROW_REASONS = [
  'TOO_MANY_CELLS',
  'CELL_TOO_LONG',
  'TOO_MANY_ACCENTS',
  'EMAIL_MISSING',
  'EMAIL_INVALID',
  'EMAIL_INVISIBLE_CHARACTER',
  'AMOUNT_MISSING',
  'AMOUNT_MALFORMED',
  'AMOUNT_NEGATIVE',
  'AMOUNT_PERCENTAGE',
  'AMOUNT_ZERO',
  'AMOUNT_OTHER_CURRENCY',
  'AMOUNT_AMBIGUOUS',
  'AMOUNT_TOO_MANY_DECIMALS',
  'AMOUNT_TOO_MUCH',
  'NAME_INVALID',
] as const;
export type RowReason = (typeof ROW_REASONS)[number];

/** Why a row was not added. */
export interface RowError extends Pick<FieldError, 'code' | 'message'> {
  /** With `INVALID`; missing where an earlier version stored it. */
  readonly reason?: RowReason;
}
