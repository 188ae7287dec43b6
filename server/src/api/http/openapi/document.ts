import * as z from 'zod';
import { IMPORT_BYTES_MAX, IMPORT_ROWS_MAX } from '../../../usecases/imports/import-lenders.ts';
import { EVENT_STREAM } from '../event-stream/event-page.ts';
import { pathParameters, queryParameterNames, type Route, routes, takesBody } from '../routes.ts';
import { SIGN_IN_TAG } from './auth-calls.ts';
import { csvColumns } from './csv-columns.ts';
import { errorResponsesOf, problemExamples } from './errors.ts';
import { CSV_EXAMPLE, callExamples, parameterExamples } from './examples.ts';
import { GRAPHQL_TAG, graphQlOperation } from './graphql-operation.ts';
import { locationHeader, rateLimitHeaders, replayHeaders, requestIdHeader } from './headers.ts';
import { componentSchemas, jsonSchema, withoutNull } from './json-schema.ts';
import { SYSTEM_TAG, systemOperations } from './system-operations.ts';
import type { ApiOperation, ApiResponse, Content, Parameter } from './types.ts';

/** Groups of operations, by the path segment that they have in common, in reading order. */
const TAGS: Readonly<Record<string, string>> = {
  loans: 'A loan is what a borrower wants to raise: an amount, its terms, and how much of it is invited and accepted.',
  lenders: 'A lender is a person’s part in one loan: an address, an amount, and the state of the invitation.',
  invitations: 'The invitations that others have sent to the caller.',
  events: 'The history of a loan. It is never deleted.',
  holds: 'Invitations whose score is high, for operators of the server to decide on: see `AUTH_OPERATOR_CLAIM` and `OPERATORS`.',
  [GRAPHQL_TAG]: 'The same operations through one endpoint, with queries that the client writes.',
  [SIGN_IN_TAG]: 'Signing in and out, for the console in a browser, and for programs.',
  [SYSTEM_TAG]: 'The program itself: its health, its metrics, links in mail, and sign-in for development.',
};

/** RFC 10017 */
const SESSION_SCHEME = {
  type: 'apiKey',
  in: 'cookie',
  name: '__Host-lending-session',
  description:
    'The console’s session. A request by cookie also needs `X-Lending-Console: 1`, and `Origin` or `Sec-Fetch-Site` must say that a page of this server has sent it.',
} as const;

export type ApiDocument = ReturnType<typeof openApiDocument>;

/** An OpenAPI 3.1 document of every route and its statuses, generated from the schemas that validate. */
export function openApiDocument() {
  const operations = [
    ...routes.map((route) => ({ ...route, operation: operationOf(route) })),
    graphQlOperation(),
    ...systemOperations(),
  ];
  const paths: Record<string, Record<string, ApiOperation>> = {};
  for (const { method, path, operation } of operations) paths[path] = { ...paths[path], [method.toLowerCase()]: operation };
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
    security: [{ bearer: [] }, { session: [] }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, session: SESSION_SCHEME },
      schemas: componentSchemas(),
      examples: problemExamples(),
    },
  };
}

function operationOf(route: Route): ApiOperation {
  const { path, useCase, takesCsv } = route;
  const inPath = pathParameters(path);
  const fields = Object.entries(useCase.input.shape);
  const inQuery = queryParameterNames(route);
  const members = fields.filter(([name]) => !inPath.includes(name));
  const [summary = '', ...more] = useCase.summary.split(/(?<=\.) /);
  const content = takesCsv ? CSV_FILE : takesBody(route) && jsonBody(useCase.endpoint, members);
  return {
    operationId: useCase.endpoint.charAt(0).toLowerCase() + useCase.endpoint.slice(1),
    tags: [tagOf(path)],
    summary,
    ...(more.length > 0 && { description: more.join(' ') }),
    parameters: [
      ...fields.filter(([name]) => inPath.includes(name)).map(([name, field]) => parameter(name, 'path', field)),
      ...fields.filter(([name]) => inQuery.includes(name)).map(([name, field]) => parameter(name, 'query', field)),
      ...(useCase.kind === 'command' ? IDEMPOTENCY_KEYS : []),
    ],
    ...(content && { requestBody: { required: Object.values(content).some(isRequired), content } }),
    responses: Object.fromEntries([successOf(route), ...errorResponsesOf(route)]),
  };
}

