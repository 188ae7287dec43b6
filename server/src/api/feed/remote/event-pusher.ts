import { setTimeout as pause } from 'node:timers/promises';
import { contention, DomainError, unauthorized } from '../../../domain/errors.ts';
import type { EventBatch } from '../../../domain/event-batch.ts';
import type { LoanId } from '../../../domain/ids.ts';
import type { RemoteSubscription } from '../../../domain/remote-subscription.ts';
import { historyScope, type Position, positionText } from '../../../events/event-position.ts';
import type { RemoteSubscriptions } from '../../../events/remote-subscriptions.ts';
import type { SubscriptionFailed } from '../../../execution/telemetry.ts';
import type { Cursors } from '../../../pagination/cursors.ts';
import type { Item, Store } from '../../../storage/store.ts';
import { type FeedPosition, type Viewer, visibleEvents } from '../../../usecases/events/event-visibility.ts';
import { watching } from '../../../usecases/events/watch-loan.ts';
import { errorMessage, type ServerMessage } from '../messages.ts';
import { PAGE, type Pages, pagesOf } from './event-pages.ts';
import { forEachConcurrent } from './for-each-concurrent.ts';
import { GoneError, type Sockets } from './remote-sockets.ts';

export interface PushLimits {
  /** Watchers that are sent to at once. */
  readonly atOnce: number;
  /** How often a message is sent that is not taken, and how long at most it waits in between. */
  readonly triesMax: number;
  readonly pauseMsMax: number;
  /** How long one watcher may take: then it is sent away, and resumes. */
  readonly watcherMs: number;
  /** How long a whole audience may take: who has not had their turn by then has it in another run. */
  readonly audienceMs: number;
}

/** @internal exported for tests */
export const PUSH_LIMITS: PushLimits = { atOnce: 32, triesMax: 3, pauseMsMax: 400, watcherMs: 10_000, audienceMs: 30_000 };

export interface PushGround {
  readonly store: Pick<Store, 'list'>;
  readonly watchers: RemoteSubscriptions;
  readonly sockets: Sockets;
  readonly cursors: Cursors;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Told of each subscription that has ended other than by its subscriber. */
  readonly onEnded: (ended: SubscriptionFailed) => void;
  readonly limits?: PushLimits;
}

/**
 * Sends the events of loans to those who watch them from afar.
 *
 * Any number of these may run at once, in any processes, and know nothing of each other. Each begins at the position that is
 * recorded for a watcher, and sends what is behind it in order, one message when the one before it was taken. The position is
 * moved only when all before it has been sent. So whoever sends the event n knows that all before n have been sent, by itself
 * or by whoever moved the position; two at once can send an event twice, and never leave one out or overtake one.
 *
 * A run that begins after a commit finds its event: the history is read anew by each, strongly consistent. Therefore one after
 * each commit, and one after each subscription, leave nothing unsent.
 */
export class EventPusher {
  readonly #ground: PushGround;
  readonly #limits: PushLimits;

  constructor(ground: PushGround) {
    this.#ground = ground;
    this.#limits = ground.limits ?? PUSH_LIMITS;
  }

  /** Brings all who watch a loan up to date. @throws where the store fails or time runs out: then it is to be run again */
  async pushToSubscribers(loanId: LoanId): Promise<void> {
    const { store, watchers } = this.#ground;
    const { atOnce, audienceMs } = this.#limits;
    const pages = pagesOf(store, loanId);
    const endsAt = performance.now() + audienceMs;
    await forEachConcurrent(atOnce, inTime(watchers.of(loanId), endsAt), (watcher) => this.#bring(watcher, pages));
  }

  /** Brings one watcher up to date: what follows a subscription. @throws where the store fails */
  async pushOne(watcher: Item<RemoteSubscription>): Promise<void> {
    await this.#bring(watcher, pagesOf(this.#ground.store, watcher.data.loanId));
  }

  async #bring(watcher: Item<RemoteSubscription>, pages: Pages): Promise<void> {
    const endsAt = performance.now() + this.#limits.watcherMs;
    try {
      for (let at: Item<RemoteSubscription> | undefined = watcher; at; ) {
        at = at.data.tokenExpiresAt > this.#ground.clock() ? await this.#page(at, pages, endsAt) : await this.#expire(at);
      }
    } catch (thrown) {
      if (thrown instanceof GoneError) return this.#ground.watchers.forget(watcher.data.connectionId, watcher);
      if (!(thrown instanceof UnsentError)) throw thrown;
      await this.#sendAway(watcher, contention(thrown));
    }
  }

