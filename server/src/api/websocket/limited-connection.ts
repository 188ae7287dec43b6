import { CLOSE_CODES, type Closing } from './close-codes.ts';
import { setLongTimeout } from './long-timeout.ts';

/** Of a message that a client sends, in UTF-8. */
export const MESSAGE_BYTES_MAX = 32_768;

/** The other end of a connection, whatever carries it. */
export interface MessageSocket {
  /** Resolves once the network has taken the message. Rejects where the connection is gone. */
  send(text: string): Promise<void>;
  close(closing: Closing): void;
}

export interface LineLimits {
  readonly firstMessageMs: number;
  /** How long a connection may be open without a subscription. */
  readonly idleMs: number;
  /** How long the network may take for one message. */
  readonly sendMs: number;
  readonly subscriptionsMax: number;
  /** Messages that may wait to be done with, and that may come in `windowMs`. */
  readonly waitingMax: number;
  readonly messagesMax: number;
  readonly windowMs: number;
}

export const CONNECTION_LIMITS: LineLimits = {
  firstMessageMs: 10_000,
  idleMs: 60_000,
  sendMs: 10_000,
  subscriptionsMax: 20,
  waitingMax: 64,
  messagesMax: 120,
  windowMs: 10_000,
};

/** A connection with the bounds that all of them have, whatever is said on it. */
export class LimitedConnection {
  readonly #socket: MessageSocket;
  readonly #limits: LineLimits;
  readonly #letGo: () => void;
  #window = { since: 0, count: 0 };
  #callOffSilence: () => void;
  #state: 'silent' | 'open' | 'closed' = 'silent';

  /** @param letGo lets go of whatever the connection holds; called once, before it is closed */
  constructor(socket: MessageSocket, limits: LineLimits, letGo: () => void) {
    this.#socket = socket;
    this.#limits = limits;
    this.#letGo = letGo;
    this.#callOffSilence = setLongTimeout(limits.firstMessageMs, () => this.close(CLOSE_CODES.silent));
  }

  get isClosed(): boolean {
    return this.#state === 'closed';
  }

  /**
   * Takes notice of a message that has come.
   * @param waiting messages before it that are not done with
   * @returns whether it is to be carried out
   */
  takes(waiting: number): boolean {
    if (this.isClosed) return false;
    if (this.#isOneTooMany(waiting)) {
      this.close(CLOSE_CODES.tooMany);
      return false;
    }
    if (this.#state === 'silent') this.awaitSubscription();
    this.#state = 'open';
    return true;
  }

  /** There is a subscription, which may be silent for as long as it likes. */
  subscribed(): void {
    this.#callOffSilence();
  }

  /** There is none, and pings alone do not keep a connection open. */
  awaitSubscription(): void {
    this.#callOffSilence();
    if (!this.isClosed) this.#callOffSilence = setLongTimeout(this.#limits.idleMs, () => this.close(CLOSE_CODES.silent));
  }

  /** Resolves once the next message may be sent. */
  async send(text: string): Promise<void> {
    if (this.isClosed) return;
    const callOff = setLongTimeout(this.#limits.sendMs, () => this.close(CLOSE_CODES.slow));
    try {
      await this.#socket.send(text);
    } catch {
      // Nobody is there any more to be told.
      this.close();
    } finally {
      callOff();
    }
  }

  /** @param closing left out where the connection is gone already */
  close(closing?: Closing): void {
    if (this.isClosed) return;
    this.#state = 'closed';
    this.#callOffSilence();
    this.#letGo();
    if (closing) this.#socket.close(closing);
  }

  #isOneTooMany(waiting: number): boolean {
    const { windowMs, messagesMax, waitingMax } = this.#limits;
    const now = performance.now();
    if (now - this.#window.since >= windowMs) this.#window = { since: now, count: 0 };
    this.#window.count += 1;
    return this.#window.count > messagesMax || waiting >= waitingMax;
  }
}
