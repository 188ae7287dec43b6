import type { ExecutionResult, GraphQLError } from 'graphql';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import * as z from 'zod';
import type { DomainError } from '../../domain/errors.ts';
import { type Admission, admit, type Credential } from '../../execution/authenticate.ts';
import type { UseCaseResponse } from '../../execution/execute.ts';
import type { IdempotencyKeyHeaders } from '../../execution/idempotency.ts';
import type { Services } from '../../execution/services.ts';
import { toDomainError } from '../../execution/to-domain-error.ts';
import { type RequestProgress, trackRequest } from '../../execution/track-request.ts';
import { validateInput } from '../../execution/validate-input.ts';
import { acceptedRanges } from '../http/accept.ts';
import { credentialOf } from '../http/auth/credential.ts';
import type { Env } from '../http/hono-env.ts';
import { setProblemHeaders, statusOf } from '../http/problem.ts';
import { BODY_BYTES_MAX, badRequest, parseJsonObject, readBody, requireDeclaredSize, requireJson } from '../http/request-body.ts';
import { idempotencyHeaders, setRateHeaders, setReplayHeaders, unknownParameters } from '../http/route-handler.ts';
import { domainErrorOf, errorBody, needsLogging } from './errors.ts';
import { type MeasuredOperation, useCasesAtRoot } from './limits.ts';
import {
  type DocumentErrors,
  type GraphQlOperation,
  type GraphQlSchema,
  measureOperation,
  runOperation,
  validateOperation,
} from './operation.ts';
import { createResolverContext, type ResolverContext } from './resolver-context.ts';
import { makeSchema } from './schema.ts';

/* GraphQL over HTTP: https://graphql.github.io/graphql-over-http/draft/ */

const RESPONSE_TYPE = 'application/graphql-response+json';

/** The message by which clients of persisted queries know to send the document. */
const PERSISTED_QUERY_NOT_SUPPORTED = 'PersistedQueryNotSupported';

/** A longer body is not parsed for a sender who is not signed in. The query for the whole schema has 2,000 bytes. */
const ANONYMOUS_BYTES_MAX = 4096;

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

/** @throws DomainError where the request is no GraphQL request, over its rate, or has to be signed in */
async function runRequest(context: Context<Env>, services: Services, schema: GraphQlSchema): Promise<ExecutionResult> {
  const { requestId, traceparent, clientAddress: address } = context.var;
  const credential = credentialOf(context);
  const keys = idempotencyHeaders(context.req);
  const progress: RequestProgress = {};
  const read = async () => {
    const { bytes, ...admission } = await readAdmitted(context, services.authenticator, { credential, address }, progress);
    return { operation: readOperation(bytes, keys), admission };
  };
  /** Reports a rejection under the name of this API, as what the request would run is not known. */
  const reject = (error: unknown) =>
    trackRequest(services.telemetry, 'GraphQL', context.var, progress, () => Promise.reject(error));
  const rejectDocument = async ({ errors }: DocumentErrors) => {
    const [first] = errors;
    if (first) await reject(domainErrorOf(first));
    return { errors };
  };

  const { operation, admission } = await read().catch(async (error: unknown) => {
    throw await reject(error);
  });
  const measured = measureOperation(schema, operation, 'http');
  if ('errors' in measured) return rejectDocument(measured);
  const onResponse = ({ rate, replayedRequestId }: UseCaseResponse) => {
    if (rate) setRateHeaders(context, rate);
    if (replayedRequestId !== undefined) setReplayHeaders(context, replayedRequestId);
  };
  const queryViolations = unknownParameters(context.req);
  const request = { requestId, traceparent, credential, address, keys, queryViolations, onResponse };
  const resolverContext = createResolverContext({ ...services, authenticator: admission.authenticator }, request);
  if (admission.rejection) await rejectUnlessPublic(measured, resolverContext, admission.rejection, credential);
  const prepared = validateOperation(schema, measured);
  return 'errors' in prepared ? rejectDocument(prepared) : runOperation(prepared, resolverContext);
}

/** Reads the body, once the sender is known and within the rate. @throws DomainError */
async function readAdmitted(
  context: Context<Env>,
  authenticator: Services['authenticator'],
  credentials: Parameters<typeof admit>[1],
  progress: RequestProgress,
): Promise<Admission & { readonly bytes: Uint8Array }> {
  requireDeclaredSize(context.req, BODY_BYTES_MAX);
  requireJson(context.req);
  try {
    const admission = await admit(authenticator, credentials, progress);
    const { rejection } = admission;
    if (rejection && Number(context.req.header('Content-Length') ?? 0) > ANONYMOUS_BYTES_MAX) throw rejection;
    const bytes = await readBody(context.req);
    if (rejection && bytes.length > ANONYMOUS_BYTES_MAX) throw rejection;
    return { ...admission, bytes };
  } finally {
    if (progress.rate) setRateHeaders(context, progress.rate);
  }
}

/** Without a credential, only what runs no use case is answered, such as `__typename`. Each use case reports its rejection. */
async function rejectUnlessPublic(
  measured: MeasuredOperation,
  { run }: ResolverContext,
  rejection: DomainError,
  credential: Credential | undefined,
): Promise<void> {
  const useCases = useCasesAtRoot(measured);
  await Promise.allSettled(useCases.map((useCase) => run(useCase, useCase.output, {})));
  if (useCases.length > 0 || credential) throw rejection;
}

function readOperation(bytes: Uint8Array, keys: IdempotencyKeyHeaders): GraphQlOperation {
  const body = parseJsonObject(bytes);
  if (typeof body['query'] !== 'string' && isPersisted(body)) throw badRequest(PERSISTED_QUERY_NOT_SUPPORTED);
  const { query, variables, operationName } = validateInput(requestShape, body);
  const isKeyed = Object.values(keys).some((key) => key !== undefined);
  return { query, variables: variables ?? {}, operationName: operationName ?? undefined, isKeyed };
}

/** Whether the body names a document by its hash: https://github.com/apollographql/apollo-link-persisted-queries#protocol */
function isPersisted({ extensions }: Readonly<Record<string, unknown>>): boolean {
  return typeof extensions === 'object' && extensions !== null && 'persistedQuery' in extensions;
}

interface Failure {
  readonly source: GraphQLError;
  readonly error: DomainError;
}

function respond(context: Context<Env>, data: ExecutionResult['data'], failures: readonly Failure[]): Response {
  const [first] = failures;
  const hasData = Object.values(data ?? {}).some((value) => value !== null);
  // A bad credential is the request's error, not a field's.
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
  return acceptedRanges(context.req.header('Accept')).has(RESPONSE_TYPE) ? RESPONSE_TYPE : 'application/json';
}
