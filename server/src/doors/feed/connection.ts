import { conflict, DomainError } from '../../domain/errors.ts';
import type { Services } from '../../usecases/services.ts';
import { type Subscribed, type SubscribeReply, subscribe } from '../../usecases/subscribe.ts';
import { toDomainError } from '../../usecases/to-domain-error.ts';
import { watchLoan } from '../../usecases/watch-loan.ts';
import { CLOSING, type Closing } from './closing.ts';
import { type ClientMessage, ECHO_LENGTH_MAX, errorMessage, malformed, parseMessage, type ServerMessage } from './messages.ts';
import { doAfter } from './timer.ts';

/** The other end of a connection, whatever carries it. */
export interface FeedSocket {
  /** Resolves once the network has taken the message: nothing more is sent before. Rejects where the connection is gone. */
  send(text: string): Promise<void>;
  close(closing: Closing): void;
}

export interface FeedPeer {
  readonly address: string;
  /** W3C trace context of the request that opened the connection, well-formed. */
  readonly traceparent: string | null;
}

export interface FeedLimits {
  readonly firstMessageMs: number;
  /** How long a connection may be open without a subscription. */
  readonly idleMs: number;
  /** How long the network may take for one message. */
  readonly sendMs: number;
  readonly subscriptionsMax: number;
  /** Messages that may wait for the one before them, and that may come in `windowMs`. */
  readonly waitingMax: number;
  readonly messagesMax: number;
  readonly windowMs: number;
}

export const FEED_LIMITS: FeedLimits = {
  firstMessageMs: 10_000,
  idleMs: 60_000,
  sendMs: 10_000,
  subscriptionsMax: 20,
  waitingMax: 64,
  messagesMax: 120,
  windowMs: 10_000,
};

export interface FeedGround {
  readonly services: Services;
  /** Told of what should never happen; the connection is closed for it. */
  readonly onFault: (fault: unknown) => void;
  readonly limits?: FeedLimits;
}

interface Open {
  readonly events: Subscribed['events'];
  readonly callOffExpiry: () => void;
}

/** One connection of the feed: what docs/protocol.md says of it, but for WebSocket itself. */
export class FeedConnection {
  readonly #socket: FeedSocket;
  readonly #services: Services;
  readonly #onFault: (fault: unknown) => void;
  readonly #limits: FeedLimits;
  readonly #peer: FeedPeer;
  readonly #open = new Map<string, Open>();
  /** The messages received so far, each done after the one before it. */
  #done = Promise.resolve();
  #waiting = 0;
  #window = { since: 0, count: 0 };
  #callOffSilence: () => void;
  #state: 'silent' | 'open' | 'closed' = 'silent';

  constructor(socket: FeedSocket, peer: FeedPeer, { services, onFault, limits = FEED_LIMITS }: FeedGround) {
    this.#socket = socket;
    this.#peer = peer;
    this.#services = services;
    this.#onFault = onFault;
    this.#limits = limits;
    this.#callOffSilence = doAfter(limits.firstMessageMs, () => this.close(CLOSING.silent));
  }

