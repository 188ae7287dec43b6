import { conflict, contention, type DomainError } from '../domain/errors.ts';
import type { CommandId, Ids, LoanId } from '../domain/ids.ts';
import type { FeedSubscription, RemoteConnection, RemoteSubscription } from '../domain/remote-subscription.ts';
import { connectionKey, remoteSubscriptionKey, remoteSubscriptionsOf } from '../storage/keys.ts';
import type { Item, Key, Store, Write } from '../storage/store.ts';

const COMMIT_ATTEMPTS_MAX = 10;
const PAGE_SIZE = 100;

/** A connection that a gateway holds for us. */
export interface GatewayConnection {
  readonly connectionId: string;
  /** Epoch milliseconds from which the gateway has closed it in any case. */
  readonly expiresAt: number;
}

export function tooManySubscriptions(max: number): DomainError {
  return conflict(
    `This connection has ${max} subscriptions, the most there may be. Unsubscribe from a loan, or open another connection.`,
  );
}

/**
 * The stored subscriptions of connections that a gateway holds. A connection's own item lists its subscriptions and is
 * written with them, so that each leads to the others.
 */
export class RemoteSubscriptions {
  readonly #store: Pick<Store, 'commit' | 'batchGet' | 'list'>;
  readonly #ids: Pick<Ids, 'command'>;

  constructor(store: Pick<Store, 'commit' | 'batchGet' | 'list'>, ids: Pick<Ids, 'command'>) {
    this.#store = store;
    this.#ids = ids;
  }

  /** All subscriptions to a loan, at most a page of them in memory. */
  async *of(loanId: LoanId): AsyncGenerator<Item<RemoteSubscription>, void, undefined> {
    for (let after: string | undefined; ; ) {
      const page = await this.#store.list(remoteSubscriptionsOf(loanId, after, PAGE_SIZE));
      yield* page;
      if (page.length < PAGE_SIZE) return;
      after = page.at(-1)?.key.sort;
    }
  }

  async find(key: Key<RemoteSubscription>): Promise<Item<RemoteSubscription> | undefined> {
    const [found] = await this.#store.batchGet([key]);
    return found;
  }

  /** Adds a subscription, in place of the connection's earlier one to the same loan. @throws DomainError above the limit */
  async add(subscription: Omit<RemoteSubscription, 'subscriptionId'>, subscriptionsMax: number): Promise<Item<RemoteSubscription>> {
    const { loanId } = subscription;
    const added: RemoteSubscription = { ...subscription, subscriptionId: this.#ids.command() };
    const command = await this.#update(subscription, (current) => {
      const others = current.filter((each) => each.loanId !== loanId);
      if (others.length >= subscriptionsMax) throw tooManySubscriptions(subscriptionsMax);
      return { next: [...others, { loanId, subscriptionId: added.subscriptionId }], added };
    });
    return { key: remoteSubscriptionKey(added), version: 1, command, data: added };
  }

  /** Removes a connection's subscription to a loan, if there is one. @param subscriptionId removes only this one */
  async remove(connection: GatewayConnection, loanId: string, subscriptionId?: string): Promise<void> {
    await this.#update(connection, (current) => ({
      next: current.filter(
        (each) => each.loanId !== loanId || (subscriptionId !== undefined && each.subscriptionId !== subscriptionId),
      ),
    }));
  }

  /** Removes a connection and all its subscriptions. @param seen a subscription of it, removed also where it is not listed */
  async removeConnection(connectionId: string, seen?: Item<RemoteSubscription>): Promise<void> {
    for (let attempt = 1; attempt <= COMMIT_ATTEMPTS_MAX; attempt += 1) {
      const { connection, subscriptions } = await this.#read(connectionId);
      const stray = seen && !subscriptions.has(seen.data.subscriptionId) ? await this.find(seen.key) : undefined;
      const items = [connection, stray, ...subscriptions.values()].filter((item) => item !== undefined);
      if (items.length === 0) return;
      if ((await this.#store.commit(this.#ids.command(), items.map(removal))).committed) return;
    }
    throw contention();
  }

  /**
   * Records a subscription's progress.
   * @returns the item as stored then: another process's, where that was faster; undefined where the subscription has ended
   */
  async advance(
    { key, version, data }: Item<RemoteSubscription>,
    change: Partial<RemoteSubscription>,
  ): Promise<Item<RemoteSubscription> | undefined> {
    const command = this.#ids.command();
    const next: RemoteSubscription = { ...data, ...change };
    const result = await this.#store.commit(command, [{ key, expected: version, data: next, expiresAt: data.expiresAt }]);
    return result.committed ? { key, version: version + 1, command, data: next } : this.find(key);
  }

  async #update({ connectionId, expiresAt }: GatewayConnection, decide: Decide): Promise<CommandId> {
    for (let attempt = 1; attempt <= COMMIT_ATTEMPTS_MAX; attempt += 1) {
      const { connection, subscriptions } = await this.#read(connectionId);
      const current = connection?.data.subscriptions ?? [];
      const { next, added } = decide(current);
      const command = this.#ids.command();
      if (next.length === current.length && !added) return command;
      const kept = new Set(next.map(({ subscriptionId }) => subscriptionId));
      const ended = [...subscriptions.values()].filter(({ data }) => !kept.has(data.subscriptionId));
      const data: RemoteConnection = { subscriptions: next };
      const writes: Write[] = [
        { key: connectionKey(connectionId), expected: connection?.version ?? 0, data, expiresAt },
        ...(added ? [{ key: remoteSubscriptionKey(added), expected: 0, data: added, expiresAt }] : []),
        ...ended.map(removal),
      ];
      if ((await this.#store.commit(command, writes)).committed) return command;
    }
    throw contention();
  }

  /** A connection's item, and its subscriptions by their id. */
  async #read(connectionId: string) {
    const [connection] = await this.#store.batchGet([connectionKey(connectionId)]);
    const keys = (connection?.data.subscriptions ?? []).map((each) => remoteSubscriptionKey({ connectionId, ...each }));
    const found = keys.length > 0 ? await this.#store.batchGet(keys) : [];
    const subscriptions = new Map(found.flatMap((item) => (item ? [[item.data.subscriptionId, item] as const] : [])));
    return { connection, subscriptions };
  }
}

/** @returns the connection's subscriptions after the change, and the one of them that is new */
type Decide = (current: readonly FeedSubscription[]) => { next: readonly FeedSubscription[]; added?: RemoteSubscription };

function removal({ key, version }: Item<unknown>): Write {
  return { key, expected: version, isDelete: true };
}
