import type { Invitation } from '@private-lending/client';
import { isolate } from '@private-lending/locale/text';

/** The borrower within a sentence: the name, or the address of somebody without one. */
export function borrowerName({ borrower: { name, email } }: Invitation): string {
  return isolate(name ?? email);
}
