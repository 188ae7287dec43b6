import type { APIGatewayProxyStructuredResultV2, APIGatewayProxyWebsocketEventV2, Context } from 'aws-lambda';
import { errorMessage } from '../api/feed/messages.ts';
import { FeedGateway, type Received } from '../api/feed/remote/message-handler.ts';
import type { Sockets } from '../api/feed/remote/remote-sockets.ts';
import { parseRequestId, type RequestId } from '../domain/ids.ts';
import type { Services } from '../execution/services.ts';
import { toDomainError } from '../execution/to-domain-error.ts';
import { type Log, logRequest } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { traceIdOf, traceparentOfXRay } from '../telemetry/trace.ts';
import { watching } from '../usecases/events/watch-loan.ts';
import type { FeedPush } from './feed-push.ts';

/** After two hours API Gateway closes every connection; our clock and its own may differ. */
const CONNECTION_MS_MAX = 7_500_000;

export interface LambdaFeed {
  /** Once the program stands, or could not be opened: then the next message tries again. Never rejects. */
  readonly opened: Promise<void>;
  handler(
    event: APIGatewayProxyWebsocketEventV2,
    context: Pick<Context, 'awsRequestId'>,
  ): Promise<APIGatewayProxyStructuredResultV2>;
}

export interface OpenFeed extends Omit<FeedPush, 'pushToSubscribers'> {
  readonly services: Services;
}

export interface LambdaFeedOptions {
  /** Puts the program together. */
  readonly open: () => Promise<OpenFeed>;
  /** Answers where it could not be. */
  readonly sockets: Sockets;
  readonly log: Log;
  readonly metrics: Metrics;
  /** X-Ray's header of the invocation under way. */
  readonly xRayHeader: () => string | undefined;
}

/** What API Gateway knows of the client; its types leave it out. */
interface Caller {
  readonly identity?: { readonly sourceIp?: string };
}

type Event = APIGatewayProxyWebsocketEventV2 & { readonly requestContext: Caller };

const DONE: APIGatewayProxyStructuredResultV2 = { statusCode: 200 };

/** The feed as a function behind a WebSocket API. It begins to open the program at once, and keeps it for all messages. */
export function lambdaFeed({ open, sockets, log, metrics, xRayHeader }: LambdaFeedOptions): LambdaFeed {
  let feed: Promise<OpenFeed> | undefined;
  const opening = (): Promise<OpenFeed> => {
    feed ??= open().catch((fault: unknown) => {
      feed = undefined;
      throw fault;
    });
    return feed;
  };

  /** Where the program can't be opened, a request counts as any other that failed, or no alarm would tell of it. */
  async function refuse(received: Received, fault: unknown, durationMs: number): Promise<void> {
    const { requestId, traceparent, connectionId } = received;
    const failure = toDomainError(fault);
    const nobody = { userId: undefined, replayedRequestId: undefined, lendersAdded: 0 };
    const ended = { endpoint: watching.endpoint, durationMs, error: failure, requestId, traceparent, ...nobody };
    logRequest(log, ended, metrics.requestEnded(ended));
    await sockets.send(connectionId, JSON.stringify(errorMessage(failure, requestId)));
    await sockets.close(connectionId);
  }

  async function receive(received: Received): Promise<void> {
    const started = performance.now();
    const feed = await opening().catch((fault: unknown) => refuse(received, fault, performance.now() - started));
    if (!feed) return;
    try {
      await new FeedGateway(feed).receive(received);
    } catch (err) {
      const { requestId, traceparent, connectionId } = received;
      log.error({ err, request_id: requestId, trace_id: traceIdOf(traceparent) }, 'a message could not be carried out');
      // What the client waits for may never come: once it is cut off, it resumes.
      await sockets.close(connectionId);
    }
  }

  return {
    opened: opening().then(
      () => {},
      (err: unknown) => log.error({ err }, 'the program could not be opened; the next message tries again'),
    ),
    async handler(event, { awsRequestId }) {
      const { eventType, connectionId } = event.requestContext;
      try {
        if (eventType === 'MESSAGE') await receive(receivedOf(event, awsRequestId, xRayHeader()));
        if (eventType === 'DISCONNECT') await (await opening()).watchers.forget(connectionId);
      } catch (err) {
        // Who is gone or can't be reached now is found out by the next push, or forgotten when their time is over.
        log.error({ err, event_type: eventType }, 'a connection could not be seen to');
      }
      return DONE;
    },
  };
}

function receivedOf(
  { requestContext, body = '', isBase64Encoded }: Event,
  awsRequestId: string,
  xRay: string | undefined,
): Received {
  const { connectionId, connectedAt, identity } = requestContext;
  return {
    connectionId,
    expiresAt: connectedAt + CONNECTION_MS_MAX,
    requestId: requestIdOf(awsRequestId),
    traceparent: traceparentOfXRay(xRay) ?? null,
    address: identity?.sourceIp ?? '',
    text: isBase64Encoded ? undefined : body,
  };
}

function requestIdOf(awsRequestId: string): RequestId {
  const requestId = parseRequestId(awsRequestId);
  if (!requestId) throw new TypeError('AWS gave the invocation no id');
  return requestId;
}
