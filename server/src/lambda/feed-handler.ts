import type { APIGatewayProxyStructuredResultV2, APIGatewayProxyWebsocketEventV2, Context } from 'aws-lambda';
import { errorMessage } from '../api/feed/messages.ts';
import { handleRemoteMessage, type RemoteFeedOptions, type RemoteMessage } from '../api/feed/remote/message-handler.ts';
import type { RemoteSockets } from '../api/feed/remote/remote-sockets.ts';
import { NO_ADDRESS, parseClientAddress } from '../auth/client-address.ts';
import { retryableOnce } from '../composition/retryable-once.ts';
import { parseRequestId, type RequestId } from '../domain/ids.ts';
import { toDomainError } from '../execution/to-domain-error.ts';
import { failedBeforeStart } from '../execution/track-request.ts';
import type { StoreSecrets } from '../storage/store-secrets.ts';
import { type Log, logRequest } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { traceIdOf, traceparentOfXRay } from '../telemetry/trace.ts';
import { watchLoan } from '../usecases/events/watch-loan.ts';

/** API Gateway closes every connection after two hours; the rest is for clocks that differ. */
const CONNECTION_MS_MAX = 7_500_000;

export interface LambdaFeed {
  /** Settles when the app has started, or failed to: then the next message tries again. Never rejects. */
  readonly opened: Promise<void>;
  handler(
    event: APIGatewayProxyWebsocketEventV2,
    context: Pick<Context, 'awsRequestId'>,
  ): Promise<APIGatewayProxyStructuredResultV2>;
}

export interface FeedWork extends RemoteFeedOptions {
  readonly storeSecrets: Pick<StoreSecrets, 'refresh'>;
}

export interface LambdaFeedOptions {
  /** Starts the app. */
  readonly open: () => Promise<FeedWork>;
  /** Sends the response where the app could not be started. */
  readonly sockets: RemoteSockets;
  readonly log: Log;
  readonly metrics: Metrics;
  /** X-Ray's header of the current invocation. */
  readonly xRayHeader: () => string | undefined;
}

/** API Gateway sends `identity` too; its types leave it out. */
type Event = APIGatewayProxyWebsocketEventV2 & {
  readonly requestContext: { readonly identity?: { readonly sourceIp?: string } };
};

const OK: APIGatewayProxyStructuredResultV2 = { statusCode: 200 };

/** The feed as a function behind a WebSocket API. It starts the app at once, and keeps it for all messages. */
export function lambdaFeed({ open, sockets, log, metrics, xRayHeader }: LambdaFeedOptions): LambdaFeed {
  const feed = retryableOnce(open);

  /** Counts as a failed request where the app can't be started, or no alarm would notice. */
  async function reject(message: RemoteMessage, thrown: unknown, durationMs: number): Promise<void> {
    const { requestId, connectionId } = message;
    const error = toDomainError(thrown);
    const ended = failedBeforeStart(watchLoan.endpoint, message, error, durationMs);
    logRequest(log, ended, metrics.requestEnded(ended));
    await sockets.send(connectionId, JSON.stringify(errorMessage(error, requestId)));
    await sockets.close(connectionId);
  }

  async function receive(message: RemoteMessage): Promise<void> {
    const started = performance.now();
    const options = await feed().catch((error: unknown) => reject(message, error, performance.now() - started));
    if (!options) return;
    try {
      await options.storeSecrets.refresh();
      await handleRemoteMessage(options, message);
    } catch (err) {
      const { requestId, traceparent, connectionId } = message;
      log.error({ err, request_id: requestId, trace_id: traceIdOf(traceparent) }, 'a message could not be handled');
      // The response may never come: the client resumes once its connection is closed.
      await sockets.close(connectionId);
    }
  }

  return {
    opened: feed().then(
      () => {},
      (err: unknown) => log.error({ err }, 'the app could not be started; the next message tries again'),
    ),
    async handler(event, { awsRequestId }) {
      const { eventType, connectionId } = event.requestContext;
      try {
        if (eventType === 'MESSAGE') await receive(toRemoteMessage(event, awsRequestId, xRayHeader()));
        if (eventType === 'DISCONNECT') await (await feed()).subscriptions.removeConnection(connectionId);
      } catch (err) {
        // A connection that is gone or out of reach is found by the next push, or its subscriptions expire.
        log.error({ err, event_type: eventType }, 'a connection could not be handled');
      }
      return OK;
    },
  };
}

function toRemoteMessage(
  { requestContext, body = '', isBase64Encoded }: Event,
  awsRequestId: string,
  xRay: string | undefined,
): RemoteMessage {
  const { connectionId, connectedAt, identity } = requestContext;
  return {
    connectionId,
    expiresAt: connectedAt + CONNECTION_MS_MAX,
    requestId: requireRequestId(awsRequestId),
    traceparent: traceparentOfXRay(xRay) ?? null,
    address: parseClientAddress(identity?.sourceIp ?? '') ?? NO_ADDRESS,
    text: isBase64Encoded ? undefined : body,
  };
}

function requireRequestId(awsRequestId: string): RequestId {
  const requestId = parseRequestId(awsRequestId);
  if (!requestId) throw new TypeError('the invocation has no valid id');
  return requestId;
}
