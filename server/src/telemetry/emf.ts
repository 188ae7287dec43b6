import type { RequestEnded } from '../execution/telemetry.ts';
import type { Metrics } from './metrics.ts';

/*
 * CloudWatch's embedded metric format: CloudWatch reads the metrics out of the log, so that none is ever sent. A document says in
 * `_aws` which of its members are metrics, and by which others they are told apart.
 */

const NAMESPACE = 'PrivateLending/API';
/** What nobody has asked for at the moment. */
const BACKGROUND = 'PrivateLending/Background';

/** Metrics that leave with the request's own line in the log. @param clock epoch milliseconds */
export function embeddedMetrics(clock: () => number): Metrics {
  return {
    page: undefined,
    requestEnded: (request) => membersOf(request, clock()),
    lendersImported: (count) => (count > 0 ? importMembers(count, clock()) : {}),
    mailEnded: ({ kind, outcome }) => backgroundMembers('Mails', { Kind: kind, Outcome: outcome }, clock()),
    eventDeadLettered: (handler) => backgroundMembers('EventsDeadLettered', { Handler: handler }, clock()),
  };
}

function importMembers(lendersAdded: number, now: number) {
  const counted = directive('LendersAdded', 'Count', ['Endpoint']);
  return { _aws: { Timestamp: now, CloudWatchMetrics: [counted] }, Endpoint: 'ImportLenders', LendersAdded: lendersAdded };
}

function backgroundMembers(name: string, dimensions: Readonly<Record<string, string>>, now: number) {
  const counted = directive(name, 'Count', Object.keys(dimensions), BACKGROUND);
  return { _aws: { Timestamp: now, CloudWatchMetrics: [counted] }, ...dimensions, [name]: 1 };
}

/** Each metric has a directive of its own, because all the metrics of one are told apart by the same members. */
function membersOf({ endpoint, durationMs, error, lendersAdded }: RequestEnded, now: number) {
  return {
    _aws: {
      Timestamp: now,
      CloudWatchMetrics: [
        directive('APILatency', 'Milliseconds', ['Endpoint', 'Status']),
        ...(lendersAdded > 0 ? [directive('LendersAdded', 'Count', ['Endpoint'])] : []),
        ...(error ? [directive('APIError', 'Count', ['Endpoint', 'ErrorType'])] : []),
      ],
    },
    Endpoint: endpoint,
    Status: error ? 'Error' : 'Success',
    APILatency: durationMs,
    ...(lendersAdded > 0 && { LendersAdded: lendersAdded }),
    ...(error && { ErrorType: error.metricType, APIError: 1 }),
  };
}

function directive(name: string, unit: 'Count' | 'Milliseconds', dimensions: readonly string[], namespace = NAMESPACE) {
  return { Namespace: namespace, Dimensions: [dimensions], Metrics: [{ Name: name, Unit: unit }] };
}
