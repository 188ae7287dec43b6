import * as z from 'zod';
import { readEventPage } from '../../events/event-pages.ts';
import {
  entriesOf,
  historyScope,
  isAfter,
  isVisible,
  type PositionedEvent,
  parsePosition,
  positionOf,
  positionText,
} from '../../events/event-position.ts';
import type { Query } from '../../execution/use-case.ts';
import { pageSize, scan } from '../../pagination/filtered-page.ts';
import * as fields from '../../schemas/input-fields.ts';
import { presentEvent } from '../../schemas/presenters.ts';
import { eventsAnswer } from '../../schemas/responses.ts';
import { readableLoan } from '../authorization.ts';

const input = z.object({ loan_id: fields.loanId, after: fields.cursor, limit: fields.limit });

export const readEvents: Query<z.output<typeof input>> = {
  kind: 'query',
  endpoint: 'ReadEvents',
  summary: 'What happened to a loan, in order and without gaps: all for the borrower; for a lender the loan’s and their own.',
  input,
  output: eventsAnswer,

  async read(context, services) {
    const { input, caller } = context;
    const scope = historyScope(caller.userId, input.loan_id);
    const after = services.cursors.open(input.after, scope, 'after');
    const { loan, own } = await readableLoan(context, services);
    const ownIds = own && new Set(own.map(({ data }) => data.lenderId));
    const size = pageSize(input.limit, own === undefined);
    const { rows, last } = await scan<PositionedEvent>({
      limit: input.limit,
      after,
      wanted: (entry) => isVisible(entry, ownIds),
      async read(after) {
        const position = parsePosition(after);
        const batches = await readEventPage(services.store, loan.data.loanId, position.version - 1, size);
        const entries = batches.flatMap(entriesOf).filter((entry) => isAfter(entry, position));
        const found = entries.map((row) => ({ row, position: positionText(positionOf(row)) }));
        return { found, end: batches.length < size };
      },
    });
    return {
      success: true,
      events: rows.map(({ batch, index, event }) => presentEvent(batch, index, event, caller.userId)),
      next_cursor: last === undefined ? null : services.cursors.seal(last, scope),
    };
  },
};
