import { type Logger, pino } from 'pino';
import { holdIdOf } from '../domain/risk/hold-id.ts';
import type { HoldDecided, RequestEnded, SubscriptionFailed } from '../execution/telemetry.ts';
import { traceIdOf } from './trace.ts';

export type Log = Logger;

/** A log of JSON lines, on standard error by default: standard output is for the results of commands. */
export function makeLog(destination: { write(line: string): void } = process.stderr): Log {
  return pino({ base: { service: 'private-lending' }, timestamp: pino.stdTimeFunctions.isoTime }, destination);
}

/** Writes the lines of one turn of the event loop at once: a write for each would cost a busy server more than its log is worth. */
export function inBatches(stream: Pick<NodeJS.WriteStream, 'write'>): { write(line: string): void } {
  let waiting = '';
  const flush = (): void => {
    if (waiting !== '') stream.write(waiting);
    waiting = '';
  };
  process.on('exit', flush);
  return {
    write(line) {
      if (waiting === '') setImmediate(flush);
      waiting += line;
    },
  };
}

/**
 * Logs a request with ids, times and codes only: an error's message may quote an address. The cause is logged for server errors.
 * @param members further members of the line
 */
export function logRequest(log: Log, request: RequestEnded, members: object = {}): void {
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
    ...members,
  };
  if (error && isServerError(error.metricType)) log.error({ ...line, err: error.cause }, 'request failed');
  else log.info(line, error ? 'request rejected' : 'request completed');
}

/** Logs a subscription that ended with an error, under the same rule as a request. */
export function logSubscription(log: Log, { endpoint, requestId, traceparent, userId, error }: SubscriptionFailed): void {
  const ids = { endpoint, request_id: requestId, trace_id: traceIdOf(traceparent), user_id: userId };
  const line = { ...ids, error: error.code, error_type: error.metricType };
  if (isServerError(error.metricType)) log.error({ ...line, err: error.cause }, 'subscription failed');
  else log.info(line, 'subscription ended');
}

/** Logs who has decided what, for an audit. @param members further members of the line */
export function logHoldDecision(log: Log, { hold, requestId, traceparent }: HoldDecided, members: object = {}): void {
  const { loanId, decision, decidedBy, isEnforced, score, modelVersion } = hold;
  const line = {
    hold_id: holdIdOf(hold),
    loan_id: loanId,
    decision,
    user_id: decidedBy,
    is_enforced: isEnforced,
    score,
    model_version: modelVersion,
    request_id: requestId,
    trace_id: traceIdOf(traceparent),
    ...members,
  };
  log.info(line, `hold ${decision}`);
}

/** For the circuit breaker: logs when it opens and when it closes. */
export function logAvailability(log: Log): (isUnavailable: boolean) => void {
  return (isUnavailable) => (isUnavailable ? log.error('database unavailable') : log.info('database available again'));
}

/** Logs when commits begin to fail because the store is unavailable, and when they succeed again. */
export function logWritability(log: Log): (error: Error | undefined) => void {
  return (err) => (err ? log.error({ err }, "the store can't be written") : log.info('the store can be written again'));
}

function isServerError(type: string): boolean {
  return ['Contention', 'DatabaseThrottled', 'DatabaseUnavailable', 'UnexpectedError'].includes(type);
}
