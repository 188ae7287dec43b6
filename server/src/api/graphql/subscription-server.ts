import { type ConnectionInitMessage, makeServer } from 'graphql-ws';
import type { RequestId } from '../../domain/ids.ts';
import type { Services } from '../../execution/services.ts';
import { CONNECTION_LIMITS, type ConnectionLimits } from '../websocket/limits.ts';
import type { Connect } from '../websocket/websocket-server.ts';
import { domainErrorOf, needsLogging, toGraphQLError } from './errors.ts';
import { makeSchema } from './schema.ts';
import { RunningSubscription, SubscriptionConnection } from './subscription-connection.ts';

/*
 * GraphQL over WebSocket, https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md. graphql-ws implements the
 * protocol; its hooks are here.
 */

export interface SubscriptionsOptions {
  readonly services: Services;
  readonly allowsIntrospection: boolean;
  /** Called with an unexpected error, and the id of the request to subscribe where the error is of an event. */
  readonly onError: (error: unknown, requestId?: RequestId) => void;
  readonly limits?: ConnectionLimits;
}

/** Makes the endpoint `ws /graphql`. */
export function openSubscriptions({
  services,
  allowsIntrospection,
  onError,
  limits = CONNECTION_LIMITS,
}: SubscriptionsOptions): Connect {
  const options = { services, schema: { schema: makeSchema(), allowsIntrospection }, onError, limits };
  const server = makeServer<ConnectionInitMessage['payload'], SubscriptionConnection>({
    connectionInitWaitTimeout: limits.firstMessageMs,
    onConnect: ({ extra }) => extra.init(),
    // Spelled as the header too, as the error about a missing token names it.
    onSubscribe: ({ extra, connectionParams: params }, id) =>
      extra.subscribe(id, params?.['authorization'] ?? params?.['Authorization']),
    subscribe: ({ contextValue }) => resultsOf(contextValue),
    onNext(_, _id, _payload, { contextValue }, { data = null, errors = [] }) {
      if (errors.length === 0 || !(contextValue instanceof RunningSubscription)) return;
      const { requestId } = contextValue;
      const formatted = errors.map((source) => {
        const error = domainErrorOf(source);
        if (needsLogging(source, error)) onError(error.cause, requestId);
        return toGraphQLError(error, requestId, source).toJSON();
      });
      return { data, errors: formatted };
    },
  });
  return (socket, peer, protocol) => new SubscriptionConnection({ socket, peer, protocol }, options, server);
}

/** `onSubscribe` has started the subscription already: only there an error becomes the protocol's `error` message. */
function resultsOf(contextValue: unknown) {
  if (contextValue instanceof RunningSubscription && contextValue.results) return contextValue.results;
  throw new TypeError('an operation was run that had not been started');
}
