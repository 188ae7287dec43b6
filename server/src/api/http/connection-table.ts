import type { Socket } from 'node:net';
import { createTokenBuckets } from '../../auth/rate-limiter.ts';
import type { ClientAddress, RateState } from '../../execution/authenticate.ts';

export interface ConnectionLimits {
  /** Open connections of one address. A further one replaces a kept-alive one, or is rejected. */
  readonly perAddressMax: number;
  /** New connections of one address, with a burst of twice as many. Further ones are rejected. */
  readonly perAddressPerSecond: number;
  /** Open connections above which idle ones are closed, to keep room for others. */
  readonly idleFrom: number;
}

/** Connections of an address that are rejected with a response. Further ones are cut off, as a response takes a connection. */
const REJECTED_MAX = 50;

type Outcome = 'accepted' | 'rejected';

interface Connection {
  readonly address: ClientAddress;
  readonly outcome: Outcome;
  requests: number;
}

interface Group {
  accepted: number;
  rejected: number;
  /** After a request, the longest idle first. */
  readonly idle: Set<Socket>;
}

/** The open connections of an HTTP server, by address, and which of them are idle. */
export class ConnectionTable {
  readonly #limits: ConnectionLimits;
  readonly #countNew: (address: ClientAddress) => Pick<RateState, 'exceeded'>;
  readonly #groups = new Map<ClientAddress, Group>();
  readonly #open = new Map<Socket, Connection>();
  /** Those of all groups, and those that have not sent a request yet. */
  readonly #idle = new Set<Socket>();

  /** @param clock milliseconds since any moment */
  constructor(limits: ConnectionLimits, clock = () => performance.now()) {
    this.#limits = limits;
    const { perAddressPerSecond: rate } = limits;
    this.#countNew = Number.isFinite(rate) ? createTokenBuckets(rate, clock) : () => ({ exceeded: false });
  }

  /** @returns `rejected` where the address has too many; `dropped` where too many of these are still open */
  add(socket: Socket, address: ClientAddress): Outcome | 'dropped' {
    const { perAddressMax, idleFrom } = this.#limits;
    const isTooFast = this.#countNew(address).exceeded;
    const known = this.#groups.get(address);
    if (known && known.accepted >= perAddressMax && !isTooFast) this.#closeFirst(known.idle);
    const outcome = (known?.accepted ?? 0) < perAddressMax && !isTooFast ? 'accepted' : 'rejected';
    if (outcome === 'rejected' && known && known.rejected >= REJECTED_MAX) return 'dropped';
    // Not for one that is rejected, or its address could close the connections of others.
    if (outcome === 'accepted' && this.#open.size >= idleFrom) this.#closeFirst(this.#idle);
    const group = this.#groups.get(address) ?? { accepted: 0, rejected: 0, idle: new Set() };
    group[outcome] += 1;
    this.#groups.set(address, group);
    this.#open.set(socket, { address, outcome, requests: 0 });
    if (outcome === 'accepted') this.#idle.add(socket);
    socket.once('close', () => this.#remove(socket));
    return outcome;
  }

  /** A request has begun. @returns to be called at its end */
  beginRequest(socket: Socket): () => void {
    const connection = this.#open.get(socket);
    if (!connection) return () => {};
    connection.requests += 1;
    this.#setIdle(socket, false);
    return () => {
      connection.requests -= 1;
      if (connection.requests === 0) this.#setIdle(socket, true);
    };
  }

  #setIdle(socket: Socket, isIdle: boolean): void {
    const connection = this.#open.get(socket);
    if (connection?.outcome !== 'accepted') return;
    for (const idle of [this.#idle, this.#groups.get(connection.address)?.idle]) {
      if (isIdle) idle?.add(socket);
      else idle?.delete(socket);
    }
  }

  #closeFirst(idle: ReadonlySet<Socket>): void {
    const [first] = idle;
    if (!first) return;
    this.#remove(first); // at once: it closes later
    first.destroySoon();
  }

  #remove(socket: Socket): void {
    const connection = this.#open.get(socket);
    const group = connection && this.#groups.get(connection.address);
    if (!group) return;
    this.#setIdle(socket, false);
    this.#open.delete(socket);
    group[connection.outcome] -= 1;
    if (group.accepted + group.rejected === 0) this.#groups.delete(connection.address);
  }
}
