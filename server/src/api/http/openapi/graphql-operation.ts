import * as z from 'zod';
import type { ErrorCode } from '../../../domain/errors.ts';
import { errorCodes } from '../problem.ts';
import { ERRORS_OF_ALL, errorResponse, problemShape } from './errors.ts';
import { LOAN_ID } from './examples.ts';
import { requestIdHeader } from './headers.ts';
import { jsonSchema } from './json-schema.ts';
import type { Content, PathOperation } from './types.ts';

export const GRAPHQL_TAG = 'graphql';

const requestShape = z.object({
  query: z.string().meta({ description: 'A GraphQL document.', examples: ['{ loans { loans { loanId } } }'] }),
  variables: z
    .record(z.string(), z.unknown())
    .nullish()
    .meta({ description: 'Values of the variables that it declares.', examples: [{ id: LOAN_ID }] }),
  operationName: z
    .string()
    .nullish()
    .meta({ description: 'Which operation of several.', examples: ['Add'] }),
});

const responseShape = z.object({
  data: z
    .record(z.string(), z.unknown())
    .nullish()
    .meta({ description: 'Null at each field that failed.', examples: [{ addLenders: { remaining: 10_000 } }] }),
  errors: z
    .array(
      z.object({
        message: z.string().meta({ description: 'What went wrong, for people.', examples: ['The loan was not found.'] }),
        locations: z
          .array(
            z.object({
              line: z.int().meta({ description: 'From 1.', examples: [1] }),
              column: z.int().meta({ description: 'From 1.', examples: [3] }),
            }),
          )
          .optional()
          .meta({ description: 'Where in the document.' }),
        path: z
          .array(z.union([z.string(), z.int()]))
          .optional()
          .meta({ description: 'The field that failed.', examples: [['addLenders']] }),
        extensions: z
          .object({
            code: z.enum(errorCodes).meta({ description: 'The code, for programs, as in REST.' }),
            details: problemShape.shape.details,
            retryable: problemShape.shape.retryable,
            retryAfter: z
              .int()
              .optional()
              .meta({ description: 'Seconds to wait.', examples: [5] }),
            requestId: problemShape.shape.request_id,
          })
          .meta({ description: 'The same as the body of an error in REST.' }),
      }),
    )
    .optional()
    .meta({ description: 'Left out where nothing failed.' }),
});

const REQUEST = {
  query: 'mutation ($id: ID!, $lenders: [LenderInput!]!) { addLenders(loanId: $id, lenders: $lenders) { remaining } }',
  variables: { id: LOAN_ID, lenders: [{ email: 'dora@example.com', contributionAmount: 5000 }] },
};

const RESPONSE = { data: { addLenders: { remaining: 10_000 } } };

const ERRORS: readonly ErrorCode[] = ['UNAUTHORIZED', 'FORBIDDEN', ...ERRORS_OF_ALL, 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'];

const FOREIGN_SESSION = 'The cookie of a session comes from a page of another origin.';

export function graphQlOperation(): PathOperation {
  const media = { schema: jsonSchema(responseShape, 'output') };
  const content: Content = { 'application/json': media, 'application/graphql-response+json': media };
  const errors = ERRORS.map((code) => {
    const [status, response] = errorResponse(code, code === 'FORBIDDEN' ? FOREIGN_SESSION : undefined);
    const isOfAll = ERRORS_OF_ALL.includes(code); // also responded with before GraphQL gets the request
    return [status, { ...response, content: isOfAll ? { ...response.content, ...content } : content }];
  });
  return {
    method: 'POST',
    path: '/graphql',
    operation: {
      operationId: 'graphQl',
      tags: [GRAPHQL_TAG],
      summary: 'The same operations in GraphQL.',
      description: 'Each field at the root, and each page below a loan, counts as a request of its own against the rate limit.',
      parameters: [],
      requestBody: {
        required: true,
        content: { 'application/json': { schema: jsonSchema(requestShape, 'input'), example: REQUEST } },
      },
      responses: {
        200: {
          description: 'Done. A field that failed is null, and `errors` says why.',
          headers: requestIdHeader,
          content: { ...content, 'application/json': { ...media, example: RESPONSE } },
        },
        ...Object.fromEntries(errors),
      },
    },
  };
}
