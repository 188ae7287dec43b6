import type { RequestEnded } from '../execution/telemetry.ts';
import type { Metrics, RiskCount } from './metrics.ts';

/*
 * CloudWatch embedded metric format: CloudWatch reads metrics from log lines, so nothing is sent during a request. The member
 * `_aws` says which members of a line are metrics and which are their dimensions.
 */

const NAMESPACE = 'PrivateLending/API';
const BACKGROUND_NAMESPACE = 'PrivateLending/Background';

/** Metrics as members of log lines. @param clock epoch milliseconds */
export function embeddedMetrics(clock: () => number): Metrics {
  const lineMembers = (metrics: readonly object[], members: object) => ({
    _aws: { Timestamp: clock(), CloudWatchMetrics: metrics },
    ...members,
  });
  const backgroundCount = (name: string, dimensions: Readonly<Record<string, string>>) =>
    lineMembers([metric(name, 'Count', Object.keys(dimensions), BACKGROUND_NAMESPACE)], { ...dimensions, [name]: 1 });
  return {
    page: undefined,
    requestEnded: (request) => lineMembers(requestMetrics(request), requestMembers(request)),
    lendersImported: (count) => (count > 0 ? lineMembers([LENDERS_ADDED], { Endpoint: 'ImportLenders', LendersAdded: count }) : {}),
    importFailed: (code) => backgroundCount('ImportsFailed', { Code: code }),
    mailAttempted: ({ kind, outcome }) => backgroundCount('Mails', { Kind: kind, Outcome: outcome }),
    mailAnswered: (answer) => backgroundCount('MailAnswers', { Answer: answer }),
    eventDeadLettered: (handler) => backgroundCount('EventsDeadLettered', { Handler: handler }),
    batchScored: (batch) => lineMembers(riskMetrics(batch), riskMembers(batch)),
    holdDecided: (decision) => backgroundCount('HoldDecisions', { Decision: decision }),
  };
}

/** One directive per metric, since all metrics of a directive share its dimensions. */
function metric(
  name: string,
  unit: 'Count' | 'Milliseconds' | 'None',
  dimensions: readonly string[],
  namespace = NAMESPACE,
): object {
  return { Namespace: namespace, Dimensions: [dimensions], Metrics: [{ Name: name, Unit: unit }] };
}

const LENDERS_ADDED = metric('LendersAdded', 'Count', ['Endpoint']);

function requestMetrics({ error, lendersAdded }: RequestEnded): object[] {
  return [
    metric('APILatency', 'Milliseconds', ['Endpoint', 'Status']),
    ...(lendersAdded > 0 ? [LENDERS_ADDED] : []),
    ...(error ? [metric('APIError', 'Count', ['Endpoint', 'ErrorType'])] : []),
  ];
}

function requestMembers({ endpoint, durationMs, error, lendersAdded }: RequestEnded): object {
  return {
    Endpoint: endpoint,
    Status: error ? 'Error' : 'Success',
    APILatency: durationMs,
    ...(lendersAdded > 0 && { LendersAdded: lendersAdded }),
    ...(error && { ErrorType: error.metricType, APIError: 1 }),
  };
}

/** The scores have no dimensions: their mean over all batches is compared with that of the model. */
function riskMetrics({ score }: RiskCount): object[] {
  return [
    metric('RiskBatches', 'Count', ['Outcome'], BACKGROUND_NAMESPACE),
    ...(score === null ? [] : [metric('RiskScores', 'None', [], BACKGROUND_NAMESPACE)]),
  ];
}

function riskMembers({ outcome, score }: RiskCount): object {
  return { Outcome: outcome, RiskBatches: 1, ...(score !== null && { RiskScores: score }) };
}
