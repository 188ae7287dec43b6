import * as z from 'zod';
import type { ErrorCode } from '../../domain/errors.ts';
import { BODY_BYTES_MAX } from './body.ts';
import { errorCodes, statusOf } from './problem.ts';
import { pathParameters, type Route, routes, takesBody } from './routes.ts';

/* The reference, made of the very schemas that validate. */

type Json = Readonly<Record<string, unknown>>;

const problemShape = z
  .object({
    type: z.string().meta({ examples: ['urn:private-lending:error:validation-error'] }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    success: z.literal(false),
    error: z.enum(errorCodes),
    message: z.string().meta({ description: 'The same as detail.' }),
    request_id: z.string(),
    retryable: z.boolean().meta({ description: 'Whether the same request, sent again later, may succeed.' }),
    retry_after: z.int().optional().meta({ description: 'Seconds; also in the header Retry-After.' }),
    details: z.array(
      z.object({
        path: z.string().meta({ examples: ['lenders[1].email'] }),
        code: z.enum([
          'DUPLICATE_IN_REQUEST',
          'DUPLICATE_LENDER',
          'INVALID',
          'OVER_FUNDING',
          'SELF_INVITATION',
          'TOO_MANY_LENDERS',
        ]),
        message: z.string(),
      }),
    ),
  })
  .meta({ id: 'Problem' });

const MEANING: Readonly<Record<ErrorCode, string>> = {
  VALIDATION_ERROR: 'The request is not well-formed, or breaks a rule; `details` has every reason.',
  UNAUTHORIZED: 'No token, or one that is not valid.',
  FORBIDDEN: 'The address is not verified, or somebody else’s loan was to be changed.',
  NOT_FOUND: 'There is no such thing for the caller.',
  METHOD_NOT_ALLOWED: 'The path does not take this method; `Allow` names those that it takes.',
  CONFLICT: 'What it is to change no longer stands so that it can be.',
  PAYLOAD_TOO_LARGE: `The body is larger than ${BODY_BYTES_MAX} bytes.`,
  UNSUPPORTED_MEDIA_TYPE: 'The body is not JSON.',
  IDEMPOTENCY_KEY_REUSED: 'The key was already used for another request.',
  TOO_MANY_REQUESTS: 'The request rate, the hour’s invitations, or what the database can take is used up; see `Retry-After`.',
  INTERNAL_ERROR: 'A fault on our side.',
  SERVICE_UNAVAILABLE: 'The database or sign-in can’t be reached, or too many changes came at once; see `Retry-After`.',
};

/** @returns an OpenAPI 3.1 document of every route and every status that it can answer */
export function openApiDocument(): Json {
  const schemas = new Map<string, Json>();
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    paths[route.path] ??= {};
    Object.assign(paths[route.path] ?? {}, { [route.method.toLowerCase()]: operationOf(route, schemas) });
  }
  schemaOf(problemShape, 'output', schemas);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Private Lending',
      version: '1.0.0',
      summary: 'A borrower raises a loan from people they know.',
      description:
        'Post a loan, invite lenders by e-mail, each with an amount. Every call that changes something can be repeated ' +
        'safely with an `Idempotency-Key`.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: Object.fromEntries([...schemas].sort(([a], [b]) => (a < b ? -1 : 1))),
    },
  };
}

/** The codes that a route can be refused with. */
export function errorsOf({ path, useCase }: Route): ErrorCode[] {
  const isCommand = useCase.kind === 'command';
  return [
    'VALIDATION_ERROR',
    'UNAUTHORIZED',
    'FORBIDDEN',
    ...(path.includes('{') ? (['NOT_FOUND'] as const) : []),
    ...(isCommand && path.includes('{') ? (['CONFLICT'] as const) : []),
    ...(isCommand ? (['PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE', 'IDEMPOTENCY_KEY_REUSED'] as const) : []),
    'TOO_MANY_REQUESTS',
    'INTERNAL_ERROR',
    'SERVICE_UNAVAILABLE',
  ];
}

