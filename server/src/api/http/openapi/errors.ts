import * as z from 'zod';
import {
  conflict,
  type DomainError,
  databaseUnavailable,
  type ErrorCode,
  expectationFailed,
  type FieldErrorCode,
  forbidden,
  headersTooLarge,
  invalid,
  keyReused,
  methodNotAllowed,
  notFound,
  payloadTooLarge,
  rateLimited,
  requestTimeout,
  unauthorized,
  unexpectedError,
  unsupportedMediaType,
  webSocketVersionUnsupported,
} from '../../../domain/errors.ts';
import { parseRequestId } from '../../../domain/ids.ts';
import { LENDERS_MAX } from '../../../schemas/input-fields.ts';
import { IMPORT_BYTES_MAX } from '../../../usecases/imports/import-lenders.ts';
import { errorCodes, problemBody, statusOf } from '../problem.ts';
import { BODY_BYTES_MAX } from '../request-body.ts';
import { pathParameters, type Route } from '../routes.ts';
import { REQUEST_ID } from './examples.ts';
import type { ApiResponse } from './types.ts';

/** Meanings of errors for one call. */
export type Meanings = Partial<Record<ErrorCode, string>>;

const PROBLEM_MEANING: Readonly<Record<FieldErrorCode, string>> = {
  INVALID: 'A field is missing, malformed or out of its limits; the message says what it must be.',
  DUPLICATE_IN_REQUEST: 'The address appears in this request more than once.',
  SELF_INVITATION: 'The address is the borrower’s own.',
  TOO_MANY_LENDERS: `More than ${LENDERS_MAX} lenders. Reported alone.`,
  DUPLICATE_LENDER: 'The address has a pending or accepted invitation to this loan already.',
  OVER_FUNDING: 'The contributions come to more than what remains of the loan. Reported last.',
};

const MESSAGE_EXAMPLE = 'ana@example.com has already been invited to this loan';

export const problemShape = z
  .object({
    type: z.string().meta({ description: 'A URN of the code.', examples: ['urn:private-lending:error:validation-error'] }),
    title: z.string().meta({ description: 'The code in words.', examples: ['Validation error'] }),
    status: z.int().meta({ description: 'The HTTP status.', examples: [400] }),
    detail: z.string().meta({ description: 'What went wrong, for people.', examples: [MESSAGE_EXAMPLE] }),
    success: z.literal(false).meta({ description: 'Always false.' }),
    error: z.enum(errorCodes).meta({ description: 'The code, for programs.' }),
    message: z.string().meta({ description: 'The same as `detail`.', examples: [MESSAGE_EXAMPLE] }),
    request_id: z
      .string()
      .meta({ description: 'Also in the header `X-Request-Id`. Quote it when you ask for help.', examples: [REQUEST_ID] }),
    retryable: z.boolean().meta({ description: 'Whether the same request, sent again later, may succeed.', examples: [false] }),
    retry_after: z
      .int()
      .optional()
      .meta({ description: 'Seconds to wait; also in the header `Retry-After`.', examples: [5] }),
    details: z
      .array(
        z.object({
          path: z.string().meta({ description: 'Where in the request.', examples: ['lenders[0].email'] }),
          code: z
            .union(Object.entries(PROBLEM_MEANING).map(([code, description]) => z.literal(code).meta({ description })))
            .meta({ description: 'Which rule.' }),
          message: z.string().meta({ description: 'What is wrong and how to fix it.', examples: [MESSAGE_EXAMPLE] }),
        }),
      )
      .meta({ description: 'Every violation, in the order of the request; `message` is the first one’s.' }),
  })
  .meta({ id: 'Problem', description: 'The body of every error (RFC 9457).' });

const MEANING: Readonly<Record<ErrorCode, string>> = {
  VALIDATION_ERROR: 'The request is malformed or breaks a rule; `details` lists every violation.',
  UNAUTHORIZED: 'The token is missing, expired, or not valid here.',
  FORBIDDEN: 'The user’s e-mail address is not verified, or the caller is not the borrower of this loan.',
  NOT_FOUND: 'There is no such thing, or the caller has no part in it.',
  METHOD_NOT_ALLOWED: 'The path does not take this method; `Allow` names those that it takes.',
  REQUEST_TIMEOUT: 'The request does not arrive in time.',
  EXPECTATION_FAILED: 'The request has an `Expect` other than `100-continue`.',
  HEADERS_TOO_LARGE: 'The headers are too large.',
  CONFLICT: 'The state of the loan, the invitation or the hold no longer allows this.',
  PAYLOAD_TOO_LARGE: `The body is larger than ${BODY_BYTES_MAX / 1024} KiB.`,
  UNSUPPORTED_MEDIA_TYPE: 'The body is not sent as plain JSON.',
  IDEMPOTENCY_KEY_REUSED: 'The key was already used for a different request.',
  TOO_MANY_REQUESTS: 'A limit is reached: on requests, on invitations in an hour, or of the database.',
  UPGRADE_REQUIRED: 'A WebSocket is opened in a version other than 13; `Sec-WebSocket-Version` names it.',
  INTERNAL_ERROR: 'An unexpected error on our side.',
  SERVICE_UNAVAILABLE:
    'The database or the sign-in provider can’t be reached, too many changes came at once, or the program is starting.',
};

/** Errors of any request, before it is handled, such as malformed HTTP. */
const CONNECTION_ERRORS = [
  'VALIDATION_ERROR',
  'METHOD_NOT_ALLOWED',
  'REQUEST_TIMEOUT',
  'EXPECTATION_FAILED',
  'HEADERS_TOO_LARGE',
] as const;

