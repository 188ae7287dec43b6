import * as z from 'zod';
import { parseLenderId } from '../../domain/ids.ts';
import { effectiveStatus, type Lender } from '../../domain/lender.ts';
import type { Query } from '../../execution/use-case.ts';
import { ROWS_SCANNED_MAX, readFilteredPage, scanPageSize } from '../../pagination/filtered-page.ts';
import * as fields from '../../schemas/input-fields.ts';
import { presentLender } from '../../schemas/presenters.ts';
import { lendersResponse } from '../../schemas/responses.ts';
import { lendersOf } from '../../storage/keys.ts';
import type { Item } from '../../storage/store.ts';
import { requireReadableLoan } from '../authorization.ts';

const input = z.object({
  loan_id: fields.loanId,
  status: fields.lenderStatus,
  limit: fields.limit,
  cursor: fields.cursor,
});

export const listLenders: Query<z.output<typeof input>> = {
  kind: 'query',
  endpoint: 'ListLenders',
  summary: `A loan’s lenders: all for the borrower, for a lender their own row. With a status, a page may be short while next_cursor still leads on: one request looks at about ${ROWS_SCANNED_MAX} rows.`,
  input,
  output: lendersResponse,

  async read(context, reading) {
    const { input, caller, now } = context;
    const { status, limit } = input;
    const scope = [caller.userId, listLenders.endpoint, input.loan_id, status];
    const after = reading.cursors.decode(input.cursor, scope, 'cursor');
    const { loan, invitations } = await requireReadableLoan(context, reading);
    const size = scanPageSize(limit, status === undefined);
    const { rows, last } = await readFilteredPage<Item<Lender>>({
      limit,
      after,
      matches: ({ data }) => status === undefined || effectiveStatus(loan.data, data, now) === status,
      async read(position) {
        const behind = position === undefined ? undefined : parseLenderId(position);
        const page =
          invitations?.filter(({ data }) => behind === undefined || data.lenderId > behind) ??
          (await reading.store.list(lendersOf(loan.data.loanId, behind, size)));
        const end = invitations !== undefined || page.length < size;
        return { found: page.map((row) => ({ row, position: row.data.lenderId })), end };
      },
    });
    return {
      success: true,
      lenders: rows.map((row) => presentLender(loan.data, row.data, now)),
      next_cursor: last === undefined ? null : reading.cursors.encode(last, scope),
    };
  },
};
