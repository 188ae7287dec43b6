import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { problemWithoutContext } from '../api/http/problem.ts';
import { useCaseAt } from '../api/http/routes.ts';
import type { App } from '../composition/app.ts';
import { type DomainError, invalid } from '../domain/errors.ts';
import { parseRequestId, type RequestId } from '../domain/ids.ts';
import { toDomainError } from '../execution/to-domain-error.ts';
import { type Log, logRequest } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { continueTrace, traceIdOf, traceparentOfXRay } from '../telemetry/trace.ts';
import { requestOf, resultOf } from './http-event.ts';
import { type ImportQueue, PendingImports } from './import-queue.ts';
import { retryableOnce } from './retryable-once.ts';

export interface LambdaApi {
  /** Once the program stands, or could not be opened: then the next request tries again. Never rejects. */
  readonly opened: Promise<void>;
  handler(event: APIGatewayProxyEventV2, context: Pick<Context, 'awsRequestId'>): Promise<APIGatewayProxyStructuredResultV2>;
}

export interface LambdaApiOptions {
  /** Puts the program together. */
  readonly open: () => Promise<App>;
  /** Undefined where nobody takes the steps of imports. */
  readonly queue?: ImportQueue | undefined;
  readonly log: Log;
  readonly metrics: Metrics;
  /** X-Ray's header of the invocation under way. */
  readonly xRayHeader: () => string | undefined;
}

/** The API as a function behind API Gateway. It begins to open the program at once, and keeps it for all requests. */
export function lambdaApi({ open, queue, log, metrics, xRayHeader }: LambdaApiOptions): LambdaApi {
  const imports = queue && new PendingImports(queue, log);
  const opening = retryableOnce(async () => {
    const app = await open();
    imports?.collectFrom(app.services.changes);
    return app;
  });

  return {
    opened: opening().then(
      () => {},
      (err: unknown) => log.error({ err }, 'the program could not be opened; the next request tries again'),
    ),
    async handler(event, { awsRequestId }) {
      const started = performance.now();
      const requestId = requestIdOf(event, awsRequestId);
      const request = readRequest(event);
      if (!request) {
        log.info({ request_id: requestId }, 'the event tells no request');
        return resultOf(problemWithoutContext(malformed(), requestId));
      }
      request.headers.set('X-Request-Id', requestId);
      carryTrace(request.headers, xRayHeader());
      try {
        const { fetch } = await opening();
        const response = await fetch(request, { address: event.requestContext.http.sourceIp });
        await imports?.flush();
        return await resultOf(response);
      } catch (fault) {
        const failure = toDomainError(fault);
        tell(log, metrics, { request, requestId, failure, durationMs: performance.now() - started });
        return resultOf(problemWithoutContext(failure, requestId));
      }
    },
  };
}

/** What the caller names it, else what AWS's own lines name it. */
function requestIdOf(event: Partial<APIGatewayProxyEventV2>, awsRequestId: string): RequestId {
  const [, named = ''] = Object.entries(event.headers ?? {}).find(([name]) => name.toLowerCase() === 'x-request-id') ?? [];
  const requestId = parseRequestId(named) ?? parseRequestId(awsRequestId);
  if (!requestId) throw new TypeError('AWS gave the invocation no id');
  return requestId;
}

function readRequest(event: APIGatewayProxyEventV2): Request | undefined {
  try {
    return requestOf(event);
  } catch {
    return undefined;
  }
}

function malformed(): DomainError {
  return invalid([{ path: '', code: 'INVALID', message: 'This is not a well-formed request.' }]);
}

/** The caller's own trace comes first. What this invocation is part of knows more than the header, which anybody can send. */
function carryTrace(headers: Headers, xRayHeader: string | undefined): void {
  if (continueTrace(headers.get('traceparent') ?? undefined) !== null) return;
  const found = traceparentOfXRay(xRayHeader) ?? traceparentOfXRay(headers.get('X-Amzn-Trace-Id') ?? undefined);
  if (found !== undefined) headers.set('traceparent', found);
}

interface Failed {
  readonly request: Request;
  readonly requestId: RequestId;
  readonly failure: DomainError;
  readonly durationMs: number;
}

/** A request that found no program counts as any other that failed, or no alarm would tell of it. */
function tell(log: Log, metrics: Metrics, { request, requestId, failure, durationMs }: Failed): void {
  const traceparent = continueTrace(request.headers.get('traceparent') ?? undefined);
  const endpoint = useCaseAt(request.method, new URL(request.url).pathname)?.endpoint;
  if (endpoint === undefined) {
    log.error({ err: failure.cause, request_id: requestId, trace_id: traceIdOf(traceparent) }, 'request failed');
    return;
  }
  const nobody = { userId: undefined, replayedRequestId: undefined, lendersAdded: 0 };
  const ended = { endpoint, durationMs, error: failure, requestId, traceparent, ...nobody };
  logRequest(log, ended, metrics.requestEnded(ended));
}
