import type { DomainError } from '../../domain/errors.ts';
import type { Services } from '../../execution/services.ts';
import { type SubscribeRequest, subscribe } from '../../execution/subscribe.ts';
import type { GatewayConnection, RemoteSubscriptions, StoredSubscription } from './remote-subscriptions.ts';
import { authorizeWatching, requestedPosition, watchLoan } from './watch-loan.ts';

export interface RemoteSubscriber {
  readonly subscriptions: RemoteSubscriptions;
  readonly connection: GatewayConnection;
  readonly subscriptionsMax: number;
}

/**
 * Stores a subscription of a connection that a gateway holds. A push sends the `subscribed` message and the events.
 * Never throws: an error is returned, and counted.
 */
export function watchLoanRemotely(
  services: Services,
  request: SubscribeRequest,
  { subscriptions, connection, subscriptionsMax }: RemoteSubscriber,
): Promise<StoredSubscription | DomainError> {
  return subscribe(services, watchLoan, request, async (context) => {
    const { loan, position, visibleLenders } = await authorizeWatching(
      context,
      services,
      await requestedPosition(context, services),
    );
    const { userId, email, session, expiresAt: tokenExpiresAt } = context.caller;
    const subscription = {
      connectionId: connection.connectionId,
      expiresAt: connection.expiresAt,
      loanId: loan.data.loanId,
      userId,
      email,
      tokenExpiresAt,
      sessionId: session?.sessionId,
      isAcknowledged: false,
      position,
      visibleLenders,
      ...context.request,
    };
    return subscriptions.add(subscription, subscriptionsMax);
  });
}
