import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { type AlarmRule, PERIOD, SUM } from './alarm-rule.ts';

/** Errors that mean more than that a function failed. */
const ERROR_ALARMS: Readonly<Record<string, Pick<AlarmRule, 'description' | 'name'>>> = {
  Api: {
    name: 'crashes',
    description: 'The function crashed or timed out. Such requests publish no metric of their own; see its log.',
  },
  Clock: {
    name: 'clock-failed',
    description: 'A run of the clock failed or timed out. The next run does the same work; see its log if this lasts.',
  },
};

/** Functions that a caller waits for. The others end before their timeout, and continue in their next run. */
const WAITED_FOR: readonly string[] = ['Api', 'Socket'];
const SLOW_PART = 0.8;

/** Of Lambda's metrics, the same for each function of the stack. */
export function functionAlarms(functions: readonly LambdaFunction[]): AlarmRule[] {
  return functions.flatMap((handler) => [
    errorAlarm(handler),
    {
      name: `${nameOf(handler)}-throttled`,
      description:
        'Lambda rejected invocations: the function or the account was at its limit of concurrent executions. See concurrency.',
      metric: handler.metricThrottles(SUM),
    },
    ...(WAITED_FOR.includes(handler.node.id) ? [slowAlarm(handler)] : []),
  ]);
}

function errorAlarm(handler: LambdaFunction): AlarmRule {
  const metric = handler.metricErrors(SUM);
  const name = nameOf(handler);
  return {
    name: `${name}-crashes`,
    description: `The function ${name} failed or timed out; see its log.`,
    ...ERROR_ALARMS[handler.node.id],
    metric,
  };
}

function slowAlarm(handler: LambdaFunction): AlarmRule {
  const { timeout } = handler;
  if (!timeout) throw new TypeError(`${handler.node.id} has no timeout`);
  return {
    name: `${nameOf(handler)}-slow`,
    description: `An invocation took more than ${SLOW_PART * 100} % of its timeout of ${timeout.toSeconds()} s. See latency and the table.`,
    metric: handler.metricDuration({ period: PERIOD, statistic: 'Maximum' }),
    above: SLOW_PART * timeout.toMilliseconds(),
  };
}

function nameOf(handler: LambdaFunction): string {
  return handler.node.id.toLowerCase();
}
