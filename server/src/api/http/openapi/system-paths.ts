import * as z from 'zod';
import type { ErrorCode } from '../../../domain/errors.ts';
import { localTokenAnswer, localTokenRequest, mailAnswered, mailRequest, upAnswer } from '../system-schemas.ts';
import { errorAnswer } from './errors.ts';
import { LOAN_ID } from './examples.ts';
import type { Answer, Operation, Parameter, Schema } from './types.ts';

/* What the reference says of the calls that take no user's token. */

export const PUBLIC_TAG = 'service';

interface PublicCall {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly request?: { readonly schema: z.ZodType; readonly example: object };
  readonly answer: { readonly type: string; readonly schema?: z.ZodType; readonly example?: object };
  readonly errors: readonly ErrorCode[];
}

const UP = { type: 'application/json', schema: upAnswer, example: { status: 'ok' } } as const;

const MAIL_TOKEN = 'AAGcsvAAAHAAgAAAAAAAAAEyMkNoYXJhY3RlcnNPZkFMZW5kZXIAAAABAGoZWRR90m7QQH0X6uHXDu4weH6Io20x';
const MAIL_ERRORS = [
  ...(['VALIDATION_ERROR', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE', 'TOO_MANY_REQUESTS', 'INTERNAL_ERROR'] as const),
  'SERVICE_UNAVAILABLE',
] as const;

const mailCalls: readonly PublicCall[] = [
  {
    method: 'get',
    path: '/invite/{loan_id}',
    operationId: 'invitationPage',
    summary: 'The page that the link in an invitation’s mail opens.',
    description:
      'The same for every loan. What is needed to decline stands in the fragment of the link, which stays in the browser.',
    parameters: [{ name: 'loan_id', in: 'path', required: true, schema: { type: 'string' }, example: LOAN_ID }],
    answer: { type: 'text/html' },
    errors: ['NOT_FOUND', 'TOO_MANY_REQUESTS'],
  },
  {
    method: 'post',
    path: '/mail/decline',
    operationId: 'declineByMail',
    summary: 'Declines an invitation without an account, by the token of its mail.',
    description: 'Not where an account has answered: then only that account may.',
    request: { schema: mailRequest, example: { token: MAIL_TOKEN } },
    answer: { type: 'application/json', schema: mailAnswered, example: { success: true, status: 'declined' } },
    errors: [...MAIL_ERRORS, 'NOT_FOUND', 'CONFLICT'],
  },
  {
    method: 'get',
    path: '/mail/opt-out',
    operationId: 'optOutPage',
    summary: 'The page on which further mail to an address is refused. Opening it changes nothing.',
    answer: { type: 'text/html' },
    errors: ['NOT_FOUND', 'TOO_MANY_REQUESTS'],
  },
  {
    method: 'post',
    path: '/mail/opt-out',
    operationId: 'optOutByMail',
    summary: 'Refuses further mail to an address, by the token of a mail.',
    description:
      'Mail programs do it at one click (RFC 8058): with the token in the query, and `List-Unsubscribe=One-Click` as a form.',
    request: { schema: mailRequest, example: { token: MAIL_TOKEN } },
    answer: { type: 'application/json', schema: mailAnswered, example: { success: true, status: 'opted_out' } },
    errors: [...MAIL_ERRORS, 'NOT_FOUND'],
  },
];

const serviceCalls: readonly PublicCall[] = [
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
  const paths: Record<string, Record<string, Operation>> = {};
  for (const call of [...mailCalls, ...serviceCalls]) {
    paths[call.path] = { ...paths[call.path], [call.method]: operationOf(call, schemaOf) };
  }
  return paths;
}

function operationOf(call: PublicCall, schemaOf: Parameters<typeof publicPaths>[0]): Operation {
  const { operationId, summary, description, parameters = [], request, answer, errors } = call;
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
    parameters,
    ...(request && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: schemaOf(request.schema, 'input'), example: request.example } },
      },
    }),
    responses: Object.fromEntries([['200', done], ...errors.map((code) => errorAnswer(code))]),
  };
}
