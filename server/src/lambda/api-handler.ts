import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { problemWithoutContext } from '../api/http/problem.ts';
import { useCaseAt } from '../api/http/routes.ts';
import type { App } from '../composition/app.ts';
import { retryableOnce } from '../composition/retryable-once.ts';
import { type DomainError, invalid } from '../domain/errors.ts';
import { parseRequestId, type RequestId } from '../domain/ids.ts';
import { toDomainError } from '../execution/to-domain-error.ts';
import { failedBeforeStart } from '../execution/track-request.ts';
import { type Log, logRequest } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { continueTrace, traceIdOf, traceparentOfXRay } from '../telemetry/trace.ts';
import { requestOf, resultOf } from './http-event.ts';
import { type ImportQueue, PendingImports } from './import-queue.ts';

export interface LambdaApi {
  /** Resolves once the app is open, or could not be opened; then the next request tries again. */
  readonly opened: Promise<void>;
  handler(event: APIGatewayProxyEventV2, context: Pick<Context, 'awsRequestId'>): Promise<APIGatewayProxyStructuredResultV2>;
}

export interface LambdaApiOptions {
  readonly open: () => Promise<App>;
  /** Undefined if there is no import worker. */
  readonly queue?: ImportQueue | undefined;
  readonly log: Log;
  readonly metrics: Metrics;
  /** The X-Ray header of the running invocation. */
  readonly xRayHeader: () => string | undefined;
}

/** The API as a function behind API Gateway. Opens the app at once, and keeps it for all requests. */
export function lambdaApi({ open, queue, log, metrics, xRayHeader }: LambdaApiOptions): LambdaApi {
  const imports = queue && new PendingImports(queue, log);
  const load = retryableOnce(async () => {
    const app = await open();
    imports?.collectFrom(app.services.changes);
    return app;
  });

  const logContactFailure = (err: unknown) => log.error({ err }, 'recording a user’s address failed, will be retried');

  return {
    opened: load().then(
      () => {},
      (err: unknown) => log.error({ err }, 'opening the app failed, the next request will retry'),
    ),
    async handler(event, { awsRequestId }) {
      const started = performance.now();
      const requestId = requestIdOf(event, awsRequestId);
      const request = readRequest(event);
      if (!request) {
        log.info({ request_id: requestId }, 'event is not an HTTP request');
        const malformed = invalid([{ path: '', code: 'INVALID', message: 'This is not a well-formed request.' }]);
        return resultOf(problemWithoutContext(malformed, requestId, headerOf(event, 'Accept')));
      }
      request.headers.set('X-Request-Id', requestId);
      setTraceparent(request.headers, xRayHeader());
      try {
        const { fetch, contacts, storeSecrets } = await load();
        await storeSecrets.refresh(); // no timer runs while the process is frozen
        const response = await fetch(request, { address: event.requestContext.http.sourceIp });
        // Before the process is frozen. After an error of the store, recording would only delay the response.
        await Promise.all([imports?.flush(), response.status < 500 ? contacts.flush(logContactFailure) : undefined]);
        return await resultOf(response);
      } catch (error) {
        const failure = toDomainError(error);
        logFailure(log, metrics, { request, requestId, failure, durationMs: performance.now() - started });
        return resultOf(problemWithoutContext(failure, requestId, request.headers.get('Accept')));
      }
    },
  };
}

/** The request id that the client sent, else that of the invocation. */
function requestIdOf(event: Partial<APIGatewayProxyEventV2>, awsRequestId: string): RequestId {
  const requestId = parseRequestId(headerOf(event, 'X-Request-Id') ?? '') ?? parseRequestId(awsRequestId);
  if (!requestId) throw new TypeError('the invocation has no valid request id');
  return requestId;
}

/** Of an event that may be no request. */
function headerOf({ headers = {} }: Partial<APIGatewayProxyEventV2>, name: string): string | undefined {
  return Object.entries(headers).find(([sent]) => sent.toLowerCase() === name.toLowerCase())?.[1];
}

function readRequest(event: APIGatewayProxyEventV2): Request | undefined {
  try {
    return requestOf(event);
  } catch {
    return undefined;
  }
}

/** Prefers the client's `traceparent`, then the trace of the invocation, then the X-Ray header, which anyone can send. */
function setTraceparent(headers: Headers, xRayHeader: string | undefined): void {
  if (continueTrace(headers.get('traceparent') ?? undefined) !== null) return;
  const found = traceparentOfXRay(xRayHeader) ?? traceparentOfXRay(headers.get('X-Amzn-Trace-Id') ?? undefined);
  if (found !== undefined) headers.set('traceparent', found);
}

/** What runs use cases besides the routes, by its name in metrics. */
const OTHER_ENDPOINTS: Readonly<Record<string, string>> = {
  'GET /auth/callback': 'FinishSignIn',
  'GET /auth/login': 'BeginSignIn',
  'GET /auth/me': 'ReadSession',
  'PATCH /auth/me': 'ChangeName',
  'POST /auth/feed-tickets': 'IssueFeedTicket',
  'POST /auth/logout': 'SignOut',
  'POST /graphql': 'GraphQL',
  'POST /mail/decline': 'DeclineByMail',
  'POST /mail/invitation': 'ReadInvitationOfMail',
  'POST /mail/opt-out': 'OptOutOfMail',
  'DELETE /mail/opt-out': 'ResumeMail',
};

interface FailedRequest {
  readonly request: Request;
  readonly requestId: RequestId;
  readonly failure: DomainError;
  readonly durationMs: number;
}

/** Logs and counts a request that did not reach the app, so that alarms see it. */
function logFailure(log: Log, metrics: Metrics, { request, requestId, failure, durationMs }: FailedRequest): void {
  const traceparent = continueTrace(request.headers.get('traceparent') ?? undefined);
  const { pathname } = new URL(request.url);
  const endpoint = useCaseAt(request.method, pathname)?.endpoint ?? OTHER_ENDPOINTS[`${request.method} ${pathname}`];
  if (endpoint === undefined) {
    log.error({ err: failure.cause, request_id: requestId, trace_id: traceIdOf(traceparent) }, 'request failed');
    return;
  }
  const ended = failedBeforeStart(endpoint, { requestId, traceparent }, failure, durationMs);
  logRequest(log, ended, metrics.requestEnded(ended));
}
