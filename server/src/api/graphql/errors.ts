import { GraphQLError } from 'graphql';
import { DomainError, invalid, unexpectedError } from '../../domain/errors.ts';
import type { RequestId } from '../../domain/ids.ts';

/** The domain error to send for an error of graphql. It exposes nothing internal. */
export function domainErrorOf(error: GraphQLError): DomainError {
  const cause = error.originalError;
  if (cause instanceof DomainError) return cause;
  // With nodes, graphql objects to the client's document. Otherwise a resolver threw, or a value doesn't fit its type: unexpected.
  if (error.path && !(cause instanceof GraphQLError && cause.nodes)) return unexpectedError(cause ?? error);
  return invalid([{ path: '', code: 'INVALID', message: error.message }]);
}

/** Whether it is an unexpected error that is not logged yet. Errors of use cases are logged by the pipeline. */
export function needsLogging({ originalError }: GraphQLError, { metricType }: DomainError): boolean {
  return metricType === 'UnexpectedError' && !(originalError instanceof DomainError);
}

/** The members that all errors have, in GraphQL's format. */
export function errorBody(error: DomainError, requestId: RequestId, source?: Pick<GraphQLError, 'locations' | 'path'>) {
  const { code, message, details, retryable, retryAfter } = error;
  return {
    message,
    ...(source?.locations && { locations: source.locations }),
    ...(source?.path && { path: source.path }),
    extensions: { code, details, retryable, ...(retryAfter !== undefined && { retryAfter }), requestId },
  };
}

/** The same as an error of graphql, for a library that formats it. */
export function toGraphQLError(error: DomainError, requestId: RequestId, from?: GraphQLError): GraphQLError {
  const { message, extensions } = errorBody(error, requestId);
  const { nodes = null, source = null, positions = null, path = null } = from ?? {};
  return new GraphQLError(message, { nodes, source, positions, path, extensions });
}
