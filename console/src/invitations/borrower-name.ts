import type { Invitation } from '@private-lending/client';

/** The borrower's name, or the address of one without. */
export function borrowerName({ borrower: { name, email } }: Invitation): string {
  return name ?? email;
}
