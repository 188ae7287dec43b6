import { StoreError } from '../store.ts';
import { MalformedError } from './items.ts';

/* What went wrong with one request to DynamoDB, told apart by what may be done about it. */

const THROTTLED = new Set(['ProvisionedThroughputExceededException', 'RequestLimitExceeded', 'ThrottlingException']);

/** The same transaction, sent twice, is still under way. */
const IN_PROGRESS = 'TransactionInProgressException';

/** DynamoDB can't be used as it is set up: another try would be told the same. */
const MISCONFIGURED = new Set([
  ...['AccessDeniedException', 'ExpiredTokenException', 'IncompleteSignatureException', 'InvalidSignatureException'],
  ...['MissingAuthenticationTokenException', 'ResourceNotFoundException', 'UnrecognizedClientException'],
  ...['CredentialsProviderError', 'TokenProviderError'],
]);

/** @returns whether the request may have been carried out, so that only sending it again tells */
export function isOutcomeUnknown(thrown: unknown): boolean {
  if (thrown instanceof MalformedError || nameOf(thrown) === IN_PROGRESS) return true;
  const isProgrammingError = thrown instanceof TypeError || thrown instanceof RangeError;
  if (isProgrammingError || !(thrown instanceof Error) || MISCONFIGURED.has(thrown.name)) return false;
  return !isServiceError(thrown) || statusOf(thrown) >= 500;
}

/** What the port tells of it; a mistake of our own is passed on as it is. */
export function toStoreError(thrown: unknown): unknown {
  if (thrown instanceof StoreError) return thrown;
  const name = nameOf(thrown);
  // Its own message quotes what could not be read, which may be somebody's address.
  if (thrown instanceof SyntaxError) return new StoreError('unavailable', 'an answer came that is not JSON');
  const message = thrown instanceof Error ? `${name}: ${thrown.message}` : name;
  if (THROTTLED.has(name)) return new StoreError('throttled', message, thrown);
  if (isOutcomeUnknown(thrown) || MISCONFIGURED.has(name)) return new StoreError('unavailable', message, thrown);
  return thrown;
}

export function isThrottlingReason(code: string | undefined): boolean {
  return code === 'ThrottlingError' || code === 'ProvisionedThroughputExceeded' || code === 'RequestLimitExceeded';
}

export function nameOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.name : typeof thrown;
}

/** A whole answer of DynamoDB that says no. Anything else broke on its way. */
function isServiceError(thrown: Error): boolean {
  return '$fault' in thrown;
}

function statusOf(thrown: Error): number {
  const told = '$metadata' in thrown ? thrown.$metadata : undefined;
  return typeof told === 'object' && told !== null && 'httpStatusCode' in told ? Number(told.httpStatusCode) : 0;
}
