import * as z from 'zod';
import type { Caller } from '../domain/caller.ts';
import type { Chapter } from '../domain/chapter.ts';
import { notFound } from '../domain/errors.ts';
import type { LenderId } from '../domain/ids.ts';
import { isHeldBy, known, readableLoan } from './access.ts';
import * as fields from './fields.ts';
import { entriesOf, historyScope, isBehind, isVisible, type Position, parsePosition, positionOf, positionText } from './history.ts';
import type { Seat } from './loan-channels.ts';
import { presentEvent } from './present.ts';
import { eventShape } from './shapes.ts';
import type { LoanEvent, Subscription } from './use-case.ts';

const input = z.object({ loan_id: fields.loanId, after: fields.cursor });

export const watchLoan: Subscription<z.output<typeof input>> = {
  kind: 'subscription',
  endpoint: 'WatchLoan',
  summary: 'Tells what happens to a loan as it happens: all to the borrower; to a lender the loan’s events and their own.',
  input,
  output: eventShape,

  async open(asked, { channels, ...reading }) {
    const { input, caller } = asked;
    const scope = historyScope(caller.userId, input.loan_id);
    const after = reading.cursors.open(input.after, scope, 'after');
    const seat = channels.join(known(input.loan_id, 'loan'));
    try {
      const { loan, own } = await readableLoan(asked, reading);
      seat.saw(loan.version);
      const from = after === undefined ? { version: loan.version + 1, index: -1 } : parsePosition(after);
      const seal = (position: Position) => reading.cursors.seal(positionText(position), scope);
      const rows = own && new OwnRows(caller, loan.version, new Set(own.map(({ data }) => data.lenderId)));
      return { cursor: seal(from), events: follow(seat, from, { caller, rows, seal }), close: () => seat.leave() };
    } catch (refusal) {
      seat.leave();
      throw refusal;
    }
  },
};

interface Viewer {
  readonly caller: Caller;
  /** Undefined for the borrower, who sees all. */
  readonly rows: OwnRows | undefined;
  readonly seal: (position: Position) => string;
}

/** Ends when the seat is left. @throws DomainError once the viewer has no part in the loan any more */
async function* follow(seat: Seat, from: Position, { caller, rows, seal }: Viewer): AsyncGenerator<LoanEvent, void, undefined> {
  let position = from;
  for (;;) {
    const chapters = await seat.behind(position.version - 1);
    if (chapters.length === 0) return;
    for (const chapter of chapters) {
      const own = rows?.asOf(chapter);
      if (own?.size === 0) throw notFound('loan');
      for (const entry of entriesOf(chapter)) {
        if (!isBehind(position, entry) || !isVisible(entry, own)) continue;
        const event = presentEvent(chapter, entry.index, entry.happening, caller.userId);
        yield { cursor: seal(positionOf(entry)), event };
      }
      position = { version: chapter.version + 1, index: -1 };
    }
  }
}

/**
 * A lender's rows while they watch: they may come to hold another one, and whoever answers an invitation takes its row away
 * from all others with the same address. The history itself tells.
 */
class OwnRows {
  readonly #caller: Caller;
  readonly #own: Set<LenderId>;
  #version: number;

  /** @param version of the loan at which they were looked up: what older chapters tell of them is no longer true */
  constructor(caller: Caller, version: number, own: Set<LenderId>) {
    this.#caller = caller;
    this.#version = version;
    this.#own = own;
  }

  asOf({ version, happenings }: Chapter): ReadonlySet<LenderId> {
    if (version <= this.#version) return this.#own;
    this.#version = version;
    for (const happening of happenings) {
      if (!('lender' in happening)) continue;
      if (isHeldBy(happening.lender, this.#caller)) this.#own.add(happening.lender.lenderId);
      else this.#own.delete(happening.lender.lenderId);
    }
    return this.#own;
  }
}
