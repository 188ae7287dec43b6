import * as z from 'zod';
import { EVENT_PAGE_SIZE, readEventPage } from '../../events/event-pages.ts';
import {
  historyScope,
  isAfter,
  isVisible,
  type PositionedEvent,
  parsePosition,
  positionedEvents,
  positionOf,
  positionText,
} from '../../events/event-position.ts';
import type { Query } from '../../execution/use-case.ts';
import { readFilteredPage, scanPageSize } from '../../pagination/filtered-page.ts';
import * as fields from '../../schemas/input-fields.ts';
import { presentEvent } from '../../schemas/presenters.ts';
import { eventsResponse } from '../../schemas/responses.ts';
import { requireReadableLoan } from '../authorization.ts';

const input = z.object({ loan_id: fields.loanId, after: fields.cursor, limit: fields.limit });

export const readEvents: Query<z.output<typeof input>> = {
  kind: 'query',
  endpoint: 'ReadEvents',
  summary:
    'What happened to a loan, in order and without gaps: all for the borrower; for a lender the loan’s and their own. Without `after` it begins with the first event.',
  input,
  output: eventsResponse,

  async read(context, services) {
    const { input, caller } = context;
    const scope = historyScope(caller.userId, input.loan_id);
    const after = await services.cursors.decode(input.after, scope, 'after');
    const { loan, invitations, lastVersion = Number.POSITIVE_INFINITY } = await requireReadableLoan(context, services);
    const ownIds = invitations && new Set(invitations.map(({ data }) => data.lenderId));
    const size = Math.min(scanPageSize(input.limit, invitations === undefined), EVENT_PAGE_SIZE);
    const { rows, reached } = await readFilteredPage<PositionedEvent>({
      limit: input.limit,
      after,
      budget: services.budget,
      matches: (entry) => isVisible(entry, ownIds),
      async read(after) {
        const position = parsePosition(after);
        const batches = await readEventPage(services.store, loan.data.loanId, position.version - 1, size);
        const seen = batches.filter(({ version }) => version <= lastVersion);
        const entries = seen.flatMap(positionedEvents).filter((entry) => isAfter(entry, position));
        const found = entries.map((row) => ({ row, position: positionText(positionOf(row)) }));
        return { rows: found, isLast: seen.length < size };
      },
    });
    return {
      success: true,
      events: rows.map(({ batch, index, event }) => presentEvent(batch, index, event, caller.userId)),
      next_cursor: services.cursors.encode(positionText(parsePosition(reached)), scope),
    };
  },
};
