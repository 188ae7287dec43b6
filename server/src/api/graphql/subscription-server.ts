import { type ConnectionInitMessage, makeServer } from 'graphql-ws';
import type { RequestId } from '../../domain/ids.ts';
import type { Services } from '../../execution/services.ts';
import { CONNECTION_LIMITS, type LineLimits } from '../websocket/limited-connection.ts';
import type { Connect } from '../websocket/websocket-server.ts';
import { domainErrorOf, isFault, toGraphQLError } from './errors.ts';
import { makeSchema } from './schema.ts';
import { Operation, SubscriptionConnection } from './subscription-connection.ts';

/*
 * GraphQL over WebSocket, https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md: graphql-ws speaks it, and here is what it asks us.
 */

export interface SubscriptionsOptions {
  readonly services: Services;
  /** Whether clients may ask what is in the schema. */
  readonly allowsIntrospection: boolean;
  /** Told of what should never happen, with the operation where it is an event's. */
  readonly onFault: (fault: unknown, requestId?: RequestId) => void;
  readonly limits?: LineLimits;
}

/** Makes what is connected to at `ws /graphql`. */
export function openSubscriptions({
  services,
  allowsIntrospection,
  onFault,
  limits = CONNECTION_LIMITS,
}: SubscriptionsOptions): Connect {
  const ground = { services, schema: { schema: makeSchema(), allowsIntrospection: allowsIntrospection }, onFault, limits };
  const server = makeServer<ConnectionInitMessage['payload'], SubscriptionConnection>({
    connectionInitWaitTimeout: limits.firstMessageMs,
    onSubscribe: ({ extra, connectionParams }, _, payload) => extra.prepare(payload, connectionParams?.['authorization']),
    subscribe: ({ contextValue }) => resultsOf(contextValue),
    onNext(_, _id, _payload, { contextValue }, { data = null, errors = [] }) {
      if (errors.length === 0 || !(contextValue instanceof Operation)) return;
      const { requestId } = contextValue;
      const told = errors.map((error) => {
        const refusal = domainErrorOf(error);
        if (isFault(error, refusal)) onFault(refusal.cause, requestId);
        return toGraphQLError(refusal, requestId, error).toJSON();
      });
      return { data, errors: told };
    },
  });
  return (socket, peer, protocol) => new SubscriptionConnection({ socket, peer, protocol }, ground, server);
}

/** They were opened before, so that a refusal is told as the error that the protocol has for it. */
function resultsOf(operation: unknown) {
  if (operation instanceof Operation && operation.results) return operation.results;
  throw new TypeError('an operation was run that had not been opened');
}
