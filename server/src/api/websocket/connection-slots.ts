import { DomainError, rateLimited } from '../../domain/errors.ts';
import type { UserId } from '../../domain/ids.ts';
import { KeyedLimit } from '../../domain/limits/keyed-limit.ts';
import type { ClientAddress } from '../../execution/authenticate.ts';
import type { SlotLimits } from './limits.ts';

const RETRY_SECONDS = 10;

/** Counts one open connection. */
export interface Slot {
  /** Counts the connection as one of the user's, from the first time on. @throws DomainError `TOO_MANY_REQUESTS` */
  admit(userId: UserId): void;
  release(): void;
}

/** Counts the open connections of all endpoints, so that no address and no user can take them all. */
export class ConnectionSlots {
  readonly #max: number;
  readonly #byAddress: KeyedLimit<ClientAddress>;
  /** Connections that nobody has signed in on. */
  readonly #anonymousByAddress: KeyedLimit<ClientAddress>;
  readonly #byUser: KeyedLimit<UserId>;
  #count = 0;

  constructor({ connectionsMax, perAddressMax, anonymousPerAddressMax, perUserMax }: SlotLimits) {
    this.#max = connectionsMax;
    this.#byAddress = new KeyedLimit(perAddressMax);
    this.#anonymousByAddress = new KeyedLimit(anonymousPerAddressMax);
    this.#byUser = new KeyedLimit(perUserMax);
  }

  /** @returns why the address can't have another connection, if so */
  errorFor(address: ClientAddress): DomainError | undefined {
    if (this.#count >= this.#max) return atCapacity();
    if (this.#byAddress.isFull(address)) return tooMany(`Your network address has ${this.#byAddress.max} connections open`);
    if (!this.#anonymousByAddress.isFull(address)) return undefined;
    return tooMany(`Your network address has ${this.#anonymousByAddress.max} connections open on which nobody has signed in`);
  }

  take(address: ClientAddress): Slot {
    this.#count += 1;
    const endAnonymity = this.#anonymousByAddress.take(address);
    const releases = [this.#byAddress.take(address), endAnonymity];
    const users = new Set<UserId>();
    let isHeld = true;
    return {
      admit: (userId) => {
        if (!isHeld || users.has(userId)) return; // the connection may close while a token is verified
        if (this.#byUser.isFull(userId)) throw tooMany(`You have ${this.#byUser.max} connections open`);
        users.add(userId);
        releases.push(this.#byUser.take(userId));
        endAnonymity();
      },
      release: () => {
        isHeld = false;
        this.#count -= 1;
        for (const release of releases) release();
      },
    };
  }
}

export function atCapacity(): DomainError {
  const message = `No more connections can be taken. Please retry after ${RETRY_SECONDS} seconds.`;
  return new DomainError('SERVICE_UNAVAILABLE', 'Contention', message, { retryAfter: RETRY_SECONDS });
}

function tooMany(what: string): DomainError {
  const message = `${what}, the most there may be. Close some, or use one for several subscriptions.`;
  return rateLimited(message, RETRY_SECONDS);
}
