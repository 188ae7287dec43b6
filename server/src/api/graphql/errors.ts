import { GraphQLError } from 'graphql';
import { DomainError, invalid, unexpectedError } from '../../domain/errors.ts';
import type { RequestId } from '../../domain/ids.ts';

/** What a client is told of an error, whatever brought it about: never anything from inside. */
export function domainErrorOf(error: GraphQLError): DomainError {
  const cause = error.originalError;
  if (cause instanceof DomainError) return cause;
  // What graphql itself objects to stands in the client's document; what a field threw, or a type can't tell, is ours.
  if (error.path && !(cause instanceof GraphQLError && cause.nodes)) return unexpectedError(cause ?? error);
  return invalid([{ path: '', code: 'INVALID', message: error.message }]);
}

/** Whether it is a fault of ours that nobody has been told of: what a use case failed of has been logged. */
export function isFault({ originalError }: GraphQLError, { metricType }: DomainError): boolean {
  return metricType === 'UnexpectedError' && !(originalError instanceof DomainError);
}

/** The members that all refusals have, in GraphQL's form. */
export function errorBody(refusal: DomainError, requestId: RequestId, at?: Pick<GraphQLError, 'locations' | 'path'>) {
  const { code, message, details, retryable, retryAfter } = refusal;
  return {
    message,
    ...(at?.locations && { locations: at.locations }),
    ...(at?.path && { path: at.path }),
    extensions: { code, details, retryable, ...(retryAfter !== undefined && { retryAfter }), requestId },
  };
}

/** The same as an error of graphql's own, for whoever makes its form. */
export function toGraphQLError(refusal: DomainError, requestId: RequestId, at?: GraphQLError): GraphQLError {
  const { message, extensions } = errorBody(refusal, requestId);
  const { nodes = null, source = null, positions = null, path = null } = at ?? {};
  return new GraphQLError(message, { nodes, source, positions, path, extensions });
}
