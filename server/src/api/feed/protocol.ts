import { DomainError } from '../../domain/errors.ts';
import type { RequestId } from '../../domain/ids.ts';
import type { SubscribeRequest } from '../../execution/subscribe.ts';
import { errorMessage, parseMessage, type ServerMessage } from './messages.ts';

/** A connection of the feed, as its transport provides it. */
export interface FeedTransport {
  send(message: ServerMessage): Promise<void>;
  /**
   * Subscribes to a loan, in place of an earlier subscription to it, sends `subscribed`, and then the events.
   * @param loanId as the client sent it
   * @returns the error where the request is rejected
   */
  subscribe(
    request: Pick<SubscribeRequest, 'credential' | 'parameters' | 'requestId'>,
    loanId: string,
  ): Promise<DomainError | undefined>;
  /** Ends the subscription to a loan, if there is one. */
  unsubscribe(loanId: string): Promise<void>;
}

/** Handles one message from a client by the protocol of the feed, whatever transport it came by. */
export async function handleMessage(text: string, requestId: RequestId, transport: FeedTransport): Promise<void> {
  const message = parseMessage(text);
  if (message instanceof DomainError) return transport.send(errorMessage(message, requestId));
  switch (message.type) {
    case 'subscribe': {
      const { credential, parameters } = message;
      const loanId = parameters['loan_id'];
      // Not String(loanId), which overflows the stack where it is a deeply nested list.
      const error = await transport.subscribe({ requestId, credential, parameters }, typeof loanId === 'string' ? loanId : '');
      return error && transport.send(errorMessage(error, requestId, loanId));
    }
    case 'unsubscribe':
      await transport.unsubscribe(message.loanId);
      return transport.send({ type: 'unsubscribed', loan_id: message.loanId });
    case 'ping':
      return transport.send({ type: 'pong' });
  }
}
