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

const input = z.object({ loan_id: fields.loanId, status: fields.lenderStatus, limit: fields.limit, cursor: fields.cursor });

export const listLenders: Query<z.output<typeof input>> = {
  kind: 'query',
  endpoint: 'ListLenders',
  summary: `A loan’s lenders: all for the borrower, for a lender their own row. With a status, a page may be short although next_cursor leads to more: one request reads about ${ROWS_SCANNED_MAX} rows.`,
  input,
  output: lendersResponse,

  async read(context, services) {
    const { input, caller, now } = context;
    const { status, limit } = input;
    const { store, cursors, budget } = services;
    const scope = [caller.userId, listLenders.endpoint, input.loan_id, status];
    const after = await cursors.decode(input.cursor, scope, 'cursor');
    const { loan, invitations } = await requireReadableLoan(context, services);
    const size = scanPageSize(limit, status === undefined);
    const { rows, next } = await readFilteredPage<Item<Lender>>({
      limit,
      after,
      budget,
      matches: ({ data }) => status === undefined || effectiveStatus(loan.data, data, now) === status,
      async read(position) {
        const lastId = position === undefined ? undefined : parseLenderId(position);
        const items =
          invitations?.filter(({ data }) => lastId === undefined || data.lenderId > lastId) ??
          (await store.list(lendersOf(loan.data.loanId, lastId, size)));
        const isLast = invitations !== undefined || items.length < size;
        return { rows: items.map((row) => ({ row, position: row.data.lenderId })), isLast };
      },
    });
    return {
      success: true,
      lenders: rows.map((row) => presentLender(loan.data, row.data, now)),
      next_cursor: next === undefined ? null : cursors.encode(next, scope),
    };
  },
};
