import { DomainError } from '../../domain/errors.ts';
import type { Services } from '../../execution/services.ts';
import type { SubscribeRequest } from '../../execution/subscribe.ts';
import { tooManySubscriptions } from '../../usecases/events/remote-subscriptions.ts';
import { type LoanStream, streamLoan } from '../../usecases/events/watch-loan.ts';
import { CLOSE_CODES, type Closing } from '../websocket/close-codes.ts';
import { LimitedConnection, type MessageSocket } from '../websocket/limited-connection.ts';
import { CONNECTION_LIMITS, type ConnectionLimits } from '../websocket/limits.ts';
import type { ProtocolConnection, SocketPeer } from '../websocket/websocket-server.ts';
import { errorMessage, type ServerMessage } from './messages.ts';
import { type FeedTransport, handleMessage } from './protocol.ts';

export interface FeedOptions {
  readonly services: Services;
  /** Called with an unexpected error, for which the connection is closed. */
  readonly onError: (error: unknown) => void;
  readonly limits?: ConnectionLimits;
}

/** The feed on a WebSocket that this process holds. */
export class FeedConnection implements ProtocolConnection, FeedTransport {
  readonly #connection: LimitedConnection;
  readonly #services: Services;
  readonly #onError: (error: unknown) => void;
  readonly #subscriptionsMax: number;
  readonly #peer: SocketPeer;
  /** By the loan's id: ends the subscription. */
  readonly #subscriptions = new Map<string, () => void>();
  /** Settles when all messages received so far are handled, one after the other. */
  #handled = Promise.resolve();
  #pending = 0;

  constructor(socket: MessageSocket, peer: SocketPeer, { services, onError, limits = CONNECTION_LIMITS }: FeedOptions) {
    this.#peer = peer;
    this.#services = services;
    this.#onError = onError;
    this.#subscriptionsMax = limits.subscriptionsMax;
    this.#connection = new LimitedConnection(socket, limits);
  }

  receive(text: string): void {
    if (!this.#connection.accepts(this.#pending)) return;
    this.#pending += 1;
    this.#handled = this.#handled.then(async () => {
      if (!this.#connection.isClosed) await handleMessage(text, this.#services.ids.request(), this).catch(this.#fail);
      this.#pending -= 1;
    });
  }

  close(closing?: Closing): void {
    this.#connection.close(closing);
  }

  send(message: ServerMessage): Promise<void> {
    return this.#connection.send(JSON.stringify(message));
  }

  async subscribe(
    request: Pick<SubscribeRequest, 'credential' | 'parameters' | 'requestId'>,
    loanId: string,
  ): Promise<DomainError | undefined> {
    const isReplacement = this.#subscriptions.has(loanId);
    if (this.#subscriptions.size >= this.#subscriptionsMax && !isReplacement) return tooManySubscriptions(this.#subscriptionsMax);
    const stream = await streamLoan(this.#services, { ...request, ...this.#peer }, { isReplacement });
    if (stream instanceof DomainError) return stream;
    this.#end(loanId);
    const { expiresAt, onSessionEnd } = stream;
    const expiresInMs = expiresAt - this.#services.clock();
    const end = this.#connection.addSubscription(() => stream.close(), { expiresInMs, onSessionEnd });
    this.#subscriptions.set(loanId, end);
    await this.send({ type: 'subscribed', loan_id: loanId, cursor: stream.cursor });
    void this.#sendEvents(stream, request, loanId, () => this.#subscriptions.get(loanId) === end).catch(this.#fail);
    return undefined;
  }

  async unsubscribe(loanId: string): Promise<void> {
    this.#end(loanId);
  }

  /** Sends each event once the one before it is sent, so that no events queue up here. */
  async #sendEvents(
    { events }: LoanStream,
    { requestId }: Pick<SubscribeRequest, 'requestId'>,
    loanId: string,
    isCurrent: () => boolean,
  ): Promise<void> {
    try {
      for await (const { cursor, event } of events) {
        if (!isCurrent()) return;
        await this.send({ type: 'event', loan_id: loanId, cursor, event });
      }
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      if (!isCurrent()) return;
      this.#end(loanId);
      await this.send(errorMessage(error, requestId, loanId));
    }
  }

  #end(loanId: string): void {
    const end = this.#subscriptions.get(loanId);
    this.#subscriptions.delete(loanId);
    end?.();
  }

  readonly #fail = (error: unknown): void => {
    this.#onError(error);
    this.close(CLOSE_CODES.unexpectedError);
  };
}