  /** Takes a message; those of one connection are carried out in the order in which they came. */
  receive(text: string): void {
    if (this.#state === 'closed') return;
    if (this.#isOneTooMany()) return void this.close(CLOSING.tooMany);
    if (this.#state === 'silent') this.#awaitSubscription();
    this.#state = 'open';
    this.#waiting += 1;
    this.#done = this.#done.then(async () => {
      await this.#carryOut(text).catch((fault: unknown) => this.#fail(fault));
      this.#waiting -= 1;
    });
  }

  /** Ends it, and lets go of everything. @param closing left out where the connection is gone already */
  close(closing?: Closing): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#callOffSilence();
    for (const loanId of [...this.#open.keys()]) this.#end(loanId);
    if (closing) this.#socket.close(closing);
  }

  #isOneTooMany(): boolean {
    const { windowMs, messagesMax, waitingMax } = this.#limits;
    const now = performance.now();
    if (now - this.#window.since >= windowMs) this.#window = { since: now, count: 0 };
    this.#window.count += 1;
    return this.#window.count > messagesMax || this.#waiting >= waitingMax;
  }

  async #carryOut(text: string): Promise<void> {
    if (this.#state === 'closed') return;
    let message: ClientMessage;
    try {
      message = parseMessage(text);
    } catch (refusal) {
      return this.#refuse(toDomainError(refusal));
    }
    switch (message.type) {
      case 'subscribe':
        return this.#subscribe(message);
      case 'unsubscribe':
        return this.#unsubscribe(message.loanId);
      case 'ping':
        return this.#send({ type: 'pong' });
    }
  }

  async #subscribe({ loanId, token, after }: ClientMessage & { type: 'subscribe' }): Promise<void> {
    const { subscriptionsMax } = this.#limits;
    if (this.#open.size >= subscriptionsMax && !this.#open.has(String(loanId))) {
      const message = `This connection has ${subscriptionsMax} subscriptions, the most there may be. Unsubscribe from a loan, or open another connection.`;
      return this.#refuse(conflict(message), loanId);
    }
    const reply = await subscribe(this.#services, watchLoan, {
      ...{ requestId: this.#services.ids.request(), ...this.#peer, token },
      parameters: { loan_id: loanId, ...(after !== undefined && { after }) },
    });
    const { result, requestId } = reply;
    if (result instanceof DomainError) return this.#send(errorMessage(result, requestId, loanId));
    if (this.#state === 'closed') return void (await result.events.return?.());
    await this.#begin(String(loanId), result, requestId);
  }

  /** The first event comes behind the word that it is subscribed to; one that stands already is replaced. */
  async #begin(loanId: string, { cursor, expiresAt, events }: Subscribed, requestId: SubscribeReply['requestId']): Promise<void> {
    this.#end(loanId);
    this.#callOffSilence();
    const callOffExpiry = doAfter(expiresAt - this.#services.clock(), () => this.close(CLOSING.expired));
    const open = { events, callOffExpiry };
    this.#open.set(loanId, open);
    await this.#send({ type: 'subscribed', loan_id: loanId, cursor });
    void this.#tell(loanId, open, requestId).catch((fault: unknown) => this.#fail(fault));
  }

  /** Sends the events, one when the one before it has gone out, so that nothing queues up here. */
  async #tell(loanId: string, open: Open, requestId: SubscribeReply['requestId']): Promise<void> {
    try {
      for await (const { cursor, event } of open.events) {
        if (this.#open.get(loanId) !== open) return;
        await this.#send({ type: 'event', loan_id: loanId, cursor, event });
      }
    } catch (failure) {
      if (!(failure instanceof DomainError)) throw failure;
      if (this.#open.get(loanId) !== open) return;
      this.#end(loanId);
      await this.#send(errorMessage(failure, requestId, loanId));
    }
  }

  async #unsubscribe(loanId: unknown): Promise<void> {
    if (typeof loanId !== 'string' || loanId.length > ECHO_LENGTH_MAX)
      return this.#refuse(malformed('loan_id', 'loan_id must be the id of a loan.'));
    this.#end(loanId);
    await this.#send({ type: 'unsubscribed', loan_id: loanId });
  }

  #end(loanId: string): void {
    const open = this.#open.get(loanId);
    if (!open) return;
    this.#open.delete(loanId);
    open.callOffExpiry();
    open.events.return?.().catch((fault: unknown) => this.#fail(fault));
    if (this.#open.size === 0) this.#awaitSubscription();
  }

  /** Pings alone do not keep a connection open. */
  #awaitSubscription(): void {
    this.#callOffSilence();
    if (this.#state !== 'closed') this.#callOffSilence = doAfter(this.#limits.idleMs, () => this.close(CLOSING.silent));
  }

  #refuse(error: DomainError, loanId?: unknown): Promise<void> {
    return this.#send(errorMessage(error, this.#services.ids.request(), loanId));
  }

  async #send(message: ServerMessage): Promise<void> {
    if (this.#state === 'closed') return;
    const callOff = doAfter(this.#limits.sendMs, () => this.close(CLOSING.slow));
    try {
      await this.#socket.send(JSON.stringify(message));
    } catch {
      // Nobody is there any more to be told.
      this.close();
    } finally {
      callOff();
    }
  }

  #fail(fault: unknown): void {
    this.#onFault(fault);
    this.close(CLOSING.fault);
  }
}
