import type { Context, HonoRequest } from 'hono';
import { DomainError } from '../../domain/errors.ts';
import type { RequestId } from '../../domain/ids.ts';
import { type Authenticator, type RateState, requireWithinRate } from '../../execution/authenticate.ts';
import { execute, type RequestPayload, type UseCaseRequest, type UseCaseResponse } from '../../execution/execute.ts';
import type { IdempotencyKeyHeaders } from '../../execution/idempotency.ts';
import type { JsonBody } from '../../execution/json-body.ts';
import type { Services } from '../../execution/services.ts';
import { acceptsCsv, importRowsAsCsv, readLenderFile, requireCsv, UploadLimiter } from './csv-body.ts';
import type { Env } from './hono-env.ts';
import { problemResponse } from './problem.ts';
import { parseJsonObject, readBody, requireJson } from './request-body.ts';
import { type Route, takesBody } from './routes.ts';

/** Makes a route's handler: HTTP in, use case, HTTP out. It decides nothing. */
export function useCaseHandler(route: Route, services: Services): (context: Context<Env>) => Promise<Response> {
  const uploads = route.takesCsv && new UploadLimiter();
  return async (context) => {
    const csvUseCase = acceptsCsv(context.req) ? route.inCsv : undefined;
    const call: UseCaseRequest = {
      requestId: context.var.requestId,
      traceparent: context.var.traceparent,
      token: bearerToken(context.req.header('Authorization')),
      address: context.var.clientAddress,
      read: async () => (uploads ? readUpload(context.req, uploads) : readSent(route, context.req)),
    };
    const reply = await execute(services, csvUseCase ?? route.useCase, call);
    return respond(context, reply, csvUseCase ? CSV : JSON_FORMAT);
  };
}

export function bearerToken(authorization: string | undefined): string | undefined {
  return /^Bearer +([^ ]+)$/i.exec(authorization ?? '')?.[1];
}

async function readSent(route: Route, request: HonoRequest): Promise<RequestPayload> {
  const { search, searchParams } = new URL(request.url);
  const sent = { query: search, keys: keysOf(request) };
  if (route.useCase.kind === 'query') {
    return { ...sent, mediaType: '', parameters: { ...members(searchParams), ...request.param() }, body: () => ({ members: {} }) };
  }
  const bytes = await readBody(request);
  const mediaType = bytes.length > 0 || takesBody(route) ? requireJson(request) : '';
  return { ...sent, mediaType, parameters: request.param(), body: () => ({ members: parseJsonObject(bytes) }) };
}

/** Its headers; the file itself only once it is known who sends it, since it may be large. */
function readUpload(request: HonoRequest, uploads: UploadLimiter): RequestPayload {
  const { search, searchParams } = new URL(request.url);
  const mediaType = requireCsv(request);
  return {
    ...{ query: search, keys: keysOf(request), mediaType, parameters: { ...members(searchParams), ...request.param() } },
    async body() {
      const { rows, digest } = await uploads.take(() => readLenderFile(request));
      return { members: { rows }, fingerprintInput: digest };
    },
  };
}

export function keysOf(request: HonoRequest): IdempotencyKeyHeaders {
  return { 'Idempotency-Key': request.header('Idempotency-Key'), 'X-Idempotency-Key': request.header('X-Idempotency-Key') };
}

/** A parameter that is named twice becomes a list, which no parameter of ours may be. */
function members(query: URLSearchParams): Record<string, unknown> {
  return Object.fromEntries(
    [...new Set(query.keys())].map((name) => {
      const values = query.getAll(name);
      return [name, values.length === 1 ? values[0] : values];
    }),
  );
}

interface Format {
  readonly mediaType: string;
  print(body: JsonBody): string;
}

const JSON_FORMAT: Format = { mediaType: 'application/json', print: (body) => body.text };
const CSV: Format = { mediaType: 'text/csv; charset=utf-8', print: importRowsAsCsv };

function respond(
  context: Context<Env>,
  { result, rate, replayedRequestId }: UseCaseResponse,
  { mediaType, print }: Format,
): Response {
  if (rate) setRateHeaders(context, rate);
  if (result instanceof DomainError) return problemResponse(context, result);
  if (result.location !== null) context.header('Location', result.location);
  if (replayedRequestId !== undefined) setReplayHeaders(context, replayedRequestId);
  return context.body(print(result.body), result.status, { 'Content-Type': mediaType });
}

/** One request of the client's network address, where no user asks. */
export async function consumeAddressQuota(context: Context<Env>, { consume }: Pick<Authenticator, 'consume'>): Promise<void> {
  const rate = await consume(context.var.clientAddress);
  if (rate) setRateHeaders(context, rate);
  requireWithinRate(rate);
}

export function setReplayHeaders(context: Context, replayedRequestId: RequestId): void {
  context.header('Idempotency-Replayed', 'true');
  context.header('Idempotency-Original-Request-Id', replayedRequestId);
}

/** As in the IETF draft of RateLimit header fields: quota and window, what is left and until when. */
export function setRateHeaders(context: Context, { quota, windowSeconds, remaining, resetSeconds }: RateState): void {
  context.header('RateLimit-Policy', `"default";q=${quota};w=${windowSeconds}`);
  context.header('RateLimit', `"default";r=${remaining};t=${resetSeconds}`);
}
