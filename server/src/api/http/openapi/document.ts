import * as z from 'zod';
import { IMPORT_BYTES_MAX, IMPORT_ROWS_MAX } from '../../../usecases/imports/import-lenders.ts';
import { pathParameters, type Route, routes, takesBody } from '../routes.ts';
import { errorAnswer, errorsOf, meaningOf, problemExamples, problemShape } from './errors.ts';
import { CSV_EXAMPLE, callExamples, parameterExamples } from './examples.ts';
import { GRAPHQL_TAG, graphQlPath } from './graphql-path.ts';
import { PUBLIC_TAG, publicPaths } from './system-paths.ts';
import type { Answer, ApiDocument, Content, Headers, Operation, Parameter, Schema } from './types.ts';

/* The reference, made of the very schemas that validate. */

/** What calls are about, by the path segment that tells it, in the order in which a reader wants them. */
const TAGS: Readonly<Record<string, string>> = {
  loans: 'A loan is what a borrower wants to raise: an amount, its terms, and how much of it is invited and accepted.',
  lenders: 'A lender is a person’s place in one loan: an address, an amount, and what became of the invitation.',
  invitations: 'What others have invited the caller to lend.',
  events: 'What happened to a loan. Nothing is ever taken out of this history.',
  [GRAPHQL_TAG]: 'All of this through one call, in the words of a client’s own question.',
  [PUBLIC_TAG]: 'The program itself: is it well, what does it count, how does one sign in for development.',
};

const CSV_RULE =
  `A header line and up to ${IMPORT_ROWS_MAX} rows, ${IMPORT_BYTES_MAX / 1024 / 1024} MiB at most, in UTF-8, with comma, semicolon or tab. ` +
  'Columns email, contribution_amount and, where there is one, name, in any order; others do no harm.';

/** @returns an OpenAPI 3.1 document of every route and every status that it can answer */
export function openApiDocument(): ApiDocument {
  const schemas = new Map<string, Schema>();
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of routes) {
    const methods = paths[route.path] ?? {};
    methods[route.method.toLowerCase()] = operationOf(route, schemas);
    paths[route.path] = methods;
  }
  const shapeOf = (schema: z.ZodType, io: 'input' | 'output') => schemaOf(schema, io, schemas);
  Object.assign(paths, graphQlPath(shapeOf), publicPaths(shapeOf));
  schemaOf(problemShape, 'output', schemas);
  const used = new Set([...routes.map(({ path }) => tagOf(path)), GRAPHQL_TAG, PUBLIC_TAG]);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Private Lending',
      version: '0.1.0',
      summary: 'A borrower raises a loan from people they know.',
      description:
        'Post a loan, invite lenders by e-mail, each with an amount. Every call that changes something can be repeated ' +
        'safely with an `Idempotency-Key`.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    tags: Object.entries(TAGS)
      .filter(([name]) => used.has(name))
      .map(([name, description]) => ({ name, description })),
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: Object.fromEntries([...schemas].sort(([a], [b]) => (a < b ? -1 : 1))),
      examples: problemExamples(),
    },
  };
}

function operationOf(route: Route, schemas: Map<string, Schema>): Operation {
  const { path, useCase, takesCsv } = route;
  const named = pathParameters(path);
  const fields = Object.entries(useCase.input.shape);
  const members = fields.filter(([name]) => !named.includes(name) && !(takesCsv && name === 'rows'));
  const request = callExamples[useCase.endpoint]?.request;
  const [summary = '', ...more] = useCase.summary.split(/(?<=\.) /);
  return {
    operationId: useCase.endpoint.charAt(0).toLowerCase() + useCase.endpoint.slice(1),
    tags: [tagOf(path)],
    summary,
    ...(more.length > 0 && { description: more.join(' ') }),
    parameters: [
      ...fields.filter(([name]) => named.includes(name)).map(([name, field]) => parameterOf(name, 'path', field, schemas)),
      ...(useCase.kind === 'query' || takesCsv ? members.map(([name, field]) => parameterOf(name, 'query', field, schemas)) : []),
      ...(useCase.kind === 'command' ? KEY_PARAMETERS : []),
    ],
    ...(takesCsv && { requestBody: { required: true, content: CSV_FILE } }),
    ...(takesBody(route) && {
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: schemaOf(z.object(Object.fromEntries(members)), 'input', schemas),
            ...(request && { example: request }),
          },
        },
      },
    }),
    responses: Object.fromEntries([
      success(route, schemas),
      ...errorsOf(route).map((code) => errorAnswer(code, meaningOf(code, route))),
    ]),
  };
}