/** The last segment of a path that is a tag: changing a loan's lender is about lenders. */
function tagOf(path: string): string {
  const tag = path.split('/').findLast((segment) => Object.hasOwn(TAGS, segment));
  if (tag === undefined) throw new TypeError(`${path} has no tag in the reference: add one to TAGS`);
  return tag;
}

/** Of a body: an object without required members may be left out. */
function isRequired({ schema }: Content[string]): boolean {
  return schema.type !== 'object' || (schema.required ?? []).length > 0;
}

function jsonBody(endpoint: string, members: readonly [string, z.core.$ZodType][]): Content {
  const example = callExamples[endpoint]?.request;
  const schema = jsonSchema(z.object(Object.fromEntries(members)), 'input');
  return { 'application/json': { schema, ...(example && { example }) } };
}

function successOf({ useCase, takesCsv, inCsv, inEventStream }: Route): [status: number, ApiResponse] {
  const status = useCase.kind === 'command' ? useCase.success : 200;
  const example = callExamples[useCase.endpoint]?.response;
  return [
    status,
    {
      description: 'Done.',
      headers: {
        ...requestIdHeader,
        ...rateLimitHeaders,
        ...(useCase.kind === 'command' && replayHeaders),
        ...((status === 201 || takesCsv) && locationHeader),
      },
      content: {
        'application/json': { schema: jsonSchema(useCase.output, 'output'), ...(example && { example }) },
        ...(inCsv && {
          'text/csv': { schema: { type: 'string', description: 'All rows, with the members of a row as columns.' } },
        }),
        ...(inEventStream && { [EVENT_STREAM]: { schema: { type: 'string', description: EVENT_STREAM_RULE } } }),
      },
    },
  ];
}

function parameter(name: string, location: 'path' | 'query', field: z.core.$ZodType): Parameter {
  const { description, ...schema } = withoutNull(jsonSchema(field, 'input'));
  const example = parameterExamples[name];
  return {
    name,
    in: location,
    required: location === 'path',
    ...(description !== undefined && { description }),
    schema,
    ...(example !== undefined && { example }),
  };
}

const EVENT_STREAM_RULE =
  'The events as server-sent events: the data of each is an event as in `events`, and its id the cursor after it. `Last-Event-ID` takes ' +
  'precedence over `after`; without both, `from=now` begins with new events. The stream stays open, and ends with an event `end`, whose data has a problem. On AWS it begins with the first event, and ends with its page.';
const CSV_RULE =
  `A header line and up to ${IMPORT_ROWS_MAX} rows, at most ${IMPORT_BYTES_MAX / 1024 / 1024} MiB, in UTF-8, separated by comma, semicolon or tab. ` +
  'Columns may have any order; other columns are ignored. `curl --data-binary @FILE.csv` sends a file.';
const CSV_FILE: Content = {
  'text/csv': { schema: { type: 'string', description: CSV_RULE }, example: CSV_EXAMPLE, 'x-columns': csvColumns },
};

const IDEMPOTENCY_KEYS: readonly Parameter[] = [
  {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description:
      '1 to 255 visible ASCII characters, bare or in double quotes, in which spaces may be too. A repeat of the same request gets the first response.',
    schema: { type: 'string', maxLength: 257 },
    example: parameterExamples['Idempotency-Key'],
  },
  {
    name: 'X-Idempotency-Key',
    in: 'header',
    required: false,
    description: 'An older name of the same. Where both are sent, they must be equal.',
    schema: { type: 'string', maxLength: 257, examples: ['workshop-2026-03-01'] }, // not as `example`, which the curl line would send
  },
];
