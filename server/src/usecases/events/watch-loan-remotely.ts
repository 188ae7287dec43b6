import type { RequestId } from '../../domain/ids.ts';
import type { RemoteSubscription } from '../../domain/remote-subscription.ts';
import { historyScope, parsePosition, positionAtVersion, positionText } from '../../events/event-position.ts';
import type { Connected, RemoteSubscriptions } from '../../events/remote-subscriptions.ts';
import type { PublishedEvent, Subscription } from '../../execution/use-case.ts';
import type { Item } from '../../storage/store.ts';
import { requireReadableLoan } from '../authorization.ts';
import { rowsAt } from './event-visibility.ts';
import { type WatchInput, watching } from './watch-loan.ts';

/** A connection that asks, and where it is written down. */
export interface RemoteSubscriber {
  readonly watchers: RemoteSubscriptions;
  readonly connected: Connected;
  readonly subscriptionsMax: number;
  readonly requestId: RequestId;
  readonly traceparent: string | null;
  /** Given who watches from now on. */
  readonly onAdded: (watcher: Item<RemoteSubscription>) => void;
}

/**
 * A subscription that outlives this process: it writes down who watches, and from where. The events are sent by whoever sees
 * the loan change next, so that here there are none.
 */
export function subscribeRemotely({
  watchers,
  connected,
  subscriptionsMax,
  requestId,
  traceparent,
  onAdded,
}: RemoteSubscriber): Subscription<WatchInput> {
  return {
    ...watching,

    async open(context, reading) {
      const { input, caller } = context;
      const scope = historyScope(caller.userId, input.loan_id);
      const after = reading.cursors.decode(input.after, scope, 'after');
      const { loan, invitations } = await requireReadableLoan(context, reading);
      const position = after === undefined ? positionAtVersion(loan.version) : parsePosition(after);
      const watcher = {
        ...{ ...connected, loanId: loan.data.loanId, position, requestId, traceparent },
        ...{ userId: caller.userId, email: caller.email, tokenExpiresAt: caller.expiresAt },
        ...{ isAcknowledged: false, rows: rowsAt(loan.version, invitations) },
      };
      onAdded(await watchers.add(watcher, subscriptionsMax));
      return { cursor: reading.cursors.encode(positionText(position), scope), events: none(), close() {} };
    },
  };
}

async function* none(): AsyncGenerator<PublishedEvent, void, undefined> {}
