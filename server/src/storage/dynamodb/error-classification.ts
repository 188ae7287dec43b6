import { StoreError } from '../store.ts';
import { MalformedError } from './items.ts';

/* What may be done about a failed request to DynamoDB. */

const THROTTLED = new Set(['ProvisionedThroughputExceededException', 'RequestLimitExceeded', 'ThrottlingException']);
const THROTTLING_REASONS = new Set(['ThrottlingError', 'ProvisionedThroughputExceeded', 'RequestLimitExceeded']);

/** The same transaction, sent twice, is still under way. */
const IN_PROGRESS = 'TransactionInProgressException';

/** The SDK has no type for this. */
export const REGION_MISSING = 'Region is missing';

/** Missing rights, credentials or table: a retry would fail in the same way. */
const MISCONFIGURED = new Set([
  ...['AccessDeniedException', 'ExpiredTokenException', 'IncompleteSignatureException', 'InvalidSignatureException'],
  ...['MissingAuthenticationTokenException', 'ResourceNotFoundException', 'UnrecognizedClientException'],
  ...['CredentialsProviderError', 'TokenProviderError'],
]);

/** Whether an operator has to change settings or rights first. */
export function isMisconfigured(thrown: unknown): boolean {
  return MISCONFIGURED.has(nameOf(thrown)) || (thrown instanceof Error && thrown.message === REGION_MISSING);
}

/** Whether the request may have been carried out. Only another attempt shows it. */
export function isOutcomeUnknown(thrown: unknown): boolean {
  if (thrown instanceof MalformedError || nameOf(thrown) === IN_PROGRESS) return true;
  const isProgrammingError = thrown instanceof TypeError || thrown instanceof RangeError;
  if (isProgrammingError || !(thrown instanceof Error) || MISCONFIGURED.has(thrown.name)) return false;
  return !isServiceError(thrown) || statusOf(thrown) >= 500;
}

/** @returns a StoreError, or the error itself for a programming error */
export function toStoreError(thrown: unknown): unknown {
  if (thrown instanceof StoreError) return thrown;
  const name = nameOf(thrown);
  // A SyntaxError's message quotes the text that could not be parsed, which may be an e-mail address.
  if (thrown instanceof SyntaxError) return new StoreError('unavailable', 'the response is not JSON');
  const message = thrown instanceof Error ? `${name}: ${thrown.message}` : name;
  if (THROTTLED.has(name)) return new StoreError('throttled', message, thrown);
  if (isOutcomeUnknown(thrown) || MISCONFIGURED.has(name)) return new StoreError('unavailable', message, thrown);
  return thrown;
}

/** @param code of a cancellation reason */
export function isThrottlingReason(code: string | undefined): boolean {
  return code !== undefined && THROTTLING_REASONS.has(code);
}

function nameOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.name : typeof thrown;
}

/** Whether DynamoDB itself reported the error, in a complete response. */
function isServiceError(thrown: Error): boolean {
  return '$fault' in thrown;
}

function statusOf(thrown: Error): number {
  const metadata = '$metadata' in thrown ? thrown.$metadata : undefined;
  return typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata ? Number(metadata.httpStatusCode) : 0;
}
