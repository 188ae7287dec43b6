import * as z from 'zod';
import { effectiveStatus } from '../../domain/lender.ts';
import type { Query } from '../../execution/use-case.ts';
import { READS_MAX, readFilteredPage, scanPageSize } from '../../pagination/filtered-page.ts';
import * as fields from '../../schemas/input-fields.ts';
import { presentInvitation } from '../../schemas/presenters.ts';
import { invitationsResponse } from '../../schemas/responses.ts';
import { type IndexedInvitation, lenderIndexPartitions, listNewest, loadInvitations } from './lender-index.ts';

const input = z.object({ status: fields.lenderStatus, limit: fields.limit, cursor: fields.cursor });

export const listInvitations: Query<z.output<typeof input>> = {
  kind: 'query',
  endpoint: 'ListInvitations',
  summary: `The caller’s invitations, the newest first: pending ones to their address, and those that they have answered. With a status, a page may be short although next_cursor leads to more: one request reads ${READS_MAX * fields.PAGE_SIZE_MAX} rows.`,
  input,
  output: invitationsResponse,

  async read({ input, caller, now }, services) {
    const { status, limit } = input;
    const scope = [caller.userId, listInvitations.endpoint, status];
    const after = await services.cursors.decode(input.cursor, scope, 'cursor');
    const size = Math.min(scanPageSize(limit, status === undefined), fields.PAGE_SIZE_MAX);
    const { rows, next } = await readFilteredPage<IndexedInvitation | undefined>({
      limit,
      after,
      budget: services.budget,
      matches: (invitation) => invitation !== undefined && (status === undefined || statusOf(invitation, now) === status),
      async read(position) {
        const indexRows = await listNewest(services, lenderIndexPartitions(caller), position, size);
        const invitations = await loadInvitations(services, indexRows, caller);
        const byPosition = new Map(invitations.map((invitation) => [invitation.position, invitation]));
        const rows = indexRows.map(({ position }) => ({ row: byPosition.get(position), position }));
        return { rows, isLast: indexRows.length < size };
      },
    });
    return {
      success: true,
      invitations: rows.flatMap((row) => (row ? [presentInvitation(row.loan.data, row.lender.data, now)] : [])),
      next_cursor: next === undefined ? null : services.cursors.encode(next, scope),
    };
  },
};

function statusOf({ loan, lender }: IndexedInvitation, now: number) {
  return effectiveStatus(loan.data, lender.data, now);
}
