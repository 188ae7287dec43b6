import { DomainError } from '../../domain/errors.ts';
import { tooManySubscriptions } from '../../events/remote-subscriptions.ts';
import type { Services } from '../../execution/services.ts';
import { type Subscribed, type SubscribeReply, subscribe } from '../../execution/subscribe.ts';
import { toDomainError } from '../../execution/to-domain-error.ts';
import { watchLoan } from '../../usecases/events/watch-loan.ts';
import { CLOSE_CODES, type Closing } from '../websocket/close-codes.ts';
import { CONNECTION_LIMITS, LimitedConnection, type LineLimits, type MessageSocket } from '../websocket/limited-connection.ts';
import { setLongTimeout } from '../websocket/long-timeout.ts';
import type { Connection, SocketPeer } from '../websocket/websocket-server.ts';
import { type ClientMessage, errorMessage, isEchoed, malformed, parseMessage, type ServerMessage } from './messages.ts';

export interface FeedGround {
  readonly services: Services;
  /** Told of what should never happen; the connection is closed for it. */
  readonly onFault: (fault: unknown) => void;
  readonly limits?: LineLimits;
}

interface Open {
  readonly events: Subscribed['events'];
  readonly callOffExpiry: () => void;
}

/** One connection of the feed: what docs/protocol.md says of it, but for WebSocket itself. */
export class FeedConnection implements Connection {
  readonly #line: LimitedConnection;
  readonly #services: Services;
  readonly #onFault: (fault: unknown) => void;
  readonly #subscriptionsMax: number;
  readonly #peer: SocketPeer;
  readonly #open = new Map<string, Open>();
  /** The messages received so far, each done after the one before it. */
  #done = Promise.resolve();
  #waiting = 0;

  constructor(socket: MessageSocket, peer: SocketPeer, { services, onFault, limits = CONNECTION_LIMITS }: FeedGround) {
    this.#peer = peer;
    this.#services = services;
    this.#onFault = onFault;
    this.#subscriptionsMax = limits.subscriptionsMax;
    this.#line = new LimitedConnection(socket, limits, () => {
      for (const loanId of [...this.#open.keys()]) this.#end(loanId);
    });
  }

  /** Takes a message; those of one connection are carried out in the order in which they came. */
  receive(text: string): void {
    if (!this.#line.takes(this.#waiting)) return;
    this.#waiting += 1;
    this.#done = this.#done.then(async () => {
      await this.#carryOut(text).catch((fault: unknown) => this.#fail(fault));
      this.#waiting -= 1;
    });
  }

  close(closing?: Closing): void {
    this.#line.close(closing);
  }

  async #carryOut(text: string): Promise<void> {
    if (this.#line.isClosed) return;
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
    const most = this.#subscriptionsMax;
    if (this.#open.size >= most && !this.#open.has(String(loanId))) {
      return this.#refuse(tooManySubscriptions(most), loanId);
    }
    const reply = await subscribe(this.#services, watchLoan, {
      ...{ requestId: this.#services.ids.request(), ...this.#peer, token },
      parameters: { loan_id: loanId, ...(after !== undefined && { after }) },
    });
    const { result, requestId } = reply;
    if (result instanceof DomainError) return this.#send(errorMessage(result, requestId, loanId));
    if (this.#line.isClosed) return void (await result.events.return?.());
    await this.#begin(String(loanId), result, requestId);
  }

  /** The first event comes behind the word that it is subscribed to; one that stands already is replaced. */
  async #begin(loanId: string, { cursor, expiresAt, events }: Subscribed, requestId: SubscribeReply['requestId']): Promise<void> {
    this.#end(loanId);
    this.#line.subscribed();
    const callOffExpiry = setLongTimeout(expiresAt - this.#services.clock(), () => this.close(CLOSE_CODES.expired));
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
    if (!isEchoed(loanId)) return this.#refuse(malformed('loan_id', 'loan_id must be the id of a loan.'));
    this.#end(loanId);
    await this.#send({ type: 'unsubscribed', loan_id: loanId });
  }

  #end(loanId: string): void {
    const open = this.#open.get(loanId);
    if (!open) return;
    this.#open.delete(loanId);
    open.callOffExpiry();
    open.events.return?.().catch((fault: unknown) => this.#fail(fault));
    if (this.#open.size === 0) this.#line.awaitSubscription();
  }

  #refuse(error: DomainError, loanId?: unknown): Promise<void> {
    return this.#send(errorMessage(error, this.#services.ids.request(), loanId));
  }

  #send(message: ServerMessage): Promise<void> {
    return this.#line.send(JSON.stringify(message));
  }

  #fail(fault: unknown): void {
    this.#onFault(fault);
    this.close(CLOSE_CODES.fault);
  }
}
