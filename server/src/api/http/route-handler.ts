import type { Context, HonoRequest } from 'hono';
import { DomainError, type FieldError } from '../../domain/errors.ts';
import type { RequestId } from '../../domain/ids.ts';
import { type Authenticator, type RateState, requireWithinRate } from '../../execution/authenticate.ts';
import { execute, type RequestPayload, type UseCaseResponse } from '../../execution/execute.ts';
import type { IdempotencyKeyHeaders } from '../../execution/idempotency.ts';
import type { JsonBody } from '../../execution/json-body.ts';
import type { Services } from '../../execution/services.ts';
import type { RequestProgress } from '../../execution/track-request.ts';
import { credentialOf, requireAllowedOrigin } from './auth/credential.ts';
import { acceptsCsv, importRowsCsv, readLenderFile, requireCsv } from './csv-body.ts';
import { acceptsEventStream, EVENT_STREAM, eventStreamParameters, eventStreamText } from './event-stream/event-page.ts';
import type { LiveStreams } from './event-stream/live-streams.ts';
import type { Env } from './hono-env.ts';
import { problemResponse } from './problem.ts';
import { BODY_BYTES_MAX, declaresBody, parseJsonObject, readBody, requireDeclaredSize, requireJson } from './request-body.ts';
import { queryParameterNames, type Route, takesBody } from './routes.ts';
import { textResponse } from './text-response.ts';
import { UploadLimiter } from './uploads.ts';

export interface EventStreamOptions {
  /** Undefined where the process can't hold a response open. */
  readonly liveStreams?: LiveStreams | undefined;
  readonly corsOrigins: readonly string[];
}

/** A route with what a request needs of it, found once. */
interface ServedRoute extends Route {
  readonly hasBody: boolean;
  readonly queryNames: readonly string[];
}

/** Creates the handler of a route: HTTP request → use case → HTTP response. It decides nothing itself. */
export function useCaseHandler(
  route: Route,
  services: Services,
  { liveStreams, corsOrigins }: EventStreamOptions,
): (context: Context<Env>) => Promise<Response> {
  const uploads = route.takesCsv && new UploadLimiter();
  const served: ServedRoute = { ...route, hasBody: takesBody(route), queryNames: queryParameterNames(route) };
  return async (context) => {
    if (isEventStream(route, context.req)) requireAllowedOrigin(context, corsOrigins);
    if (liveStreams && isEventStream(route, context.req)) return openEventStream(context, services, liveStreams);
    const csvUseCase = route.inCsv && acceptsCsv(context.req) ? route.inCsv : undefined;
    const response = await execute(services, csvUseCase ?? route.useCase, {
      requestId: context.get('requestId'),
      traceparent: context.get('traceparent'),
      credential: credentialOf(context),
      address: context.get('clientAddress'),
      read: async () => (uploads ? readUpload(served, context.req, uploads) : readPayload(served, context.req)),
    });
    if (isEventStream(route, context.req)) return toHttp(context, response, EVENT_STREAM, eventStreamText);
    if (!csvUseCase) return toHttp(context, response);
    return toHttp(context, response, 'text/csv; charset=utf-8', (body) => importRowsCsv(body, services.budget));
  };
}

async function openEventStream(context: Context<Env>, services: Services, streams: LiveStreams): Promise<Response> {
  const { requestId, traceparent, clientAddress: address } = context.var;
  const progress: RequestProgress = {};
  const { searchParams } = new URL(context.req.url);
  const parameters = eventStreamParameters(context.req, { ...queryParameters(searchParams), ...context.req.param() });
  const credential = credentialOf(context);
  const request = { requestId, traceparent, credential, address, parameters, progress };
  const from = searchParams.get('from') === 'now' ? 'now' : 'beginning';
  const stream = await streams.open(services, request, { from, disconnect: context.env.disconnect });
  if (progress.rate) setRateHeaders(context, progress.rate);
  if (stream instanceof DomainError) return problemResponse(context, stream);
  return context.body(stream, 200, { 'Content-Type': EVENT_STREAM, 'X-Accel-Buffering': 'no' });
}

