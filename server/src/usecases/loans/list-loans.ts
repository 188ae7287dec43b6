import * as z from 'zod';
import type { Caller } from '../../domain/identity.ts';
import type { LoanId } from '../../domain/ids.ts';
import type { Loan } from '../../domain/loan.ts';
import type { Query, QueryServices } from '../../execution/use-case.ts';
import * as fields from '../../schemas/input-fields.ts';
import { presentLoan } from '../../schemas/presenters.ts';
import { loansResponse } from '../../schemas/responses.ts';
import { borrowerIndex } from '../../storage/index-keys.ts';
import { loanIdOf, loanKey } from '../../storage/keys.ts';
import type { IndexRow, Item } from '../../storage/store.ts';
import { lenderIndexPartitions, listNewest, loadInvitations } from '../invitations/lender-index.ts';

export const ROLES = ['borrower', 'lender'] as const;
const ROLE_DEFAULT = 'borrower';
const ROLE_RULE = 'must be "borrower" or "lender"';

const input = z.object({
  role: z
    .enum(ROLES, { error: ROLE_RULE })
    .nullish()
    .transform((role) => role ?? ROLE_DEFAULT)
    .meta({ description: 'The caller’s role in the loans.', default: ROLE_DEFAULT }),
  limit: fields.limit,
  cursor: fields.cursor,
});

export const listLoans: Query<z.output<typeof input>> = {
  kind: 'query',
  endpoint: 'ListLoans',
  summary: 'The caller’s own loans, the newest first. With the role `lender`: the loans that the caller is invited to.',
  input,
  output: loansResponse,

  async read({ input, caller }, services) {
    const { role, limit } = input;
    const scope = [caller.userId, listLoans.endpoint, role];
    const after = await services.cursors.decode(input.cursor, scope, 'cursor');
    const partitions = role === 'borrower' ? [borrowerIndex(caller.userId)] : lenderIndexPartitions(caller);
    const indexRows = await listNewest(services, partitions, after, limit + 1);
    const page = indexRows.slice(0, limit);
    const loans = role === 'borrower' ? await loadLoans(services, page) : await loadLentLoans(services, page, caller);
    const last = indexRows.length > limit ? page.at(-1) : undefined;
    return {
      success: true,
      loans: loans.map((loan) => presentLoan(loan.data, loan.version)),
      next_cursor: last ? services.cursors.encode(last.position, scope) : null,
    };
  },
};

async function loadLoans({ store }: QueryServices, indexRows: readonly IndexRow[]): Promise<Item<Loan>[]> {
  if (indexRows.length === 0) return [];
  const loans = await store.batchGet(indexRows.map(({ key }) => loanKey(loanIdOf(key.partition))));
  return loans.filter((loan) => loan !== undefined);
}

/** Each loan once on a page, at the newest version that one of the caller's invitations to it shows. */
async function loadLentLoans(services: QueryServices, indexRows: readonly IndexRow[], caller: Caller): Promise<Item<Loan>[]> {
  const invitations = await loadInvitations(services, indexRows, caller);
  const newest = new Map<LoanId, Item<Loan>>();
  for (const { loan } of invitations) {
    const { loanId } = loan.data;
    if (loan.version >= (newest.get(loanId)?.version ?? 0)) newest.set(loanId, loan);
  }
  return [...newest.values()];
}
