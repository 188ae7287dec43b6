import { conflict, type DomainError } from '../../domain/errors.ts';
import type { LoanId } from '../../domain/ids.ts';
import type { FeedSubscription, RemoteConnection, RemoteSubscription } from '../../domain/remote-subscription.ts';
import { decideAndCommit } from '../../execution/optimistic-commit.ts';
import type { CoreServices } from '../../execution/services.ts';
import type { View } from '../../execution/view.ts';
import { connectionKey, remoteSubscriptionKey, remoteSubscriptionsOf } from '../../storage/keys.ts';
import type { Item, Key, Write } from '../../storage/store.ts';

const PAGE_SIZE = 100;

/** A connection that a gateway holds for us. */
export interface GatewayConnection {
  readonly connectionId: string;
  /** Epoch milliseconds from which the gateway has closed it in any case. */
  readonly expiresAt: number;
}

export type StoredSubscription = Omit<Item<RemoteSubscription>, 'command'>;

export function tooManySubscriptions(max: number): DomainError {
  return conflict(
    `This connection has ${max} subscriptions, the most there may be. Unsubscribe from a loan, or open another connection.`,
  );
}

/**
 * The stored subscriptions of connections that a gateway holds. A connection's own item lists its subscriptions and is
 * written with them, so that one subscription leads to all of its connection.
 */
export class RemoteSubscriptions {
  readonly #services: CoreServices;

  constructor(services: CoreServices) {
    this.#services = services;
  }

  /** All subscriptions to a loan, at most a page of them in memory. */
  async *of(loanId: LoanId): AsyncGenerator<StoredSubscription, void, undefined> {
    for (let after: string | undefined; ; ) {
      const page = await this.#services.store.list(remoteSubscriptionsOf(loanId, after, PAGE_SIZE));
      yield* page;
      if (page.length < PAGE_SIZE) return;
      after = page.at(-1)?.key.sort;
    }
  }

  async find(key: Key<RemoteSubscription>): Promise<StoredSubscription | undefined> {
    const [stored] = await this.#services.store.batchGet([key]);
    return stored;
  }

  /** Adds a subscription, in place of the connection's earlier one to the same loan. @throws DomainError above the limit */
  async add(subscription: Omit<RemoteSubscription, 'subscriptionId'>, subscriptionsMax: number): Promise<StoredSubscription> {
    const { loanId } = subscription;
    const added: RemoteSubscription = { ...subscription, subscriptionId: this.#services.ids.command() };
    await this.#update(subscription, (current) => {
      const others = current.filter((each) => each.loanId !== loanId);
      if (others.length >= subscriptionsMax) throw tooManySubscriptions(subscriptionsMax);
      return { next: [...others, { loanId, subscriptionId: added.subscriptionId }], added };
    });
    return { key: remoteSubscriptionKey(added), version: 1, data: added };
  }

  /** Removes a connection's subscription to a loan, if there is one. @param subscriptionId removes only this one */
  remove(connection: GatewayConnection, loanId: string, subscriptionId?: string): Promise<void> {
    return this.#update(connection, (current) => ({
      next: current.filter(
        (each) => each.loanId !== loanId || (subscriptionId !== undefined && each.subscriptionId !== subscriptionId),
      ),
    }));
  }

  /** Removes a connection and all its subscriptions. @param known a subscription of it, removed even if the connection does not list it */
  removeConnection(connectionId: string, known?: StoredSubscription): Promise<void> {
    const keys = [connectionKey(connectionId), ...(known ? [known.key] : [])];
    const listed = (view: View) => subscriptionKeys(view, connectionId);
    return decideAndCommit(this.#services, {
      keys,
      moreKeys: listed,
      decide(view) {
        const distinct = new Map([...keys, ...listed(view)].map((key) => [key.sort, key]));
        const items = [...distinct.values()].flatMap((key: Key<unknown>) => view.at(key) ?? []);
        return { result: undefined, writes: items.map(removal) };
      },
    });
  }

  /**
   * Records a subscription's progress.
   * @returns the item as stored then: another process's, where that was faster; undefined where the subscription has ended
   */
  async advance(
    { key, version, data }: StoredSubscription,
    change: Partial<RemoteSubscription>,
  ): Promise<StoredSubscription | undefined> {
    const { store, ids } = this.#services;
    const next: RemoteSubscription = { ...data, ...change };
    const result = await store.commit(ids.command(), [{ key, expected: version, data: next, expiresAt: data.expiresAt }]);
    if (result.committed) return { key, version: version + 1, data: next };
    return this.find(key);
  }

  #update(
    { connectionId, expiresAt }: GatewayConnection,
    change: (current: readonly FeedSubscription[]) => SubscriptionChange,
  ): Promise<void> {
    const key = connectionKey(connectionId);
    return decideAndCommit(this.#services, {
      keys: [key],
      moreKeys: (view) => subscriptionKeys(view, connectionId),
      decide(view) {
        const current = view.at(key)?.data.subscriptions ?? [];
        const { next, added } = change(current);
        if (next.length === current.length && !added) return { result: undefined, writes: [] };
        const kept = new Set(next.map(({ subscriptionId }) => subscriptionId));
        const ended = current.filter(({ subscriptionId }) => !kept.has(subscriptionId));
        const data: RemoteConnection = { subscriptions: next };
        const writes: Write[] = [
          { key, expected: view.versionAt(key), data, expiresAt },
          ...(added ? [{ key: remoteSubscriptionKey(added), expected: 0, data: added, expiresAt }] : []),
          ...ended.flatMap((each) => view.at(remoteSubscriptionKey({ connectionId, ...each })) ?? []).map(removal),
        ];
        return { result: undefined, writes };
      },
    });
  }
}

/** A connection's subscriptions after a change, and the one of them that is new. */
interface SubscriptionChange {
  readonly next: readonly FeedSubscription[];
  readonly added?: RemoteSubscription;
}

function subscriptionKeys(view: View, connectionId: string): Key<RemoteSubscription>[] {
  const subscriptions = view.at(connectionKey(connectionId))?.data.subscriptions ?? [];
  return subscriptions.map((each) => remoteSubscriptionKey({ connectionId, ...each }));
}

function removal({ key, version }: Item<unknown>): Write {
  return { key, expected: version, isDelete: true };
}