function operationOf(route: Route, schemas: Map<string, Json>): Json {
  const { path, useCase } = route;
  const named = pathParameters(path);
  const fields = Object.entries(useCase.input.shape);
  const members = fields.filter(([name]) => !named.includes(name));
  const status = useCase.kind === 'command' ? useCase.success : 200;
  return {
    operationId: useCase.endpoint.charAt(0).toLowerCase() + useCase.endpoint.slice(1),
    summary: useCase.summary,
    parameters: [
      ...fields.filter(([name]) => named.includes(name)).map(([name, field]) => parameterOf(name, 'path', field, schemas)),
      ...(useCase.kind === 'query' ? members.map(([name, field]) => parameterOf(name, 'query', field, schemas)) : KEY_PARAMETERS),
    ],
    ...(takesBody(route) && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: schemaOf(z.object(Object.fromEntries(members)), 'input', schemas) } },
      },
    }),
    responses: {
      [status]: {
        description: 'Done.',
        headers: useCase.kind === 'command' ? { ...RATE_HEADERS, ...commandHeaders(status) } : RATE_HEADERS,
        content: { 'application/json': { schema: schemaOf(useCase.output, 'output', schemas) } },
      },
      ...Object.fromEntries(errorsOf(route).map((code) => [statusOf(code), errorResponse(code)])),
    },
  };
}

function parameterOf(name: string, place: 'path' | 'query', field: z.core.$ZodType, schemas: Map<string, Json>): Json {
  const { description, ...schema } = schemaOf(field, 'input', schemas);
  return { name, in: place, required: place === 'path', description, schema };
}

const KEY_PARAMETERS: readonly Json[] = ['Idempotency-Key', 'X-Idempotency-Key'].map((name) => ({
  name,
  in: 'header',
  required: false,
  description: '1 to 255 visible ASCII characters, quoted or bare. A repeat of the same request gets the first answer.',
  schema: { type: 'string', maxLength: 257 },
}));

const RATE_HEADERS: Json = {
  'X-Request-Id': { description: 'The caller’s, or one made for this request.', schema: { type: 'string' } },
  RateLimit: { description: 'Requests left in this window, and seconds until the next.', schema: { type: 'string' } },
  'RateLimit-Policy': { description: 'Requests in a window, and its seconds.', schema: { type: 'string' } },
};

function commandHeaders(status: number): Json {
  return {
    'Idempotency-Replayed': { description: '`true` where this is an earlier answer again.', schema: { type: 'string' } },
    'Idempotency-Original-Request-Id': { description: 'The request that was first answered so.', schema: { type: 'string' } },
    ...(status === 201 && { Location: { description: 'Path of what was made.', schema: { type: 'string' } } }),
  };
}

function errorResponse(code: ErrorCode): Json {
  const schema = { $ref: '#/components/schemas/Problem' };
  const isPassing = statusOf(code) === 429 || statusOf(code) === 503;
  return {
    description: MEANING[code],
    headers: {
      'X-Request-Id': { description: 'Also in the body.', schema: { type: 'string' } },
      ...(isPassing && { 'Retry-After': { description: 'Seconds.', schema: { type: 'integer' } } }),
      ...(code === 'UNAUTHORIZED' && { 'WWW-Authenticate': { description: 'Bearer', schema: { type: 'string' } } }),
    },
    content: { 'application/problem+json': { schema }, 'application/json': { schema } },
  };
}

/** A schema as JSON Schema 2020-12, which OpenAPI 3.1 speaks; those with an id are told once, under components. */
function schemaOf(schema: z.core.$ZodType, io: 'input' | 'output', schemas: Map<string, Json>): Json {
  const { $schema: _, $defs = {}, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  for (const [name, definition] of Object.entries($defs)) {
    const { id: _id, ...shape } = definition;
    schemas.set(name, referring(shape));
  }
  const { id, ...shape } = referring(json);
  if (typeof id !== 'string') return shape;
  schemas.set(id, shape);
  return { $ref: `#/components/schemas/${id}` };
}

function referring(schema: Json): Json {
  return JSON.parse(JSON.stringify(schema).replaceAll('#/$defs/', '#/components/schemas/'));
}
