import * as z from 'zod';
import type { ErrorCode } from '../../../domain/errors.ts';
import { errorCodes } from '../problem.ts';
import { errorAnswer, problemShape } from './errors.ts';
import { REQUEST_ID } from './examples.ts';
import type { Answer, Content, Operation, Schema } from './types.ts';

/* What the reference says of the other door to the same use cases. */

export const GRAPHQL_TAG = 'graphql';

const request = z.object({
  query: z.string().meta({ description: 'A GraphQL document.' }),
  variables: z.record(z.string(), z.unknown()).nullish().meta({ description: 'Values of the variables that it declares.' }),
  operationName: z.string().nullish().meta({ description: 'Which operation of several.' }),
});

const answer = z.object({
  data: z.record(z.string(), z.unknown()).nullish().meta({ description: 'Null at each field that failed.' }),
  errors: z
    .array(
      z.object({
        message: z.string(),
        locations: z
          .array(z.object({ line: z.int(), column: z.int() }))
          .optional()
          .meta({ description: 'Where in the document.' }),
        path: z
          .array(z.union([z.string(), z.int()]))
          .optional()
          .meta({ description: 'The field that failed.' }),
        extensions: z.object({
          code: z.enum(errorCodes),
          details: problemShape.shape.details,
          retryable: z.boolean(),
          retryAfter: z.int().optional(),
          requestId: z.string(),
        }),
      }),
    )
    .optional(),
});

const REQUEST = {
  query: 'mutation ($id: ID!, $lenders: [LenderInput!]!) { addLenders(loanId: $id, lenders: $lenders) { remaining } }',
  variables: { id: REQUEST_ID, lenders: [{ email: 'ana@example.com', contributionAmount: 5000 }] },
};

const ERRORS: readonly ErrorCode[] = [
  ...(['VALIDATION_ERROR', 'UNAUTHORIZED', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const),
  ...(['TOO_MANY_REQUESTS', 'INTERNAL_ERROR'] as const),
];

/** @param schemaOf turns a schema into JSON Schema */
export function graphQlPath(schemaOf: (schema: z.ZodType, io: 'input' | 'output') => Schema): Record<string, { post: Operation }> {
  const media = { schema: schemaOf(answer, 'output') };
  const example = { data: { addLenders: { remaining: 15_000 } } };
  const content: Content = { 'application/json': media, 'application/graphql-response+json': media };
  const refused = ERRORS.map((code): [string, Answer] => {
    const [status, told] = errorAnswer(code);
    return [status, { ...told, content }];
  });
  const done: Answer = {
    description: 'Answered. A field that failed is null, and `errors` tells why.',
    headers: { 'X-Request-Id': { description: 'The caller’s, or one made for this request.', schema: { type: 'string' } } },
    content: { ...content, 'application/json': { ...media, example } },
  };
  return {
    '/graphql': {
      post: {
        operationId: 'graphQl',
        tags: [GRAPHQL_TAG],
        summary: 'Asks for what the other calls do, in GraphQL.',
        description: 'Each field at the root, and each page below a loan, is a request of its own: it spends one of the rate.',
        parameters: [],
        requestBody: {
          required: true,
          content: { 'application/json': { schema: schemaOf(request, 'input'), example: REQUEST } },
        },
        responses: Object.fromEntries([['200', done], ...refused]),
      },
    },
  };
}
