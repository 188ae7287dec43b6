import type { ExecutionResult, GraphQLError } from 'graphql';
import type { Context, HonoRequest } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import * as z from 'zod';
import type { DomainError } from '../../domain/errors.ts';
import type { UseCaseResponse } from '../../execution/execute.ts';
import type { IdempotencyKeyHeaders } from '../../execution/idempotency.ts';
import type { Services } from '../../execution/services.ts';
import { toDomainError } from '../../execution/to-domain-error.ts';
import { validateInput } from '../../execution/validate-input.ts';
import type { Env } from '../http/hono-env.ts';
import { setProblemHeaders, statusOf } from '../http/problem.ts';
import { parseJsonObject, readBody, requireJson } from '../http/request-body.ts';
import { bearerToken, consumeAddressQuota, idempotencyHeaders, setRateHeaders, setReplayHeaders } from '../http/route-handler.ts';
import { domainErrorOf, errorBody, needsLogging } from './errors.ts';
import { executeOperation, type GraphQlOperation, type GraphQlSchema } from './operation.ts';
import { createResolverContext } from './resolver-context.ts';
import { makeSchema } from './schema.ts';

/* GraphQL over HTTP: https://graphql.github.io/graphql-over-http/draft/ */

const RESPONSE_TYPE = 'application/graphql-response+json';

const requestShape = z.object({
  query: z.string({ error: 'must be a GraphQL document' }),
  variables: z.record(z.string(), z.unknown(), { error: 'must be an object' }).nullish(),
  operationName: z.string({ error: 'must be the name of an operation' }).nullish(),
});

export interface GraphQlOptions {
  readonly allowsIntrospection: boolean;
  /** Called with an unexpected error outside of use cases. */
  readonly onError: (error: unknown, request: Env['Variables']) => void;
}

type Handler = (context: Context<Env>) => Promise<Response>;

/** Makes the handler of `POST /graphql`. */
export function graphQlHandler(services: Services, { allowsIntrospection, onError }: GraphQlOptions): Handler {
  const schema: GraphQlSchema = { schema: makeSchema(), allowsIntrospection };
  return async (context) => {
    try {
      const { data, errors = [] } = await runRequest(context, services, schema);
      const failures = errors.map((source) => ({ source, error: domainErrorOf(source) }));
      for (const { source, error } of failures) if (needsLogging(source, error)) onError(error.cause, context.var);
      return respond(context, data, failures);
    } catch (thrown) {
      const error = toDomainError(thrown);
      if (error !== thrown) onError(thrown, context.var);
      return respondError(context, error, statusOf(error.code));
    }
  };
}

/** @throws DomainError where the request is no GraphQL request, or its address exceeds its rate */
async function runRequest(context: Context<Env>, services: Services, schema: GraphQlSchema): Promise<ExecutionResult> {
  const { requestId, traceparent, clientAddress } = context.var;
  const keys = idempotencyHeaders(context.req);
  const token = bearerToken(context.req.header('Authorization'));
  let useCaseCount = 0;
  const onResponse = ({ rate, replayedRequestId }: UseCaseResponse) => {
    useCaseCount += 1;
    if (rate) setRateHeaders(context, rate);
    if (replayedRequestId !== undefined) setReplayHeaders(context, replayedRequestId);
  };
  const request = { requestId, traceparent, token, address: clientAddress, keys, onResponse };
  try {
    return await executeOperation(schema, await readOperation(context.req, keys), createResolverContext(services, request));
  } finally {
    // Each use case counts against its caller's rate. A request that reaches none counts against its address's.
    if (useCaseCount === 0) await consumeAddressQuota(context, services.authenticator);
  }
}

async function readOperation(request: HonoRequest, keys: IdempotencyKeyHeaders): Promise<GraphQlOperation> {
  const bytes = await readBody(request);
  requireJson(request);
  const { query, variables, operationName } = validateInput(requestShape, parseJsonObject(bytes));
  const isKeyed = Object.values(keys).some((key) => key !== undefined);
  return { query, variables: variables ?? {}, operationName: operationName ?? undefined, isKeyed };
}

interface Failure {
  readonly source: GraphQLError;
  readonly error: DomainError;
}

function respond(context: Context<Env>, data: ExecutionResult['data'], failures: readonly Failure[]): Response {
  const [first] = failures;
  const hasData = Object.values(data ?? {}).some((value) => value !== null);
  // A bad token is the request's error, not a field's.
  if (first && !hasData && failures.every(({ error }) => error.code === 'UNAUTHORIZED')) {
    return respondError(context, first.error, 401);
  }
  const { requestId } = context.var;
  const errors = failures.map(({ source, error }) => errorBody(error, requestId, source));
  const body = { ...(errors.length > 0 && { errors }), ...(data !== undefined && { data }) };
  // Clients of the older media type read the body of a 200 only.
  const isRejected = data === undefined && responseType(context) === RESPONSE_TYPE;
  return send(context, body, isRejected && first ? statusOf(first.error.code) : 200);
}

function respondError(context: Context<Env>, error: DomainError, status: ContentfulStatusCode): Response {
  setProblemHeaders(context, error);
  return send(context, { errors: [errorBody(error, context.var.requestId)] }, status);
}

function send(context: Context<Env>, body: object, status: ContentfulStatusCode): Response {
  return context.body(JSON.stringify(body), status, { 'Content-Type': responseType(context) });
}

function responseType(context: Context<Env>): string {
  const accepted = (context.req.header('Accept') ?? '').split(',').map((range) => range.split(';')[0]?.trim().toLowerCase());
  return accepted.includes(RESPONSE_TYPE) ? RESPONSE_TYPE : 'application/json';
}
