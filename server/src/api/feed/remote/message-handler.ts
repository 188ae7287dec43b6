import { DomainError, payloadTooLarge } from '../../../domain/errors.ts';
import type { Services } from '../../../execution/services.ts';
import type { SubscribeRequest } from '../../../execution/subscribe.ts';
import type { GatewayConnection, RemoteSubscriptions } from '../../../usecases/events/remote-subscriptions.ts';
import { watchLoanRemotely } from '../../../usecases/events/watch-loan-remotely.ts';
import { CONNECTION_LIMITS, MESSAGE_BYTES_MAX } from '../../websocket/limits.ts';
import { errorMessage, malformedMessage, type ServerMessage } from '../messages.ts';
import { type FeedTransport, handleMessage } from '../protocol.ts';
import type { EventPusher } from './event-pusher.ts';
import { GoneError, type RemoteSockets } from './remote-sockets.ts';

/** A message, and the connection that it came by. */
export interface RemoteMessage extends GatewayConnection, Pick<SubscribeRequest, 'address' | 'requestId' | 'traceparent'> {
  /** Undefined where the message is binary. */
  readonly text: string | undefined;
}

export interface RemoteFeedOptions {
  readonly services: Services;
  readonly subscriptions: RemoteSubscriptions;
  readonly sockets: RemoteSockets;
  readonly pusher: Pick<EventPusher, 'pushOne'>;
}

/**
 * Handles one message of a connection that a gateway holds, which passes each to whichever process is free.
 * @throws an unexpected error, and where the client can't be sent a response
 */
export async function handleRemoteMessage(options: RemoteFeedOptions, message: RemoteMessage): Promise<void> {
  const { services, subscriptions, sockets, pusher } = options;
  const { connectionId, requestId, text } = message;
  const send = (response: ServerMessage) => sockets.send(connectionId, JSON.stringify(response));

  const transport: FeedTransport = {
    send,
    async subscribe(request) {
      const { address, traceparent } = message;
      const { subscriptionsMax } = CONNECTION_LIMITS;
      const remote = { subscriptions, connection: message, subscriptionsMax };
      const added = await watchLoanRemotely(services, { ...request, address, traceparent }, remote);
      if (added instanceof DomainError) return added;
      await pusher.pushOne(added); // sends `subscribed` too
      return undefined;
    },
    unsubscribe: (loanId) => subscriptions.remove(message, loanId),
  };

  async function closeWith(error: DomainError): Promise<void> {
    await send(errorMessage(error, requestId));
    await sockets.close(connectionId);
    await subscriptions.removeConnection(connectionId);
  }

  try {
    if (text === undefined) await closeWith(malformedMessage('', 'Messages are text.'));
    else if (Buffer.byteLength(text) > MESSAGE_BYTES_MAX) await closeWith(payloadTooLarge(MESSAGE_BYTES_MAX));
    else await handleMessage(text, requestId, transport);
  } catch (error) {
    if (!(error instanceof GoneError)) throw error;
    await subscriptions.removeConnection(connectionId);
  }
}
