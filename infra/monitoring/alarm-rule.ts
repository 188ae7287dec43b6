import { Duration } from 'aws-cdk-lib';
import type { HttpStage, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Imports } from '../imports.ts';
import type { Stream } from '../stream.ts';

export interface AlarmRule {
  readonly name: string;
  readonly description: string;
  readonly metric: IMetric;
  /** The alarm is raised above this value. Default 0. */
  readonly above?: number;
  /** The alarm is raised below this value, or without data: for what must never stop. */
  readonly below?: number;
  /** Without data, the alarm otherwise ends. */
  readonly withoutData?: 'unchanged';
}

export interface MonitoredResources {
  /** All functions of the stack. */
  readonly functions: readonly LambdaFunction[];
  readonly gateway: HttpStage;
  readonly feed: WebSocketStage;
  readonly table: Table;
  readonly stream: Stream;
  readonly imports: Imports;
  readonly clock: LambdaFunction;
}

/** Of most alarms. */
export const PERIOD = Duration.minutes(5);
export const SUM = { period: PERIOD, statistic: 'Sum' } as const;
