import type { RequestId } from '../../domain/ids.ts';
import type { Watcher } from '../../domain/remote-subscription.ts';
import { behindNow, historyScope, parsePosition, positionText } from '../../events/event-position.ts';
import type { Connected, Watchers } from '../../events/remote-subscriptions.ts';
import type { LoanEvent, Subscription } from '../../execution/use-case.ts';
import type { Item } from '../../storage/store.ts';
import { readableLoan } from '../authorization.ts';
import { rowsAt } from './event-visibility.ts';
import { type WatchInput, watching } from './watch-loan.ts';

/** A connection that asks, and where it is written down. */
export interface Afar {
  readonly watchers: Watchers;
  readonly connected: Connected;
  readonly subscriptionsMax: number;
  readonly requestId: RequestId;
  readonly traceparent: string | null;
  /** Given who watches from now on. */
  readonly onAdded: (watcher: Item<Watcher>) => void;
}

/**
 * A subscription that outlives this process: it writes down who watches, and from where. The events are sent by whoever sees
 * the loan change next, so that here there are none.
 */
export function watchFromAfar({
  watchers,
  connected,
  subscriptionsMax,
  requestId,
  traceparent,
  onAdded,
}: Afar): Subscription<WatchInput> {
  return {
    ...watching,

    async open(asked, reading) {
      const { input, caller } = asked;
      const scope = historyScope(caller.userId, input.loan_id);
      const after = reading.cursors.open(input.after, scope, 'after');
      const { loan, own } = await readableLoan(asked, reading);
      const position = after === undefined ? behindNow(loan.version) : parsePosition(after);
      const watcher = {
        ...{ ...connected, loanId: loan.data.loanId, position, requestId, traceparent },
        ...{ userId: caller.userId, email: caller.email, tokenExpiresAt: caller.expiresAt },
        ...{ isTold: false, rows: rowsAt(loan.version, own) },
      };
      onAdded(await watchers.add(watcher, subscriptionsMax));
      return { cursor: reading.cursors.seal(positionText(position), scope), events: none(), close() {} };
    },
  };
}

async function* none(): AsyncGenerator<LoanEvent, void, undefined> {}