function readPayload(route: ServedRoute, request: HonoRequest): RequestPayload {
  const keys = idempotencyHeaders(request);
  if (route.useCase.kind === 'query') {
    const { search: query, searchParams } = new URL(request.url);
    const given = { ...queryParameters(searchParams), ...request.param() };
    const parameters = isEventStream(route, request) ? eventStreamParameters(request, given) : given;
    return { query, keys, mediaType: '', parameters, body: () => ({ members: {} }) };
  }
  requireDeclaredSize(request, BODY_BYTES_MAX);
  const mediaType = route.hasBody || declaresBody(request) ? requireJson(request) : '';
  return {
    query: request.url.includes('?') ? new URL(request.url).search : '',
    keys,
    mediaType,
    parameters: request.param(),
    queryViolations: unknownParameters(request, route.queryNames),
    async body() {
      const bytes = await readBody(request);
      if (bytes.length > 0 && mediaType === '') requireJson(request); // it had not declared them
      return { members: parseJsonObject(bytes, !route.hasBody) };
    },
  };
}

function isEventStream({ inEventStream }: Route, request: HonoRequest): boolean {
  return inEventStream === true && acceptsEventStream(request);
}

function readUpload(route: ServedRoute, request: HonoRequest, uploads: UploadLimiter): RequestPayload {
  const { search: query, searchParams } = new URL(request.url);
  const keys = idempotencyHeaders(request);
  const mediaType = requireCsv(request);
  return {
    query,
    keys,
    mediaType,
    parameters: { ...queryParameters(searchParams), ...request.param() },
    queryViolations: unknownParameters(request, route.queryNames),
    async body({ userId }, loan) {
      if (!loan) throw new TypeError('the command of a CSV route has no head that reads the loan');
      const { rows, digest } = await uploads.run(userId, () => readLenderFile(request, loan.currency));
      return { members: { rows }, fingerprintInput: digest };
    },
  };
}

export function idempotencyHeaders(request: HonoRequest): IdempotencyKeyHeaders {
  return { 'Idempotency-Key': request.header('Idempotency-Key'), 'X-Idempotency-Key': request.header('X-Idempotency-Key') };
}

/** A repeated parameter becomes a list, which no schema accepts. */
function queryParameters(query: URLSearchParams): Record<string, unknown> {
  // One pass: `getAll` for each name would walk all parameters for each.
  const byName = Map.groupBy(query, ([name]) => name);
  return Object.fromEntries(
    [...byName].map(([name, entries]) => {
      const values = entries.map(([, value]) => value);
      return [name, values.length === 1 ? values[0] : values];
    }),
  );
}

/** Of the query string of a call that changes something: a misspelt `dry_run` must not invite anyone. Once for each name. */
export function unknownParameters(request: HonoRequest, known: readonly string[] = []): FieldError[] {
  if (!request.url.includes('?')) return [];
  const { searchParams } = new URL(request.url);
  const advice = known.length > 0 ? `This call takes ${known.join(', ')}.` : 'This call takes none.';
  return [...new Set(searchParams.keys())]
    .filter((name) => !known.includes(name))
    .map((name) => ({ path: name, code: 'INVALID', message: `There is no query parameter "${name}" here. ${advice}` }));
}

async function toHttp(
  context: Context<Env>,
  { result, rate, replayedRequestId }: UseCaseResponse,
  mediaType = 'application/json',
  format: (body: JsonBody) => string | Promise<string> = ({ text }) => text,
): Promise<Response> {
  if (result instanceof DomainError) {
    if (rate) setRateHeaders(context, rate);
    return problemResponse(context, result);
  }
  return textResponse(context, await format(result.body), result.status, {
    'Content-Type': mediaType,
    ...(rate && rateHeaders(rate)),
    ...(result.location !== null && { Location: result.location }),
    ...(replayedRequestId !== undefined && replayHeaders(replayedRequestId)),
  });
}

/** Counts a request without a user against the rate of its network address. @throws DomainError over the rate */
export async function consumeAddressQuota(context: Context<Env>, { consume }: Pick<Authenticator, 'consume'>): Promise<void> {
  const rate = await consume(context.var.clientAddress);
  if (rate) setRateHeaders(context, rate);
  requireWithinRate(rate);
}

export function setReplayHeaders(context: Context, replayedRequestId: RequestId): void {
  setHeaders(context, replayHeaders(replayedRequestId));
}

export function setRateHeaders(context: Context, rate: RateState): void {
  setHeaders(context, rateHeaders(rate));
}

function replayHeaders(replayedRequestId: RequestId) {
  return { 'Idempotency-Replayed': 'true', 'Idempotency-Original-Request-Id': replayedRequestId };
}

/** The IETF draft's RateLimit header fields. */
function rateHeaders({ quota, windowSeconds, remaining, resetSeconds }: RateState) {
  return {
    'RateLimit-Policy': `"default";q=${quota};w=${windowSeconds}`,
    RateLimit: `"default";r=${remaining};t=${resetSeconds}`,
  };
}

function setHeaders(context: Context, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) context.header(name, value);
}
