import type { DatabaseResponse } from './proxy.ts';

/* DynamoDB's refusals, in the words and the shape in which it sends them. */

/** In front of an error's name; clients look at the name alone. */
const OF_DYNAMODB = 'com.amazonaws.dynamodb.v20120810';
const OF_THE_FRONT = 'com.amazon.coral.service';

/** Those that the layer in front of the database gives. */
const FRONT = new Set(['AccessDeniedException', 'ExpiredTokenException', 'ThrottlingException', 'UnrecognizedClientException']);

/** @param name `ThrottlingException` */
export function errorResponse(name: string, message: string, status = 400): DatabaseResponse {
  return jsonResponse(status, { __type: `${FRONT.has(name) ? OF_THE_FRONT : OF_DYNAMODB}#${name}`, message });
}

export interface CancellationReason {
  /** `None` where nothing is known to stand in the way. */
  readonly Code: string;
  readonly Message?: string;
  readonly Item?: unknown;
}

const TOLD: Readonly<Record<string, string>> = {
  ConditionalCheckFailed: 'The conditional request failed',
  TransactionConflict: 'Transaction is ongoing for the item',
  ThrottlingError: 'Throughput exceeds the current capacity of your table or index.',
  ProvisionedThroughputExceeded: 'The level of configured provisioned throughput for the table was exceeded.',
};

/** @param reasons by position; a code alone is told in its own words */
export function cancelledTransaction(reasons: readonly (CancellationReason | string)[]): DatabaseResponse {
  const CancellationReasons = reasons.map((reason) => (typeof reason === 'string' ? reasonFor(reason) : reason));
  const codes = CancellationReasons.map(({ Code }) => Code).join(', ');
  return jsonResponse(400, {
    __type: `${OF_DYNAMODB}#TransactionCanceledException`,
    CancellationReasons,
    Message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
  });
}

function reasonFor(Code: string): CancellationReason {
  const Message = TOLD[Code];
  return Message === undefined ? { Code } : { Code, Message };
}

/** One that the database does not tell the reasons of, as older versions of its protocol do not. */
export function cancelledWithoutReasons(): DatabaseResponse {
  const Message = 'Transaction cancelled, please refer cancellation reasons for specific reasons [None]';
  return jsonResponse(400, { __type: `${OF_DYNAMODB}#TransactionCanceledException`, Message });
}

export const THROTTLED = errorResponse(
  'ProvisionedThroughputExceededException',
  'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level.',
);

export const RATE_EXCEEDED = errorResponse('ThrottlingException', 'Rate of requests exceeds the allowed throughput.');

export const INTERNAL = errorResponse('InternalServerError', 'Internal server error', 500);

/** As a load balancer says it that finds nobody behind it. */
export const NO_BACKEND: DatabaseResponse = {
  status: 503,
  headers: { 'Content-Type': 'text/html' },
  text: '<html><body><b>Http/1.1 Service Unavailable</b></body></html>',
};

export function jsonResponse(status: number, body: unknown): DatabaseResponse {
  return { status, headers: { 'Content-Type': 'application/x-amz-json-1.0' }, text: JSON.stringify(body) };
}
