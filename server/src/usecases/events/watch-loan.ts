import * as z from 'zod';
import type { Seat } from '../../events/event-hub.ts';
import { behindNow, historyScope, type Position, parsePosition, positionText } from '../../events/event-position.ts';
import type { LoanEvent, Subscription } from '../../execution/use-case.ts';
import * as fields from '../../schemas/input-fields.ts';
import { eventShape } from '../../schemas/responses.ts';
import { known, readableLoan } from '../authorization.ts';
import { type Place, rowsAt, type Viewer, viewed } from './event-visibility.ts';

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

  async open(asked, { channels, ...reading }) {
    const { input, caller } = asked;
    const scope = historyScope(caller.userId, input.loan_id);
    const after = reading.cursors.open(input.after, scope, 'after');
    const seat = channels.join(known(input.loan_id, 'loan'));
    try {
      const { loan, own } = await readableLoan(asked, reading);
      seat.saw(loan.version);
      const position = after === undefined ? behindNow(loan.version) : parsePosition(after);
      const seal = (at: Position) => reading.cursors.seal(positionText(at), scope);
      const events = follow(seat, { position, rows: rowsAt(loan.version, own) }, { caller, seal });
      return { cursor: seal(position), events, close: () => seat.leave() };
    } catch (refusal) {
      seat.leave();
      throw refusal;
    }
  },
};

/** Ends when the seat is left. @throws DomainError once the viewer has no part in the loan any more */
async function* follow(seat: Seat, from: Place, viewer: Viewer): AsyncGenerator<LoanEvent, void, undefined> {
  let place = from;
  for (;;) {
    const chapters = await seat.behind(place.position.version - 1);
    if (chapters.length === 0) return;
    for (const chapter of chapters) {
      const seen = viewed(chapter, place, viewer);
      yield* seen.events;
      place = seen.place;
    }
  }
}
