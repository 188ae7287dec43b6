import type { Caller } from '../../domain/identity.ts';
import type { Lender } from '../../domain/lender.ts';
import type { Loan } from '../../domain/loan.ts';
import type { QueryServices } from '../../execution/use-case.ts';
import { lenderIdOf, lenderIndex, lenderKey, loanIdOf, loanKey } from '../../storage/keys.ts';
import type { IndexRow, Item } from '../../storage/store.ts';
import { belongsTo } from '../authorization.ts';

/* What the lists of loans and of invitations have in common. */

/** Where the index has what a user lends to or is invited to. */
export function lenderIndexPartitions(caller: Caller): string[] {
  return [lenderIndex(caller), lenderIndex({ email: caller.email })];
}

/** The newest entries of several places of the index, as if they were one. What is moving between two may be in both. */
export async function listNewest(
  { store }: QueryServices,
  places: readonly string[],
  after: string | undefined,
  limit: number,
): Promise<IndexRow[]> {
  const lists = await Promise.all(
    places.map((partition) => store.listIndex({ partition, limit, ...(after !== undefined && { after }) })),
  );
  const hits = new Map(lists.flat().map((hit) => [hit.position, hit]));
  return [...hits.values()].sort((a, b) => (a.position < b.position ? 1 : -1)).slice(0, limit);
}

/** A row of the caller's, where the index has it, and its loan. */
export interface IndexedInvitation {
  readonly row: Item<Lender>;
  readonly loan: Item<Loan>;
  readonly position: string;
}

/** The index may be behind, so whether an entry is still the caller's is asked of the participants themselves. */
export async function loadInvitations(
  { store }: QueryServices,
  hits: readonly IndexRow[],
  caller: Caller,
): Promise<IndexedInvitation[]> {
  if (hits.length === 0) return [];
  const [rows, loans] = await Promise.all([
    store.batchGet(hits.map(({ key }) => lenderKey(loanIdOf(key.partition), lenderIdOf(key.sort)))),
    store.batchGet(hits.map(({ key }) => loanKey(loanIdOf(key.partition)))),
  ]);
  return hits.flatMap(({ position }, index) => {
    const [row, loan] = [rows[index], loans[index]];
    if (!row || !loan || !belongsTo(row.data, caller)) return [];
    return loan.data.borrowerId === caller.userId ? [] : [{ row, loan, position }]; // nobody lends to themselves, under any address
  });
}
