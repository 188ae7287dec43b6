import * as z from 'zod';
import type { HubSubscription } from '../../events/event-hub.ts';
import { historyScope, type Position, parsePosition, positionAtVersion, positionText } from '../../events/event-position.ts';
import type { PublishedEvent, Subscription } from '../../execution/use-case.ts';
import * as fields from '../../schemas/input-fields.ts';
import { eventShape } from '../../schemas/responses.ts';
import { requireId, requireReadableLoan } from '../authorization.ts';
import { type FeedPosition, rowsAt, type Viewer, visibleEvents } from './event-visibility.ts';

const input = z.object({ loan_id: fields.loanId, after: fields.cursor });

export type WatchInput = z.output<typeof input>;

/** What a subscription to a loan is called and asks for, whoever tells the events then. */
export const watching = {
  kind: 'subscription',
  endpoint: 'WatchLoan',
  summary: 'Tells what happens to a loan as it happens: all to the borrower; to a lender the loan’s events and their own.',
  input,
  output: eventShape,
} as const;

export const watchLoan: Subscription<WatchInput> = {
  ...watching,

  async open(context, { channels, ...reading }) {
    const { input, caller } = context;
    const scope = historyScope(caller.userId, input.loan_id);
    const after = reading.cursors.decode(input.after, scope, 'after');
    const seat = channels.join(requireId(input.loan_id, 'loan'));
    try {
      const { loan, invitations } = await requireReadableLoan(context, reading);
      seat.sawVersion(loan.version);
      const position = after === undefined ? positionAtVersion(loan.version) : parsePosition(after);
      const seal = (at: Position) => reading.cursors.encode(positionText(at), scope);
      const events = follow(seat, { position, rows: rowsAt(loan.version, invitations) }, { caller, seal });
      return { cursor: seal(position), events, close: () => seat.leave() };
    } catch (refusal) {
      seat.leave();
      throw refusal;
    }
  },
};

/** Ends when the seat is left. @throws DomainError once the viewer has no part in the loan any more */
async function* follow(seat: HubSubscription, from: FeedPosition, viewer: Viewer): AsyncGenerator<PublishedEvent, void, undefined> {
  let place = from;
  for (;;) {
    const batches = await seat.behind(place.position.version - 1);
    if (batches.length === 0) return;
    for (const batch of batches) {
      const seen = visibleEvents(batch, place, viewer);
      yield* seen.events;
      place = seen.place;
    }
  }
}