/** The last segment of a path that names something of ours: changing a loan's lender is about lenders. */
function tagOf(path: string): string {
  const tag = path.split('/').findLast((segment) => Object.hasOwn(TAGS, segment));
  if (tag === undefined) throw new TypeError(`the reference has no place for ${path}: add one to TAGS`);
  return tag;
}

function success({ useCase, takesCsv, inCsv }: Route, schemas: Map<string, Schema>): [status: string, Answer] {
  const isCommand = useCase.kind === 'command';
  const status = isCommand ? useCase.success : 200;
  const example = callExamples[useCase.endpoint]?.answer;
  return [
    String(status),
    {
      description: 'Done.',
      headers: isCommand ? { ...RATE_HEADERS, ...commandHeaders(status === 201 || takesCsv === true) } : RATE_HEADERS,
      content: {
        'application/json': { schema: schemaOf(useCase.output, 'output', schemas), ...(example && { example }) },
        ...(inCsv && { 'text/csv': { schema: { type: 'string' } } }),
      },
    },
  ];
}

function parameterOf(name: string, place: 'path' | 'query', field: z.core.$ZodType, schemas: Map<string, Schema>): Parameter {
  const { description, ...schema } = schemaOf(field, 'input', schemas);
  const example = parameterExamples[name];
  return {
    name,
    in: place,
    required: place === 'path',
    ...(description !== undefined && { description }),
    schema,
    ...(example !== undefined && { example }),
  };
}

const CSV_FILE: Content = {
  'text/csv': {
    schema: { type: 'string', description: CSV_RULE },
    example: CSV_EXAMPLE,
  },
};

const KEY_PARAMETERS: readonly Parameter[] = [
  {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description: '1 to 255 visible ASCII characters, quoted or bare. A repeat of the same request gets the first answer.',
    schema: { type: 'string', maxLength: 257 },
    example: parameterExamples['Idempotency-Key'],
  },
  {
    name: 'X-Idempotency-Key',
    in: 'header',
    required: false,
    description: 'An older name of the same. Where both are sent, they must be equal.',
    schema: { type: 'string', maxLength: 257 },
  },
];

const RATE_HEADERS: Headers = {
  'X-Request-Id': { description: 'The caller’s, or one made for this request.', schema: { type: 'string' } },
  RateLimit: { description: 'Requests left in this window, and seconds until the next.', schema: { type: 'string' } },
  'RateLimit-Policy': { description: 'Requests in a window, and its seconds.', schema: { type: 'string' } },
};

function commandHeaders(hasLocation: boolean): Headers {
  return {
    'Idempotency-Replayed': { description: '`true` where this is an earlier answer again.', schema: { type: 'string' } },
    'Idempotency-Original-Request-Id': { description: 'The request that was first answered so.', schema: { type: 'string' } },
    ...(hasLocation && { Location: { description: 'Path of what was made.', schema: { type: 'string' } } }),
  };
}

/** A schema as JSON Schema 2020-12, which OpenAPI 3.1 speaks; those with an id are told once, under components. */
function schemaOf(schema: z.core.$ZodType, io: 'input' | 'output', schemas: Map<string, Schema>): Schema {
  const { $schema: _, $defs = {}, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any', override: toldPlainly });
  for (const [name, definition] of Object.entries($defs)) {
    const { id: _id, ...shape } = definition;
    schemas.set(name, referring(shape));
  }
  const { id, ...shape } = referring(json);
  if (typeof id !== 'string') return shape;
  schemas.set(id, shape);
  return { $ref: `#/components/schemas/${id}` };
}

/** Leaves out what says nothing to a reader, and keeps the examples, which zod drops from whatever it transforms. */
function toldPlainly({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodType; jsonSchema: Schema }): void {
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.type !== undefined) delete jsonSchema.anyOf;
  const examples = z.globalRegistry.get(zodSchema)?.['examples'];
  if (Array.isArray(examples)) jsonSchema.examples = examples;
}

function referring(schema: Schema): Schema {
  return JSON.parse(JSON.stringify(schema).replaceAll('#/$defs/', '#/components/schemas/'));
}
