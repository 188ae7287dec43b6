import * as z from 'zod';
import { localSignInResponse, localTokenRequest } from '../auth/auth-schemas.ts';
import {
  healthResponse,
  MAIL_TOKEN_EXAMPLE,
  mailInvitationResponse,
  mailLinkRequest,
  mailLinkResponse,
  readyResponse,
} from '../system-schemas.ts';
import { authCalls, FOREIGN_CONSOLE, SIGN_IN_TAG } from './auth-calls.ts';
import { ERRORS_OF_ALL, errorResponse, type Meanings } from './errors.ts';
import { LOAN_ID } from './examples.ts';
import { cachingHeaders, redirectHeader, requestIdHeader } from './headers.ts';
import { jsonSchema } from './json-schema.ts';
import { BODY_ERRORS, type SystemCall } from './system-call.ts';
import type { ApiOperation, ApiResponse, PathOperation } from './types.ts';

/* Calls that no use case of the API serves. Most take no user's token. */

export const SYSTEM_TAG = 'service';

const JSON_OBJECT = { type: 'application/json', schema: z.looseObject({}) } as const;
const HEALTH = { type: 'application/json', schema: healthResponse, example: { status: 'ok' } } as const;
const PAGE = { type: 'text/html' } as const;
const TEXT = { type: 'text/plain' } as const;

const MAIL_REQUEST = {
  schema: mailLinkRequest,
  example: { token: MAIL_TOKEN_EXAMPLE },
};
const NO_MAIL = 'This server sends no mail.';
const NO_CONSOLE = 'This server has no console.';

/** Where fewer causes apply than to the calls of use cases. */
const MEANINGS: Meanings = {
  TOO_MANY_REQUESTS: 'Too many requests, or connections, of the network address.',
};

/** By method and path. */
const CALLS: Readonly<Record<string, SystemCall>> = {
  'GET /invite/{loan_id}': {
    operationId: 'invitationPage',
    summary: 'The page that the link in an invitation’s mail opens.',
    description:
      'A page of the console, the same for every loan. Opening it changes nothing. The token for declining is in the fragment of the link, which stays in the browser.',
    parameters: [
      { name: 'loan_id', in: 'path', required: true, description: 'Id of the loan.', schema: { type: 'string' }, example: LOAN_ID },
    ],
    response: PAGE,
    errors: ['NOT_FOUND'],
    meanings: { NOT_FOUND: NO_CONSOLE },
  },
  'POST /mail/decline': {
    operationId: 'declineByMail',
    summary: 'Declines an invitation without an account, by the token of its mail.',
    description:
      'The invited user may still accept, signed in, while the amount is free and the invitation would not have expired. Fails once an account has answered the invitation: from then on only that account can.',
    request: MAIL_REQUEST,
    response: { type: 'application/json', schema: mailLinkResponse, example: { success: true, status: 'declined' } },
    errors: [...BODY_ERRORS, 'NOT_FOUND', 'CONFLICT'],
  },
  'POST /mail/invitation': {
    operationId: 'readInvitationOfMail',
    summary: 'Whether an invitation can be declined without an account, by the token of its mail.',
    description: 'Changes nothing, and says nothing of who invites whom to what.',
    request: MAIL_REQUEST,
    response: { type: 'application/json', schema: mailInvitationResponse, example: { success: true, state: 'open' } },
    errors: [...BODY_ERRORS, 'NOT_FOUND'],
  },
  'GET /mail/opt-out': {
    operationId: 'optOutPage',
    summary: 'The page for opting an address out of further mail.',
    description:
      'A page of the console. Opening it changes nothing. The token is in the fragment of the link, which stays in the browser.',
    response: PAGE,
    errors: ['NOT_FOUND'],
    meanings: { NOT_FOUND: NO_CONSOLE },
  },
  'POST /mail/opt-out': {
    operationId: 'optOutByMail',
    summary: 'Opts an address out of further mail, by the token of a mail.',
    description:
      'Mail programs do it in one click (RFC 8058): with the token in the query, and `List-Unsubscribe=One-Click` as a form.',
    request: MAIL_REQUEST,
    response: { type: 'application/json', schema: mailLinkResponse, example: { success: true, status: 'opted_out' } },
    errors: [...BODY_ERRORS, 'NOT_FOUND'],
  },
  'DELETE /mail/opt-out': {
    operationId: 'resumeMail',
    summary: 'Has mail sent again to the address of the signed-in caller, if it was opted out.',
    description: 'Accepting an invitation does the same.',
    response: { type: 'application/json', schema: mailLinkResponse, example: { success: true, status: 'resumed' } },
    errors: ['UNAUTHORIZED', 'FORBIDDEN', 'NOT_FOUND'],
    meanings: { FORBIDDEN: 'The token’s e-mail address is not verified.', NOT_FOUND: NO_MAIL },
    isSignedIn: true,
  },
  'GET /health/live': {
    operationId: 'healthLive',
    summary: 'Whether the program runs.',
    description: 'It says nothing about the store: a failure means that the process should be restarted.',
    response: HEALTH,
    errors: [],
  },
  'GET /health/ready': {
    operationId: 'healthReady',
    summary: 'Whether it can take requests: its store answers and it is not stopping.',
    description: 'A 503 says what is missing. The store is read at most once a second.',
    response: { ...HEALTH, schema: readyResponse },
    errors: [],
  },
  'GET /metrics': {
    operationId: 'metrics',
    summary: 'Counts and times for Prometheus.',
    description:
      'Open to requests from the machine itself; from elsewhere with the bearer token that `METRICS_TOKEN` sets. Not on AWS Lambda, where CloudWatch has the counts.',
    response: TEXT,
    errors: ['UNAUTHORIZED', 'FORBIDDEN', 'NOT_FOUND'],
    meanings: {
      UNAUTHORIZED: 'The bearer token is not `METRICS_TOKEN`.',
      FORBIDDEN: 'The request is from elsewhere, or through a proxy, and `METRICS_TOKEN` is not set.',
      NOT_FOUND: 'The program is on AWS Lambda.',
    },
  },
  'POST /local/token': {
    operationId: 'localToken',
    summary: 'Has the local issuer make a token for an address, for development.',
    description:
      'Open to requests from the machine itself only, and not found where another issuer is set. With `X-Lending-Console: 1` from a page of this server, it starts a session and sets its cookie instead.',
    request: { schema: localTokenRequest, example: { email: 'borrower@example.com' } },
    response: {
      type: 'application/json',
      schema: localSignInResponse,
      example: { token: 'eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9…', user_id: 'kUU1Pd7wkioQxz6Dh7fdLg', expires_in: 3600 },
    },
    errors: [...BODY_ERRORS, 'FORBIDDEN', 'NOT_FOUND'],
    meanings: { FORBIDDEN: FOREIGN_CONSOLE },
  },
  'GET /openapi.json': {
    operationId: 'openApiDocument',
    summary: 'This reference, for programs.',
    description:
      'OpenAPI 3.1, the same for every caller until the program is updated: `ETag` and `If-None-Match` save the transfer.',
    response: JSON_OBJECT,
    errors: [],
    isCached: true,
  },
  'GET /docs': {
    operationId: 'docs',
    summary: 'This reference, for people.',
    description: 'One page that runs no script and loads nothing from other hosts.',
    response: PAGE,
    errors: [],
    isCached: true,
  },
};

