import { GraphQLError } from 'graphql';
import { DomainError, invalid, unexpectedError } from '../../domain/errors.ts';
import type { RequestId } from '../../domain/ids.ts';

/** Longer messages of graphql, which repeat values that the client sent, are cut. */
const MESSAGE_LENGTH_MAX = 300;
/** Locations of one error: graphql names all fields of a conflict. */
const LOCATIONS_MAX = 10;

/** The domain error to send for an error of graphql. It exposes nothing internal. */
export function domainErrorOf(error: GraphQLError): DomainError {
  const cause = error.originalError;
  if (cause instanceof DomainError) return cause;
  // With nodes, graphql objects to the client's document. Otherwise a resolver threw, or a value doesn't fit its type: unexpected.
  if (error.path && !(cause instanceof GraphQLError && cause.nodes)) return unexpectedError(cause ?? error);
  return invalid([{ path: '', code: 'INVALID', message: cut(error.message) }]);
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
    ...(source?.locations && { locations: source.locations.slice(0, LOCATIONS_MAX) }),
    ...(source?.path && { path: source.path }),
    extensions: { code, details, retryable, ...(retryAfter !== undefined && { retryAfter }), requestId },
  };
}

/** The same as an error of graphql, for a library that formats it. */
export function toGraphQLError(error: DomainError, requestId: RequestId, from?: GraphQLError): GraphQLError {
  const { message, extensions } = errorBody(error, requestId);
  const { nodes, source = null, positions, path = null } = from ?? {};
  const located = { nodes: nodes?.slice(0, LOCATIONS_MAX) ?? null, positions: positions?.slice(0, LOCATIONS_MAX) ?? null };
  return new GraphQLError(message, { ...located, source, path, extensions });
}

function cut(message: string): string {
  return message.length > MESSAGE_LENGTH_MAX ? `${message.slice(0, MESSAGE_LENGTH_MAX).toWellFormed()}…` : message;
}
