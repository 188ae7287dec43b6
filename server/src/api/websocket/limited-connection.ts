import { setLongTimeout } from '../../events/long-timeout.ts';
import { CLOSE_CODES, type Closing } from './close-codes.ts';
import type { ConnectionLimits } from './limits.ts';
import { MessageWindow } from './message-window.ts';

/** The server's end of a WebSocket. */
export interface MessageSocket {
  /** Resolves once the network has taken the message. Rejects where the connection is gone. */
  send(text: string): Promise<void>;
  close(closing: Closing): void;
}

/** When the credential of a subscription ends. */
export interface CredentialEnd {
  readonly expiresInMs: number;
  /** Calls the listener once if its session is ended earlier. @returns cancels that */
  onSessionEnd(listener: () => void): () => void;
}

/** A connection that keeps to the limits, and its subscriptions, whatever protocol it speaks. */
export class LimitedConnection {
  readonly #socket: MessageSocket;
  readonly #limits: ConnectionLimits;
  readonly #onClose: () => void;
  /** Each ends a subscription. */
  readonly #subscriptions = new Set<() => void>();
  readonly #window: MessageWindow;
  #cancelTimeout: () => void;
  #state: 'silent' | 'open' | 'closed' = 'silent';

  /** @param onClose called once, when all subscriptions have ended and before the socket is closed */
  constructor(socket: MessageSocket, limits: ConnectionLimits, onClose = (): void => {}) {
    this.#socket = socket;
    this.#limits = limits;
    this.#onClose = onClose;
    this.#window = new MessageWindow(limits);
    this.#cancelTimeout = this.#closeAfter(limits.firstMessageMs);
  }

  get isClosed(): boolean {
    return this.#state === 'closed';
  }

  get subscriptionCount(): number {
    return this.#subscriptions.size;
  }

  /**
   * Counts a message that was received.
   * @param pending earlier messages that are not handled yet
   * @returns whether to handle it
   */
  accepts(pending: number): boolean {
    if (this.isClosed) return false;
    if (!this.#window.accepts() || pending >= this.#limits.pendingMax) {
      this.close(CLOSE_CODES.tooMany);
      return false;
    }
    if (this.#state === 'silent') this.#awaitSubscription();
    this.#state = 'open';
    return true;
  }

  /**
   * Keeps the connection open for a subscription, however silent, until its credential ends: then the connection is closed.
   * @param close called once, when the subscription or the connection ends
   * @returns ends the subscription
   */
  addSubscription(close: () => void, { expiresInMs, onSessionEnd }: CredentialEnd): () => void {
    const expire = () => this.close(CLOSE_CODES.expired);
    const cancelExpiry = setLongTimeout(expiresInMs, expire);
    const cancelSessionEnd = onSessionEnd(expire);
    const end = (): void => {
      if (!this.#subscriptions.delete(end)) return;
      cancelExpiry();
      cancelSessionEnd();
      close();
      if (this.#subscriptions.size === 0) this.#awaitSubscription();
    };
    this.#subscriptions.add(end);
    if (this.isClosed) end();
    else this.#cancelTimeout();
    return end;
  }

  /** Resolves once the next message may be sent. */
  async send(text: string): Promise<void> {
    if (this.isClosed) return;
    const cancel = setLongTimeout(this.#limits.sendMs, () => this.close(CLOSE_CODES.slow));
    try {
      await this.#socket.send(text);
    } catch {
      this.close(); // the connection is gone
    } finally {
      cancel();
    }
  }

  /** @param closing left out where the connection is gone already */
  close(closing?: Closing): void {
    if (this.isClosed) return;
    this.#state = 'closed';
    this.#cancelTimeout();
    for (const end of [...this.#subscriptions]) end();
    this.#onClose();
    if (closing) this.#socket.close(closing);
  }

  /** Pings alone do not keep a connection open. */
  #awaitSubscription(): void {
    this.#cancelTimeout();
    if (!this.isClosed) this.#cancelTimeout = this.#closeAfter(this.#limits.idleMs);
  }

  #closeAfter(ms: number): () => void {
    return setLongTimeout(ms, () => this.close(CLOSE_CODES.silent));
  }
}
