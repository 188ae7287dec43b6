import type { Sessions } from '../../../auth/sessions/sessions.ts';
import { contention, type DomainError, unauthorized } from '../../../domain/errors.ts';
import type { LoanId } from '../../../domain/ids.ts';
import type { RemoteSubscription } from '../../../domain/remote-subscription.ts';
import { cachedEventPages, EVENT_PAGE_SIZE, type ReadEventPage } from '../../../events/event-pages.ts';
import type { SubscriptionFailed } from '../../../execution/telemetry.ts';
import type { Cursors } from '../../../pagination/cursors.ts';
import { waitWithFullJitter } from '../../../storage/full-jitter.ts';
import type { Store } from '../../../storage/store.ts';
import { endOfSubscription, type FeedPosition, viewerOf, visibleEvents } from '../../../usecases/events/event-visibility.ts';
import type { RemoteSubscriptions, StoredSubscription } from '../../../usecases/events/remote-subscriptions.ts';
import { watchLoan } from '../../../usecases/events/watch-loan.ts';
import { errorMessage, type ServerMessage } from '../messages.ts';
import { forEachConcurrent } from './for-each-concurrent.ts';
import { GoneError, type RemoteSockets } from './remote-sockets.ts';

export interface PushLimits {
  /** Subscriptions that are sent to at once. */
  readonly concurrency: number;
  /** Attempts to send one message, and the longest pause between two. */
  readonly attemptsMax: number;
  readonly pauseMsMax: number;
  /** How long one subscription may take: then its connection is closed, and the client resumes. */
  readonly subscriptionMs: number;
  /** How long all subscriptions to a loan may take: those left are for another run. */
  readonly loanMs: number;
}

/** @internal exported for tests */
export const PUSH_LIMITS: PushLimits = {
  concurrency: 32,
  attemptsMax: 3,
  pauseMsMax: 400,
  subscriptionMs: 10_000,
  loanMs: 30_000,
};

export interface EventPusherOptions {
  readonly store: Pick<Store, 'list'>;
  readonly subscriptions: RemoteSubscriptions;
  readonly sockets: RemoteSockets;
  readonly sessions: Pick<Sessions, 'find'>;
  readonly cursors: Cursors;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Called when a subscription ends for another reason than its subscriber's request. */
  readonly onEnded: (ended: SubscriptionFailed) => void;
  readonly limits?: PushLimits;
}

/**
 * Sends the events of loans to the subscriptions of connections that a gateway holds.
 *
 * Any number of pushers may run at once, in any processes, without knowing of each other. Each starts at the stored position
 * of a subscription, and sends the events after it in order, each when the gateway has taken the one before. The position
 * moves only when all events before it have been sent. So a pusher that sends event n knows that all before n were sent, by
 * itself or by the one that moved the position: concurrent pushers may repeat an event, but never skip or reorder one.
 *
 * Each run reads the history again, strongly consistent, so that one after a commit finds its event. One run after each
 * commit and one after each subscription leave nothing unsent.
 */
export class EventPusher {
  readonly #options: EventPusherOptions;
  readonly #limits: PushLimits;

  constructor(options: EventPusherOptions) {
    this.#options = options;
    this.#limits = options.limits ?? PUSH_LIMITS;
  }

  /** Brings all subscriptions to a loan up to date. @throws where the store fails or time runs out: then run it again */
  async pushToSubscribers(loanId: LoanId): Promise<void> {
    const { store, subscriptions } = this.#options;
    const { concurrency, loanMs } = this.#limits;
    const readPage = cachedEventPages(store, loanId);
    const deadline = performance.now() + loanMs;
    const items = untilDeadline(subscriptions.of(loanId), deadline);
    await forEachConcurrent(concurrency, items, (item) => this.#push(item, readPage));
  }

  /** Brings a new subscription up to date. @throws where the store fails */
  async pushOne(subscription: StoredSubscription): Promise<void> {
    await this.#push(subscription, cachedEventPages(this.#options.store, subscription.data.loanId));
  }

  async #push(subscription: StoredSubscription, readPage: ReadEventPage): Promise<void> {
    const { subscriptions } = this.#options;
    const deadline = performance.now() + this.#limits.subscriptionMs;
    try {
      for (let item: StoredSubscription | undefined = subscription; item; ) {
        item = (await this.#isSignedIn(item.data)) ? await this.#pushPage(item, readPage, deadline) : await this.#expire(item);
      }
    } catch (error) {
      if (error instanceof GoneError) return subscriptions.removeConnection(subscription.data.connectionId, subscription);
      if (!(error instanceof UnsentError)) throw error;
      await this.#closeConnection(subscription, contention(error));
    }
  }

  async #isSignedIn({ userId, sessionId, tokenExpiresAt }: RemoteSubscription): Promise<boolean> {
    const { clock, sessions } = this.#options;
    if (tokenExpiresAt <= clock()) return false;
    return sessionId === undefined || (await sessions.find({ userId, sessionId })) !== undefined;
  }