const NOT_MODIFIED: ApiResponse = {
  description: 'Not modified: `If-None-Match` has the current `ETag`.',
  headers: { ...requestIdHeader, ...cachingHeaders },
  content: {},
};

export function systemOperations(): PathOperation[] {
  return Object.entries({ ...authCalls, ...CALLS }).map(([route, call]) => {
    const [method = '', path = ''] = route.split(' ');
    return { method, path, operation: operationOf(call, path.startsWith('/auth/') ? SIGN_IN_TAG : SYSTEM_TAG) };
  });
}

function operationOf(call: SystemCall, tag: string): ApiOperation {
  const { request, response, errors, meanings, isCached, isSignedIn, parameters = [], ...named } = call;
  return {
    ...named,
    tags: [tag],
    ...(!isSignedIn && { security: [] }),
    parameters,
    ...(request && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: jsonSchema(request.schema, 'input'), example: request.example } },
      },
    }),
    responses: {
      ...(response ? { [response.status ?? 200]: successOf(response, isCached) } : { 302: REDIRECT }),
      ...(isCached && { 304: NOT_MODIFIED }),
      ...Object.fromEntries([...errors, ...ERRORS_OF_ALL].map((code) => errorResponse(code, meanings?.[code] ?? MEANINGS[code]))),
    },
  };
}

const REDIRECT: ApiResponse = {
  description: 'To the next page.',
  headers: { ...requestIdHeader, ...redirectHeader },
  content: {},
};

function successOf(
  { status, type, schema = z.string(), example }: NonNullable<SystemCall['response']>,
  isCached?: true,
): ApiResponse {
  return {
    description: status === 202 ? 'Accepted.' : 'Done.',
    headers: { ...requestIdHeader, ...(isCached && cachingHeaders) },
    content: { [type]: { schema: jsonSchema(schema, 'output'), ...(example && { example }) } },
  };
}
