import type { DatabaseResponse } from './proxy.ts';

/* DynamoDB's error responses, as it sends them. */

/** Clients ignore what is before the error's name. */
const NAMESPACE = 'com.amazonaws.dynamodb.v20120810';

export function jsonResponse(status: number, body: unknown): DatabaseResponse {
  return { status, headers: { 'Content-Type': 'application/x-amz-json-1.0' }, text: JSON.stringify(body) };
}

/** @param name `ThrottlingException` */
export function errorResponse(name: string, message: string, status = 400): DatabaseResponse {
  return jsonResponse(status, { __type: `${NAMESPACE}#${name}`, message });
}

export interface CancellationReason {
  /** `None`: nothing is known of this item. */
  readonly Code: string;
  readonly Message?: string;
  readonly Item?: unknown;
}

/** @param reasons by position */
export function cancelledTransaction(reasons: readonly (CancellationReason | string)[]): DatabaseResponse {
  const CancellationReasons = reasons.map((reason) => (typeof reason === 'string' ? { Code: reason } : reason));
  return cancelled(CancellationReasons.map(({ Code }) => Code).join(', '), { CancellationReasons });
}

/** As older versions of the protocol have it. */
export function cancelledWithoutReasons(): DatabaseResponse {
  return cancelled('None', {});
}

function cancelled(codes: string, more: object): DatabaseResponse {
  const Message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`;
  return jsonResponse(400, { __type: `${NAMESPACE}#TransactionCanceledException`, ...more, Message });
}

export const THROTTLED = errorResponse(
  'ProvisionedThroughputExceededException',
  'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level.',
);
export const RATE_EXCEEDED = errorResponse('ThrottlingException', 'Rate of requests exceeds the allowed throughput.');
export const INTERNAL = errorResponse('InternalServerError', 'Internal server error', 500);

/** From a load balancer without a healthy backend. */
export const NO_BACKEND: DatabaseResponse = {
  status: 503,
  headers: { 'Content-Type': 'text/html' },
  text: '<html><body><b>Http/1.1 Service Unavailable</b></body></html>',
};
