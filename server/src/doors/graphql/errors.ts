import { GraphQLError } from 'graphql';
import { DomainError, invalid, unforeseen } from '../../domain/errors.ts';
import type { RequestId } from '../../domain/ids.ts';

/** What a client is told of an error, whatever brought it about: never anything from inside. */
export function refusalIn(error: GraphQLError): DomainError {
  const cause = error.originalError;
  if (cause instanceof DomainError) return cause;
  // What graphql itself objects to is the client's; what a field threw is ours.
  if (error.path && !(cause instanceof GraphQLError)) return unforeseen(cause ?? error);
  return invalid([{ path: '', code: 'INVALID', message: error.message }]);
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
