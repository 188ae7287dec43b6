import type { Loan } from '@private-lending/client';
import { replaceEqualDeep } from '@tanstack/react-query';

/**
 * For `structuralSharing` of queries of a loan: responses arrive in any order, and a read that began before an event or a change
 * must not take it back.
 */
export function newestLoan(known: unknown, read: unknown): unknown {
  return isLoan(known) && isLoan(read) && known.version > read.version ? known : replaceEqualDeep(known, read);
}

function isLoan(value: unknown): value is Pick<Loan, 'version'> {
  return typeof value === 'object' && value !== null && 'version' in value && typeof value.version === 'number';
}
