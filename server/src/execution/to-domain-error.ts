import { contention, DomainError, databaseThrottled, databaseUnavailable, unexpectedError } from '../domain/errors.ts';
import { StoreError } from '../storage/store.ts';

/** The error that a caller gets for what was thrown. */
export function toDomainError(thrown: unknown): DomainError {
  if (thrown instanceof DomainError) return thrown;
  if (!(thrown instanceof StoreError)) return unexpectedError(thrown);
  switch (thrown.kind) {
    case 'busy':
      return contention(thrown);
    case 'throttled':
      return databaseThrottled(thrown);
    case 'unavailable':
      return databaseUnavailable(thrown);
  }
}