  /** Sends a page of the history. @returns the watcher as it stands then; undefined where there is no more to do */
  async #page(watcher: Item<RemoteSubscription>, pages: Pages, endsAt: number): Promise<Item<RemoteSubscription> | undefined> {
    const { data } = watcher;
    const viewer = this.#viewerOf(data);
    const batches = await pages(data.position.version - 1);
    const send = (message: ServerMessage) => this.#send(data.connectionId, message, endsAt);
    if (!data.isAcknowledged) await send({ type: 'subscribed', loan_id: data.loanId, cursor: viewer.seal(data.position) });

    let place: FeedPosition = data;
    let isSent = !data.isAcknowledged;
    for (const batch of batches) {
      const seen = view(batch, place, viewer);
      if (seen instanceof DomainError) return this.#end(watcher, seen);
      for (const { cursor, event } of seen.events) await send({ type: 'event', loan_id: data.loanId, cursor, event });
      isSent ||= seen.events.length > 0;
      place = seen.place;
    }
    const isLast = batches.length < PAGE;
    // What a lender has no part in is passed over again, a page of it at most: cheaper than a write for each watcher.
    if (isLast && !isSent) return undefined;
    const { position, rows } = place;
    const standing = await this.#ground.watchers.advance(watcher, { position, rows, isAcknowledged: true });
    // Where another was faster, what it has not come to is still to be sent.
    return isLast && standing?.data.position === position ? undefined : standing;
  }

  #viewerOf({ userId, email, loanId }: RemoteSubscription): Viewer {
    const scope = historyScope(userId, loanId);
    return { caller: { userId, email }, seal: (position: Position) => this.#ground.cursors.encode(positionText(position), scope) };
  }

  /** Ends one subscription, and tells why; the connection stays. */
  async #end({ data }: Item<RemoteSubscription>, failure: DomainError): Promise<undefined> {
    const { connectionId, loanId, subscriptionId, requestId } = data;
    await this.#send(connectionId, errorMessage(failure, requestId, loanId), performance.now() + this.#limits.watcherMs);
    await this.#ground.watchers.remove(data, loanId, subscriptionId);
    this.#tell(data, failure);
  }

  /** Whoever has subscribed anew meanwhile, with another token, stays. */
  async #expire({ key }: Item<RemoteSubscription>): Promise<undefined> {
    const standing = await this.#ground.watchers.find(key);
    if (standing) await this.#sendAway(standing, unauthorized('The token has expired. Sign in anew.'));
  }

  /**
   * Closes a connection, and tells why if it can. It is forgotten only once it is closed: who is still connected and no longer
   * watched over would wait for ever.
   */
  async #sendAway(watcher: Item<RemoteSubscription>, failure: DomainError): Promise<void> {
    const { watchers, sockets } = this.#ground;
    const { connectionId, loanId, requestId } = watcher.data;
    this.#tell(watcher.data, failure);
    try {
      await sockets.send(connectionId, JSON.stringify(errorMessage(failure, requestId, loanId))).catch(ignore);
      await sockets.close(connectionId);
    } catch {
      return; // the next run tries again
    }
    await watchers.forget(connectionId, watcher);
  }

  async #send(connectionId: string, message: ServerMessage, endsAt: number): Promise<void> {
    const { sockets, random } = this.#ground;
    const { triesMax, pauseMsMax } = this.#limits;
    const text = JSON.stringify(message);
    for (let attempt = 1; ; attempt += 1) {
      if (performance.now() >= endsAt) throw new UnsentError('it took too long');
      try {
        return await sockets.send(connectionId, text);
      } catch (thrown) {
        if (thrown instanceof GoneError) throw thrown;
        if (attempt === triesMax) throw new UnsentError('it was not taken', thrown);
      }
      await pause(random() * pauseMsMax);
    }
  }

  #tell({ userId, requestId, traceparent }: RemoteSubscription, error: DomainError): void {
    this.#ground.onEnded({ endpoint: watching.endpoint, requestId, traceparent, userId, error });
  }
}

/** A message could not be sent in time, or not at all. */
class UnsentError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'UnsentError';
  }
}

/** @throws where there are more than time allows */
async function* inTime<Each>(items: AsyncIterable<Each>, endsAt: number): AsyncGenerator<Each, void, undefined> {
  for await (const item of items) {
    if (performance.now() >= endsAt) throw new Error('the audience of a loan takes too long; who is left has another turn');
    yield item;
  }
}

function view(batch: EventBatch, place: FeedPosition, viewer: Viewer): ReturnType<typeof visibleEvents> | DomainError {
  try {
    return visibleEvents(batch, place, viewer);
  } catch (thrown) {
    if (thrown instanceof DomainError) return thrown;
    throw thrown;
  }
}

function ignore(): void {}
