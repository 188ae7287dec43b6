import { conflict, contention, type DomainError } from '../domain/errors.ts';
import type { CommandId, Ids, LoanId } from '../domain/ids.ts';
import type { FeedSubscription, RemoteConnection, RemoteSubscription } from '../domain/remote-subscription.ts';
import { connectionKey, remoteSubscriptionKey, remoteSubscriptionsOf } from '../storage/keys.ts';
import type { Item, Key, Store, Write } from '../storage/store.ts';

/** How often a change is planned anew on what others have written meanwhile. */
const ATTEMPTS_MAX = 10;
const PAGE_SIZE = 100;

/** What a connection that a gateway holds for us is known by. */
export interface Connected {
  readonly connectionId: string;
  /** Epoch milliseconds from which the gateway has closed it, whatever happened. */
  readonly expiresAt: number;
}

export function tooManySubscriptions(max: number): DomainError {
  return conflict(
    `This connection has ${max} subscriptions, the most there may be. Unsubscribe from a loan, or open another connection.`,
  );
}

/**
 * The record of who watches what, for where no process holds the connections. A connection's own item and those of its
 * subscriptions are written together, so that whoever knows the one finds the others.
 */
export class RemoteSubscriptions {
  readonly #store: Pick<Store, 'commit' | 'batchGet' | 'list'>;
  readonly #ids: Pick<Ids, 'command'>;

  constructor(store: Pick<Store, 'commit' | 'batchGet' | 'list'>, ids: Pick<Ids, 'command'>) {
    this.#store = store;
    this.#ids = ids;
  }

  /** All who watch a loan, at most a page of them in memory. */
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

  /** Subscribes a connection, in place of what it had of the same loan. @throws DomainError where it has too many already */
  async add(watcher: Omit<RemoteSubscription, 'subscriptionId'>, subscriptionsMax: number): Promise<Item<RemoteSubscription>> {
    const { loanId, connectionId } = watcher;
    const added: RemoteSubscription = { ...watcher, subscriptionId: this.#ids.command() };
    const command = await this.#change(watcher, (subscriptions) => {
      const others = subscriptions.filter((each) => each.loanId !== loanId);
      if (others.length >= subscriptionsMax) throw tooManySubscriptions(subscriptionsMax);
      return { left: [...others, { loanId, subscriptionId: added.subscriptionId }], added };
    });
    return { key: remoteSubscriptionKey({ ...added, connectionId }), version: 1, command, data: added };
  }

  /** Ends the subscription of a connection to a loan, if there is one: this one only, where one is named. */
  async remove(connected: Connected, loanId: string, subscriptionId?: string): Promise<void> {
    await this.#change(connected, (subscriptions) => ({
      left: subscriptions.filter(
        (each) => each.loanId !== loanId || (subscriptionId !== undefined && each.subscriptionId !== subscriptionId),
      ),
    }));
  }

  /** Forgets a connection that is gone, and all that it watched. @param met a watcher of it, in case the record lacks it */
  async forget(connectionId: string, met?: Item<RemoteSubscription>): Promise<void> {
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      const { connection, watchers } = await this.#stateOf(connectionId);
      const stray = met && !watchers.has(met.data.subscriptionId) ? await this.find(met.key) : undefined;
      const gone = [connection, stray, ...watchers.values()].filter((item) => item !== undefined);
      if (gone.length === 0) return;
      const removals = gone.map(({ key, version }): Write => ({ key, expected: version, isDelete: true }));
      if ((await this.#store.commit(this.#ids.command(), removals)).committed) return;
    }
    throw contention();
  }

  /**
   * Writes how far a watcher has come.
   * @returns how it stands then: another's word, where another was faster; undefined where it watches no more
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

  async #change({ connectionId, expiresAt }: Connected, decide: Decide): Promise<CommandId> {
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      const { connection, watchers } = await this.#stateOf(connectionId);
      const subscriptions = connection?.data.subscriptions ?? [];
      const { left, added } = decide(subscriptions);
      const command = this.#ids.command();
      if (left.length === subscriptions.length && !added) return command;
      const stays = new Set(left.map(({ subscriptionId }) => subscriptionId));
      const ended = [...watchers].flatMap(([subscriptionId, item]) => (stays.has(subscriptionId) ? [] : [item]));
      const key = connectionKey(connectionId);
      const writes: Write[] = [
        { key, expected: connection?.version ?? 0, data: { subscriptions: left } satisfies RemoteConnection, expiresAt },
        ...(added ? [{ key: remoteSubscriptionKey(added), expected: 0, data: added, expiresAt }] : []),
        ...ended.map(({ key, version }): Write => ({ key, expected: version, isDelete: true })),
      ];
      if ((await this.#store.commit(command, writes)).committed) return command;
    }
    throw contention();
  }

  /** A connection as it is recorded, and those of its watchers that are there, by subscription. */
  async #stateOf(connectionId: string) {
    const [connection] = await this.#store.batchGet([connectionKey(connectionId)]);
    const subscriptions = connection?.data.subscriptions ?? [];
    const keys = subscriptions.map((each) => remoteSubscriptionKey({ connectionId, ...each }));
    const found = keys.length > 0 ? await this.#store.batchGet(keys) : [];
    const watchers = new Map<string, Item<RemoteSubscription>>();
    for (const [position, { subscriptionId }] of subscriptions.entries()) {
      const item = found[position];
      if (item) watchers.set(subscriptionId, item);
    }
    return { connection, watchers };
  }
}

/** @returns what the connection then has, and the one of them that is new */
type Decide = (subscriptions: readonly FeedSubscription[]) => { left: readonly FeedSubscription[]; added?: RemoteSubscription };
