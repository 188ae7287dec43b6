import * as z from 'zod';
import type { Caller } from '../../domain/identity.ts';
import type { Loan } from '../../domain/loan.ts';
import type { Query, QueryServices } from '../../execution/use-case.ts';
import * as fields from '../../schemas/input-fields.ts';
import { presentLoan } from '../../schemas/presenters.ts';
import { loansResponse } from '../../schemas/responses.ts';
import { borrowerIndex, loanIdOf, loanKey } from '../../storage/keys.ts';
import type { IndexRow, Item } from '../../storage/store.ts';
import { lenderIndexPartitions, listNewest, loadInvitations } from '../invitations/lender-index.ts';

export const ROLES = ['borrower', 'lender'] as const;
const ROLE_RULE = 'must be "borrower" or "lender"';

const input = z.object({
  role: z.enum(ROLES, { error: ROLE_RULE }).prefault('borrower').meta({ description: 'As whom the caller is in the loan.' }),
  limit: fields.limit,
  cursor: fields.cursor,
});

export const listLoans: Query<z.output<typeof input>> = {
  kind: 'query',
  endpoint: 'ListLoans',
  summary: 'The caller’s own loans, the newest first.',
  input,
  output: loansResponse,

  async read({ input, caller }, reading) {
    const { role, limit } = input;
    const scope = [caller.userId, listLoans.endpoint, role];
    const after = reading.cursors.decode(input.cursor, scope, 'cursor');
    const places = role === 'borrower' ? [borrowerIndex(caller.userId)] : lenderIndexPartitions(caller);
    const hits = await listNewest(reading, places, after, limit + 1);
    const page = hits.slice(0, limit);
    const loans = role === 'borrower' ? await loansAt(reading, page) : await loansLentAt(reading, page, caller);
    const last = hits.length > limit ? page.at(-1) : undefined;
    return {
      success: true,
      loans: loans.map((loan) => presentLoan(loan.data, loan.version)),
      next_cursor: last ? reading.cursors.encode(last.position, scope) : null,
    };
  },
};

async function loansAt({ store }: QueryServices, hits: readonly IndexRow[]): Promise<Item<Loan>[]> {
  if (hits.length === 0) return [];
  const loans = await store.batchGet(hits.map(({ key }) => loanKey(loanIdOf(key.partition))));
  return loans.filter((loan) => loan !== undefined);
}

/** Each loan once on a page, also where the caller holds several rows of it. */
async function loansLentAt(reading: QueryServices, hits: readonly IndexRow[], caller: Caller): Promise<Item<Loan>[]> {
  const lent = (await loadInvitations(reading, hits, caller)).map(({ loan }) => loan);
  return [...new Map(lent.map((loan) => [loan.data.loanId, loan])).values()];
}
