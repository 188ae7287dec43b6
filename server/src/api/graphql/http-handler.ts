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
import { domainErrorOf, errorBody, isFault } from './errors.ts';
import { answer, type ParsedOperation, type Schema } from './operation.ts';
import { createResolverContext } from './resolver-context.ts';
import { makeSchema } from './schema.ts';

/* GraphQL over HTTP: https://graphql.github.io/graphql-over-http/draft/ */

const RESPONSE_TYPE = 'application/graphql-response+json';

const form = z.object({
  query: z.string({ error: 'must be a GraphQL document' }),
  variables: z.record(z.string(), z.unknown(), { error: 'must be an object' }).nullish(),
  operationName: z.string({ error: 'must be the name of an operation' }).nullish(),
});

export interface GraphQlOptions {
  /** Whether clients may ask what is in the schema. */
  readonly allowsIntrospection: boolean;
  /** Told of what fails outside of any use case. */
  readonly onFault: (fault: unknown, during: Env['Variables']) => void;
}

type Handler = (context: Context<Env>) => Promise<Response>;

/** Makes the handler of `POST /graphql`: GraphQL in, use cases, GraphQL out. It decides nothing. */
export function graphQlHandler(services: Services, { allowsIntrospection, onFault }: GraphQlOptions): Handler {
  const schema: Schema = { schema: makeSchema(), allowsIntrospection: allowsIntrospection };
  return async (context) => {
    try {
      const { data, errors = [] } = await answerTo(context, services, schema);
      const refused = errors.map((error) => ({ error, refusal: domainErrorOf(error) }));
      for (const { error, refusal } of refused) if (isFault(error, refusal)) onFault(refusal.cause, context.var);
      return respond(context, data, refused);
    } catch (thrown) {
      const refusal = toDomainError(thrown);
      if (refusal !== thrown) onFault(thrown, context.var);
      return refuse(context, refusal, statusOf(refusal.code));
    }
  };
}

/** @throws DomainError where what came is no GraphQL request, or its sender has no requests left */
async function answerTo(context: Context<Env>, services: Services, schema: Schema): Promise<ExecutionResult> {
  const { requestId, traceparent, clientAddress } = context.var;
  const keys = idempotencyHeaders(context.req);
  const token = bearerToken(context.req.header('Authorization'));
  let calls = 0;
  const onReply = ({ rate, replayedRequestId }: UseCaseResponse) => {
    calls += 1;
    if (rate) setRateHeaders(context, rate);
    if (replayedRequestId !== undefined) setReplayHeaders(context, replayedRequestId);
  };
  const asking = createResolverContext(services, { requestId, traceparent, token, address: clientAddress, keys, onReply });
  try {
    return await answer(schema, await readAsked(context.req, keys), asking);
  } finally {
    // A use case spends a request of its caller's. What reaches none costs its address one.
    if (calls === 0) await consumeAddressQuota(context, services.authenticator);
  }
}

async function readAsked(request: HonoRequest, keys: IdempotencyKeyHeaders): Promise<ParsedOperation> {
  const bytes = await readBody(request);
  requireJson(request);
  const { query, variables, operationName } = validateInput(form, parseJsonObject(bytes), { before: [], among: [] });
  const isKeyed = Object.values(keys).some((key) => key !== undefined);
  return { query, variables: variables ?? {}, operationName: operationName ?? undefined, isKeyed };
}

interface Refused {
  readonly error: GraphQLError;
  readonly refusal: DomainError;
}

function respond(context: Context<Env>, data: ExecutionResult['data'], refused: readonly Refused[]): Response {
  const [first] = refused;
  const isAnswered = Object.values(data ?? {}).some((value) => value !== null);
  // The token is the request's, not a field's: where it serves for none of them, the request is refused.
  if (first && !isAnswered && refused.every(({ refusal }) => refusal.code === 'UNAUTHORIZED')) {
    return refuse(context, first.refusal, 401);
  }
  const { requestId } = context.var;
  const errors = refused.map(({ error, refusal }) => errorBody(refusal, requestId, error));
  const body = { ...(errors.length > 0 && { errors }), ...(data !== undefined && { data }) };
  // A client of the older type takes another status for a failure on the way, and does not read on.
  const isRefused = data === undefined && answerType(context) === RESPONSE_TYPE;
  return send(context, body, isRefused && first ? statusOf(first.refusal.code) : 200);
}

function refuse(context: Context<Env>, refusal: DomainError, status: ContentfulStatusCode): Response {
  setProblemHeaders(context, refusal);
  return send(context, { errors: [errorBody(refusal, context.var.requestId)] }, status);
}

function send(context: Context<Env>, body: object, status: ContentfulStatusCode): Response {
  return context.body(JSON.stringify(body), status, { 'Content-Type': answerType(context) });
}

function answerType(context: Context<Env>): string {
  const accepted = (context.req.header('Accept') ?? '').split(',').map((range) => range.split(';')[0]?.trim().toLowerCase());
  return accepted.includes(RESPONSE_TYPE) ? RESPONSE_TYPE : 'application/json';
}
