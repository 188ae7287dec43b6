import type { Caller } from '../../domain/identity.ts';
import type { Lender } from '../../domain/lender.ts';
import type { Loan } from '../../domain/loan.ts';
import type { QueryServices } from '../../execution/use-case.ts';
import { lenderIndex } from '../../storage/index-keys.ts';
import { lenderIdOf, lenderKey, loanIdOf, loanKey } from '../../storage/keys.ts';
import type { IndexRow, Item } from '../../storage/store.ts';
import { belongsTo, loanSeenBy } from '../authorization.ts';

/* Shared by the lists of loans and of invitations. */

/** Index partitions of a user's invitations: claimed ones by user, the others by address. */
export function lenderIndexPartitions(caller: Caller): string[] {
  return [lenderIndex(caller), lenderIndex({ email: caller.email })];
}

/** The newest rows of several index partitions, merged. A row that moves between partitions may be in both. */
export async function listNewest(
  { store }: QueryServices,
  partitions: readonly string[],
  after: string | undefined,
  limit: number,
): Promise<IndexRow[]> {
  const pages = await Promise.all(
    partitions.map((partition) => store.listIndex({ partition, limit, ...(after !== undefined && { after }) })),
  );
  const rows = new Map(pages.flat().map((row) => [row.position, row]));
  return [...rows.values()].sort((a, b) => (a.position < b.position ? 1 : -1)).slice(0, limit);
}

/** An invitation of the caller and its loan, with its position in the index. */
export interface IndexedInvitation {
  readonly lender: Item<Lender>;
  /** As the caller sees it by this invitation. */
  readonly loan: Item<Loan>;
  readonly position: string;
}

/** Loads the invitations of index rows. The index may be outdated, so those that are not the caller's are left out. */
export async function loadInvitations(
  { store }: QueryServices,
  rows: readonly IndexRow[],
  caller: Caller,
): Promise<IndexedInvitation[]> {
  if (rows.length === 0) return [];
  const [lenders, loans] = await Promise.all([
    store.batchGet(rows.map(({ key }) => lenderKey(loanIdOf(key.partition), lenderIdOf(key.sort)))),
    store.batchGet(rows.map(({ key }) => loanKey(loanIdOf(key.partition)))),
  ]);
  return rows.flatMap(({ position }, index) => {
    const [lender, loan] = [lenders[index], loans[index]];
    if (!lender || !loan || !belongsTo(lender.data, caller)) return [];
    if (loan.data.borrowerId === caller.userId) return []; // borrowers are no lenders of their own loans
    return [{ lender, loan: loanSeenBy(loan, lender.data), position }];
  });
}