/** Of any call: too many connections of one address, an unexpected error, and a program that is starting, besides. */
export const ERRORS_OF_ALL: readonly ErrorCode[] = [
  ...CONNECTION_ERRORS,
  'TOO_MANY_REQUESTS',
  'INTERNAL_ERROR',
  'SERVICE_UNAVAILABLE',
];

export function errorResponsesOf(route: Route): [status: number, response: ApiResponse][] {
  return errorCodesOf(route).map((code) => errorResponse(code, meaningOf(code, route)));
}

/** The codes with which a route can fail, those of the connection included. */
export function errorCodesOf({ path, useCase }: Route): readonly ErrorCode[] {
  const hasId = pathParameters(path).length > 0;
  const [invalid, ...ofConnection] = CONNECTION_ERRORS;
  const always = [
    invalid,
    'UNAUTHORIZED',
    'FORBIDDEN',
    'TOO_MANY_REQUESTS',
    'INTERNAL_ERROR',
    'SERVICE_UNAVAILABLE',
    ...ofConnection,
  ] as const;
  const codes = [...always, ...(hasId ? (['NOT_FOUND'] as const) : [])];
  if (useCase.kind === 'query') return codes;
  return [
    ...codes,
    ...(hasId ? (['CONFLICT'] as const) : []),
    'PAYLOAD_TOO_LARGE',
    'UNSUPPORTED_MEDIA_TYPE',
    'IDEMPOTENCY_KEY_REUSED',
  ];
}

/** The meaning of an error for one route: narrower than the general one where fewer causes apply. */
function meaningOf(code: ErrorCode, { path, useCase, takesCsv, inEventStream }: Route): string {
  if (code === 'PAYLOAD_TOO_LARGE' && takesCsv) return `The file is larger than ${IMPORT_BYTES_MAX / 1024 / 1024} MiB.`;
  if (code === 'UNSUPPORTED_MEDIA_TYPE' && takesCsv) return 'The body is not sent as plain CSV in UTF-8.';
  if (code === 'TOO_MANY_REQUESTS' && takesCsv) return 'A limit is reached: on requests, on files in an hour, or of the database.';
  const isForBorrower = useCase.kind === 'command' && useCase.actor === 'borrower' && pathParameters(path).length > 0;
  if (code === 'FORBIDDEN' && path.startsWith('/operator/'))
    return 'The caller is no operator, or the token’s e-mail address is not verified.';
  if (code === 'FORBIDDEN' && !isForBorrower) return 'The token’s e-mail address is not verified.';
  if (code === 'TOO_MANY_REQUESTS' && inEventStream) return 'A limit is reached: on requests, on open streams, or of the database.';
  if (code === 'TOO_MANY_REQUESTS' && !('lenders' in useCase.input.shape))
    return 'A limit is reached: on requests, or of the database.';
  return MEANING[code];
}

export function errorResponse(code: ErrorCode, description: string = MEANING[code]): [status: number, ApiResponse] {
  const schema = { $ref: '#/components/schemas/Problem' };
  const examples = { [code]: { $ref: `#/components/examples/${code}` } };
  const status = statusOf(code);
  const hasRetryAfter = status === 429 || status === 503;
  return [
    status,
    {
      description,
      headers: {
        'X-Request-Id': { description: 'Also in the body.', schema: { type: 'string' } },
        ...(hasRetryAfter && { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } } }),
        ...(status === 405 && { Allow: { description: 'The methods that the path takes.', schema: { type: 'string' } } }),
        ...(code === 'UNAUTHORIZED' && { 'WWW-Authenticate': { description: '`Bearer`', schema: { type: 'string' } } }),
      },
      content: { 'application/problem+json': { schema, examples }, 'application/json': { schema, examples } },
    },
  ];
}

/** A problem body for each code. */
export function problemExamples() {
  const requestId = parseRequestId(REQUEST_ID);
  if (!requestId) throw new TypeError('the example is not a request id');
  const example = (error: DomainError) => ({ summary: MEANING[error.code], value: problemBody(error, requestId) });
  return {
    VALIDATION_ERROR: example(invalid([{ path: 'lenders[0].email', code: 'DUPLICATE_LENDER', message: MESSAGE_EXAMPLE }])),
    UNAUTHORIZED: example(unauthorized('The token has expired. Sign in again.')),
    FORBIDDEN: example(forbidden('Only the borrower of this loan may change it.')),
    NOT_FOUND: example(notFound('loan')),
    METHOD_NOT_ALLOWED: example(methodNotAllowed(['POST', 'GET', 'HEAD'])),
    REQUEST_TIMEOUT: example(requestTimeout('The request took too long to arrive. Please send it again.')),
    EXPECTATION_FAILED: example(expectationFailed()),
    HEADERS_TOO_LARGE: example(headersTooLarge(16_384)),
    CONFLICT: example(conflict('This loan is cancelled. Only an open loan can be changed.')),
    PAYLOAD_TOO_LARGE: example(payloadTooLarge(BODY_BYTES_MAX)),
    UNSUPPORTED_MEDIA_TYPE: example(unsupportedMediaType('Send the body as "Content-Type: application/json".')),
    IDEMPOTENCY_KEY_REUSED: example(keyReused()),
    TOO_MANY_REQUESTS: example(rateLimited('More than 100 requests in 2 seconds. Please retry after 1 second.', 1)),
    UPGRADE_REQUIRED: example(webSocketVersionUnsupported()),
    INTERNAL_ERROR: example(unexpectedError(undefined)),
    SERVICE_UNAVAILABLE: example(databaseUnavailable(undefined)),
  } satisfies Record<ErrorCode, object>;
}
