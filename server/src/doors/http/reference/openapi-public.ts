import * as z from 'zod';
import type { ErrorCode } from '../../../domain/errors.ts';
import { localTokenAnswer, localTokenRequest, upAnswer } from '../public-shapes.ts';
import { errorAnswer } from './openapi-errors.ts';
import type { Answer, Operation, Schema } from './openapi-types.ts';

/* What the reference says of the calls that take no user's token. */

export const PUBLIC_TAG = 'service';

interface PublicCall {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly request?: { readonly schema: z.ZodType; readonly example: object };
  readonly answer: { readonly type: string; readonly schema?: z.ZodType; readonly example?: object };
  readonly errors: readonly ErrorCode[];
}

const UP = { type: 'application/json', schema: upAnswer, example: { status: 'ok' } } as const;

const calls: readonly PublicCall[] = [
  {
    method: 'get',
    path: '/health/live',
    operationId: 'healthLive',
    summary: 'Whether the program runs.',
    answer: UP,
    errors: [],
  },
  {
    method: 'get',
    path: '/health/ready',
    operationId: 'healthReady',
    summary: 'Whether it can take requests: its store answers and it is not stopping.',
    answer: UP,
    errors: ['TOO_MANY_REQUESTS', 'INTERNAL_ERROR', 'SERVICE_UNAVAILABLE'],
  },
  {
    method: 'get',
    path: '/metrics',
    operationId: 'metrics',
    summary: 'Counts and times for Prometheus.',
    description:
      'It answers on the machine itself; elsewhere to the bearer token that `METRICS_TOKEN` sets. Not on AWS Lambda, where CloudWatch has the counts.',
    answer: { type: 'text/plain' },
    errors: ['UNAUTHORIZED', 'FORBIDDEN', 'NOT_FOUND', 'TOO_MANY_REQUESTS'],
  },
  {
    method: 'post',
    path: '/local/token',
    operationId: 'localToken',
    summary: 'Has the local issuer make a token for an address, for development.',
    description: 'It answers on the machine itself only, and not at all where another issuer is set.',
    request: { schema: localTokenRequest, example: { email: 'borrower@example.com' } },
    answer: {
      type: 'application/json',
      schema: localTokenAnswer,
      example: { token: 'eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9…', user_id: 'kUU1Pd7wkioQxz6Dh7fdLg', expires_in: 3600 },
    },
    errors: ['VALIDATION_ERROR', 'NOT_FOUND', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE', 'TOO_MANY_REQUESTS', 'INTERNAL_ERROR'],
  },
  {
    method: 'get',
    path: '/openapi.json',
    operationId: 'openApiDocument',
    summary: 'This reference, for programs.',
    answer: { type: 'application/json' },
    errors: ['TOO_MANY_REQUESTS'],
  },
  {
    method: 'get',
    path: '/docs',
    operationId: 'docs',
    summary: 'This reference, for people.',
    answer: { type: 'text/html' },
    errors: ['TOO_MANY_REQUESTS'],
  },
];

/** Their operations by path. @param schemaOf turns a schema into JSON Schema */
export function publicPaths(
  schemaOf: (schema: z.ZodType, io: 'input' | 'output') => Schema,
): Record<string, Record<string, Operation>> {
  return Object.fromEntries(calls.map((call) => [call.path, { [call.method]: operationOf(call, schemaOf) }]));
}

function operationOf(call: PublicCall, schemaOf: Parameters<typeof publicPaths>[0]): Operation {
  const { operationId, summary, description, request, answer, errors } = call;
  const { type, schema = type === 'application/json' ? z.looseObject({}) : z.string(), example } = answer;
  const done: Answer = {
    description: 'Done.',
    headers: { 'X-Request-Id': { description: 'The caller’s, or one made for this request.', schema: { type: 'string' } } },
    content: { [type]: { schema: schemaOf(schema, 'output'), ...(example && { example }) } },
  };
  return {
    operationId,
    tags: [PUBLIC_TAG],
    summary,
    ...(description !== undefined && { description }),
    security: [],
    parameters: [],
    ...(request && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: schemaOf(request.schema, 'input'), example: request.example } },
      },
    }),
    responses: Object.fromEntries([['200', done], ...errors.map((code) => errorAnswer(code))]),
  };
}