  /** Sends a page of the history. @returns the subscription as stored then; undefined where nothing is left to do */
  async #pushPage(
    subscription: StoredSubscription,
    readPage: ReadEventPage,
    deadline: number,
  ): Promise<StoredSubscription | undefined> {
    const { data } = subscription;
    const viewer = viewerOf(data, data.loanId, this.#options.cursors);
    const batches = await readPage(data.position.version - 1);
    const send = (message: ServerMessage) => this.#send(data.connectionId, message, deadline);
    if (!data.isAcknowledged) await send({ type: 'subscribed', loan_id: data.loanId, cursor: viewer.cursorAt(data.position) });

    let current: FeedPosition = data;
    let hasSent = !data.isAcknowledged;
    for (const batch of batches) {
      if (endOfSubscription(current)) break;
      const { events, next } = visibleEvents(batch, current, viewer);
      for (const { cursor, event } of events) await send({ type: 'event', loan_id: data.loanId, cursor, event });
      hasSent ||= events.length > 0;
      current = next;
    }
    const ended = endOfSubscription(current);
    if (ended) return this.#end(subscription, ended);
    const isLast = batches.length < EVENT_PAGE_SIZE;
    // Skipping up to a page of invisible events again is cheaper than a write for each subscription.
    if (isLast && !hasSent) return undefined;
    const { position, visibleLenders } = current;
    const stored = await this.#options.subscriptions.advance(subscription, { position, visibleLenders, isAcknowledged: true });
    // Where another pusher was faster, the events after its position are still to be sent.
    return isLast && stored?.data.position === position ? undefined : stored;
  }

  /** Ends one subscription with an error; the connection stays open. */
  async #end({ data }: StoredSubscription, failure: DomainError): Promise<undefined> {
    const { connectionId, loanId, subscriptionId, requestId } = data;
    const deadline = performance.now() + this.#limits.subscriptionMs;
    await this.#send(connectionId, errorMessage(failure, requestId, loanId), deadline);
    await this.#options.subscriptions.remove(data, loanId, subscriptionId);
    this.#report(data, failure);
  }

  /** Does nothing where the client has subscribed again meanwhile, with a new token. */
  async #expire({ key }: StoredSubscription): Promise<undefined> {
    const stored = await this.#options.subscriptions.find(key);
    if (stored) await this.#closeConnection(stored, unauthorized('The token or session has ended. Sign in again.'));
  }

  /**
   * Closes a connection, and sends the reason if possible. The connection is removed only once it is closed: a client that
   * stays connected without a stored subscription would wait for ever.
   */
  async #closeConnection(subscription: StoredSubscription, failure: DomainError): Promise<void> {
    const { subscriptions, sockets } = this.#options;
    const { connectionId, loanId, requestId } = subscription.data;
    this.#report(subscription.data, failure);
    try {
      await sockets.send(connectionId, JSON.stringify(errorMessage(failure, requestId, loanId))).catch(() => {});
      await sockets.close(connectionId);
    } catch {
      return; // the next run tries again
    }
    await subscriptions.removeConnection(connectionId, subscription);
  }

  async #send(connectionId: string, message: ServerMessage, deadline: number): Promise<void> {
    const { sockets, random } = this.#options;
    const { attemptsMax, pauseMsMax } = this.#limits;
    const text = JSON.stringify(message);
    for (let attempt = 1; ; attempt += 1) {
      if (performance.now() >= deadline) throw new UnsentError('it took too long');
      try {
        return await sockets.send(connectionId, text);
      } catch (error) {
        if (error instanceof GoneError) throw error;
        if (attempt === attemptsMax) throw new UnsentError('it was not taken', error);
      }
      await waitWithFullJitter(random, pauseMsMax);
    }
  }

  #report({ userId, requestId, traceparent }: RemoteSubscription, error: DomainError): void {
    this.#options.onEnded({ endpoint: watchLoan.endpoint, requestId, traceparent, userId, error });
  }
}

/** A message could not be sent in time, or not at all. */
class UnsentError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'UnsentError';
  }
}

/** @throws where an item comes after the deadline */
async function* untilDeadline<Item>(items: AsyncIterable<Item>, deadline: number): AsyncGenerator<Item, void, undefined> {
  for await (const item of items) {
    if (performance.now() >= deadline)
      throw new Error('the subscriptions of a loan take too long; another run sends to those left');
    yield item;
  }
}
