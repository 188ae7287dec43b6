import * as z from 'zod';
import type { DomainError } from '../../domain/errors.ts';
import type { Loan } from '../../domain/loan.ts';
import type { HubSubscription } from '../../events/event-hub.ts';
import { historyScope, type Position, parsePosition, positionAtVersion } from '../../events/event-position.ts';
import type { Services } from '../../execution/services.ts';
import { reportSubscriptionError, type SubscribeRequest, subscribe } from '../../execution/subscribe.ts';
import type { PublishedEvent, QueryServices, Subscription, UseCaseContext } from '../../execution/use-case.ts';
import * as fields from '../../schemas/input-fields.ts';
import { eventShape } from '../../schemas/responses.ts';
import type { Item } from '../../storage/store.ts';
import { requireId, requireReadableLoan } from '../authorization.ts';
import {
  endOfSubscription,
  type FeedPosition,
  type Viewer,
  viewerOf,
  visibleEvents,
  visibleLendersAt,
} from './event-visibility.ts';

const input = z.object({ loan_id: fields.loanId, after: fields.cursor });

export type WatchLoanContext = UseCaseContext<z.output<typeof input>>;

export const watchLoan: Subscription<z.output<typeof input>> = {
  kind: 'subscription',
  endpoint: 'WatchLoan',
  summary:
    'The events of a loan as they happen: all for the borrower; for a lender the loan’s and their own. Without `after`, only new ones.',
  input,
  output: eventShape,
};

/** A subscription whose events this process sends. */
export interface LoanStream {
  /** Of the position that the events follow. */
  readonly cursor: string;
  /** Epoch milliseconds: when the subscriber's token or session expires. The transport has to close the stream then. */
  readonly expiresAt: number;
  /** Calls the listener once if the subscriber's session is ended earlier, when it has to close too. @returns cancels that */
  onSessionEnd(listener: () => void): () => void;
  /** To be iterated once. Throws a DomainError where it fails, and is closed then. */
  readonly events: AsyncGenerator<PublishedEvent, void, undefined>;
  /** Ends the events, also while the next one is awaited. */
  close(): void;
}

interface StreamOptions {
  /** Whether an earlier stream of the connection is closed for this one. */
  readonly isReplacement?: boolean;
  /** The first event of a stream without a cursor: the loan's first, or the next one (default). */
  readonly from?: 'beginning' | 'now';
}

/** Subscribes to a loan, and streams its events from this process. Never throws: an error is returned, and counted. */
export function streamLoan(
  services: Services,
  request: SubscribeRequest,
  options: StreamOptions = {},
): Promise<LoanStream | DomainError> {
  return subscribe(services, watchLoan, request, (context) => openStream(services, context, options));
}

/**
 * @param from where events begin without a cursor
 * @returns the position of the cursor sent, or of the beginning; undefined for that of now
 * @throws DomainError for a cursor of another user or loan
 */
export async function requestedPosition(
  { input, caller }: WatchLoanContext,
  { cursors }: QueryServices,
  from: StreamOptions['from'] = 'now',
): Promise<Position | undefined> {
  const purpose = from === 'now' ? 'to get new events only' : undefined;
  const text = await cursors.decode(input.after, historyScope(caller.userId, input.loan_id), 'after', purpose);
  return text === undefined && from === 'now' ? undefined : parsePosition(text);
}

/** Checks that the caller may read the loan. Its events start at the requested position, or after the loan's present version. */
export async function authorizeWatching(
  context: WatchLoanContext,
  services: QueryServices,
  requested: Position | undefined,
): Promise<FeedPosition & { readonly loan: Item<Loan> }> {
  const readable = await requireReadableLoan(context, services);
  const { loan } = readable;
  return { loan, position: requested ?? positionAtVersion(loan.version), visibleLenders: visibleLendersAt(readable) };
}

async function openStream(
  services: Services,
  context: WatchLoanContext,
  { isReplacement = false, from }: StreamOptions,
): Promise<LoanStream> {
  const { input, caller } = context;
  const requested = await requestedPosition(context, services, from);
  const loanId = requireId(input.loan_id, 'loan');
  // Before the loan is read, so that no change is missed.
  const subscription = services.eventHub.subscribe(loanId, { userId: caller.userId, isReplacement });
  try {
    const start = await authorizeWatching(context, services, requested);
    subscription.noteVersion(start.loan.version);
    const viewer = viewerOf(caller, loanId, services.cursors);
    return {
      cursor: viewer.cursorAt(start.position),
      expiresAt: caller.expiresAt,
      onSessionEnd: (listener) => (caller.session ? services.sessions.onEnd(caller.session, listener) : () => {}),
      events: reportSubscriptionError(services, watchLoan, context, follow(subscription, start, viewer, services)),
      close: () => subscription.close(),
    };
  } catch (error) {
    subscription.close();
    throw error;
  }
}

async function* follow(
  subscription: HubSubscription,
  start: FeedPosition,
  viewer: Viewer,
  { budget }: Pick<Services, 'budget'>,
): AsyncGenerator<PublishedEvent, void, undefined> {
  let current = start;
  try {
    for (;;) {
      requireNotEnded(current);
      const batches = await subscription.batchesAfter(current.position.version - 1);
      if (batches.length === 0) return;
      for (const batch of batches) {
        await budget.spend(batch.events.length);
        const { events, next } = visibleEvents(batch, current, viewer);
        for (const event of events) {
          await budget.spend(1);
          yield event;
        }
        current = next;
        requireNotEnded(current);
      }
    }
  } finally {
    subscription.close();
  }
}

function requireNotEnded(position: FeedPosition): void {
  const error = endOfSubscription(position);
  if (error) throw error;
}
