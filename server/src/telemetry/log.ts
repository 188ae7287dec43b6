import { type Logger, pino } from 'pino';
import type { RequestEnded, SubscriptionFailed } from '../execution/telemetry.ts';
import { traceIdOf } from './trace.ts';

export type Log = Logger;

/** One JSON line for each thing worth telling, on standard error: standard output is for what people asked for. */
export function makeLog(destination: { write(line: string): void } = process.stderr): Log {
  return pino({ base: { service: 'private-lending' }, timestamp: pino.stdTimeFunctions.isoTime }, destination);
}

/**
 * The line of a request: ids, times and codes only. A refusal's message may quote an address, so it stays out;
 * of a fault of ours the cause is told.
 * @param more members that the line bears besides
 */
export function logRequest(log: Log, request: RequestEnded, more: object = {}): void {
  const { endpoint, durationMs, error, requestId, traceparent, userId, replayedRequestId, lendersAdded } = request;
  const line = {
    endpoint,
    status: error ? 'Error' : 'Success',
    duration_ms: Math.round(durationMs * 100) / 100,
    request_id: requestId,
    trace_id: traceIdOf(traceparent),
    user_id: userId,
    replay_of: replayedRequestId,
    ...(lendersAdded > 0 && { lenders_added: lendersAdded }),
    ...(error && {
      error: error.code,
      error_type: error.metricType,
      problems: error.details.map(({ path, code }) => ({ path, code })),
    }),
    ...more,
  };
  if (error && isOurs(error.metricType)) log.error({ ...line, err: error.cause }, 'request failed');
  else log.info(line, error ? 'request refused' : 'request answered');
}

/** The line of a subscription that could not go on, as bare as that of a request. */
export function logSubscription(log: Log, { endpoint, requestId, traceparent, userId, error }: SubscriptionFailed): void {
  const ids = { endpoint, request_id: requestId, trace_id: traceIdOf(traceparent), user_id: userId };
  const line = { ...ids, error: error.code, error_type: error.metricType };
  if (isOurs(error.metricType)) log.error({ ...line, err: error.cause }, 'subscription failed');
  else log.info(line, 'subscription ended');
}

/** Told when the database is found to be unavailable, and when it is back. */
export function logAvailability(log: Log): (isUnavailable: boolean) => void {
  return (isUnavailable) => (isUnavailable ? log.error('the database is unavailable') : log.info('the database is back'));
}

function isOurs(type: string): boolean {
  return ['Contention', 'DatabaseThrottled', 'DatabaseUnavailable', 'UnexpectedError'].includes(type);
}
