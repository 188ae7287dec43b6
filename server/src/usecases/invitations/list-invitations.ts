import * as z from 'zod';
import { effectiveStatus } from '../../domain/lender.ts';
import type { Query } from '../../execution/use-case.ts';
import { ROWS_SCANNED_MAX, readFilteredPage, scanPageSize } from '../../pagination/filtered-page.ts';
import * as fields from '../../schemas/input-fields.ts';
import { presentInvitation } from '../../schemas/presenters.ts';
import { invitationsResponse } from '../../schemas/responses.ts';
import { type IndexedInvitation, lenderIndexPartitions, listNewest, loadInvitations } from './lender-index.ts';

const input = z.object({ status: fields.lenderStatus, limit: fields.limit, cursor: fields.cursor });

export const listInvitations: Query<z.output<typeof input>> = {
  kind: 'query',
  endpoint: 'ListInvitations',
  summary: `What the caller was invited to lend, the newest first: what their address has not answered, and what they have. With a status, a page may be short while next_cursor still leads on: one request looks at about ${ROWS_SCANNED_MAX} rows.`,
  input,
  output: invitationsResponse,

  async read({ input, caller, now }, reading) {
    const { status, limit } = input;
    const scope = [caller.userId, listInvitations.endpoint, status];
    const after = reading.cursors.decode(input.cursor, scope, 'cursor');
    const size = Math.min(scanPageSize(limit, status === undefined), fields.PAGE_SIZE_MAX);
    const { rows, last } = await readFilteredPage<IndexedInvitation | undefined>({
      limit,
      after,
      matches: (lent) => lent !== undefined && (status === undefined || statusOf(lent, now) === status),
      async read(position) {
        const hits = await listNewest(reading, lenderIndexPartitions(caller), position, size);
        const lent = new Map((await loadInvitations(reading, hits, caller)).map((one) => [one.position, one]));
        return { found: hits.map((hit) => ({ row: lent.get(hit.position), position: hit.position })), end: hits.length < size };
      },
    });
    return {
      success: true,
      invitations: rows.flatMap((lent) => (lent ? [presentInvitation(lent.loan.data, lent.row.data, now)] : [])),
      next_cursor: last === undefined ? null : reading.cursors.encode(last, scope),
    };
  },
};

function statusOf({ loan, row }: IndexedInvitation, now: number) {
  return effectiveStatus(loan.data, row.data, now);
}
