import { DomainError, payloadTooLarge } from '../../../domain/errors.ts';
import type { RequestId } from '../../../domain/ids.ts';
import type { RemoteSubscription } from '../../../domain/remote-subscription.ts';
import type { Connected, RemoteSubscriptions } from '../../../events/remote-subscriptions.ts';
import type { Services } from '../../../execution/services.ts';
import { subscribe } from '../../../execution/subscribe.ts';
import { toDomainError } from '../../../execution/to-domain-error.ts';
import type { Item } from '../../../storage/store.ts';
import { subscribeRemotely } from '../../../usecases/events/watch-loan-remotely.ts';
import { MESSAGE_BYTES_MAX } from '../../websocket/limited-connection.ts';
import { type ClientMessage, errorMessage, isEchoed, malformed, parseMessage, type ServerMessage } from '../messages.ts';
import type { EventPusher } from './event-pusher.ts';
import { GoneError, type Sockets } from './remote-sockets.ts';

/* The feed where a gateway holds the connections and hands over each message by itself, to whichever process is free. */

const SUBSCRIPTIONS_MAX = 20;

/** A message, and where it comes from. */
export interface Received extends Connected {
  readonly requestId: RequestId;
  /** W3C trace context, well-formed. */
  readonly traceparent: string | null;
  /** The client's network address. */
  readonly address: string;
  /** Undefined where the message is not text. */
  readonly text: string | undefined;
}

export interface FeedGatewayGround {
  readonly services: Services;
  readonly watchers: RemoteSubscriptions;
  readonly sockets: Sockets;
  readonly pusher: Pick<EventPusher, 'pushOne'>;
}

export class FeedGateway {
  readonly #ground: FeedGatewayGround;

  constructor(ground: FeedGatewayGround) {
    this.#ground = ground;
  }

  /** Carries out one message. @throws what should never happen, and where the client could not be answered */
  async receive(received: Received): Promise<void> {
    try {
      await this.#carryOut(received);
    } catch (thrown) {
      if (!(thrown instanceof GoneError)) throw thrown;
      await this.#ground.watchers.forget(received.connectionId);
    }
  }

  async #carryOut(received: Received): Promise<void> {
    const { text } = received;
    if (text === undefined) return this.#close(received, malformed('', 'Messages are text.'));
    if (Buffer.byteLength(text) > MESSAGE_BYTES_MAX) return this.#close(received, payloadTooLarge(MESSAGE_BYTES_MAX));
    let message: ClientMessage;
    try {
      message = parseMessage(text);
    } catch (refusal) {
      return this.#send(received, errorMessage(toDomainError(refusal), received.requestId));
    }
    switch (message.type) {
      case 'subscribe':
        return this.#subscribe(received, message);
      case 'unsubscribe':
        return this.#unsubscribe(received, message.loanId);
      case 'ping':
        return this.#send(received, { type: 'pong' });
    }
  }

  /** That it is subscribed is told like an event, by whoever brings the watcher up to date: here, or where the loan changes. */
  async #subscribe(received: Received, { loanId, token, after }: ClientMessage & { type: 'subscribe' }): Promise<void> {
    const { services, watchers, pusher } = this.#ground;
    const { requestId, traceparent, address } = received;
    const added: Item<RemoteSubscription>[] = [];
    const useCase = subscribeRemotely({
      ...{ watchers, requestId, traceparent, subscriptionsMax: SUBSCRIPTIONS_MAX },
      connected: { connectionId: received.connectionId, expiresAt: received.expiresAt },
      onAdded: (watcher) => void added.push(watcher),
    });
    const { result } = await subscribe(services, useCase, {
      ...{ requestId, traceparent, address, token },
      parameters: { loan_id: loanId, ...(after !== undefined && { after }) },
    });
    if (result instanceof DomainError) return this.#send(received, errorMessage(result, requestId, loanId));
    for (const watcher of added) await pusher.pushOne(watcher);
  }

  async #unsubscribe(received: Received, loanId: unknown): Promise<void> {
    if (!isEchoed(loanId)) {
      const refusal = malformed('loan_id', 'loan_id must be the id of a loan.');
      return this.#send(received, errorMessage(refusal, received.requestId));
    }
    await this.#ground.watchers.remove(received, loanId);
    await this.#send(received, { type: 'unsubscribed', loan_id: loanId });
  }

  async #close(received: Received, refusal: DomainError): Promise<void> {
    await this.#send(received, errorMessage(refusal, received.requestId));
    await this.#ground.sockets.close(received.connectionId);
    await this.#ground.watchers.forget(received.connectionId);
  }

  #send({ connectionId }: Received, message: ServerMessage): Promise<void> {
    return this.#ground.sockets.send(connectionId, JSON.stringify(message));
  }
}
