import { Duration, type Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as FunctionTarget } from 'aws-cdk-lib/aws-events-targets';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Deployment } from './deployment.ts';
import { addFunction } from './functions.ts';
import { sendEmailPolicy, tableAccessPolicy } from './iam-policies.ts';

interface ClockProps {
  readonly bundle: string;
  readonly table: Table;
}

/** The function that sees each minute to what nobody has asked for: invitations that expire, outboxes that were left, mail that is due. */
export function addClock(stack: Stack, deployment: Deployment, { bundle, table }: ClockProps): LambdaFunction {
  const { name, settings } = deployment;
  // No concurrency is reserved: ticks may overlap, and a new account has none to give away.
  const clock = addFunction(stack, deployment, {
    id: 'Clock',
    name: `${name}-clock`,
    description: 'Frees expired amounts, delivers what was left, and sends mail that is due',
    bundle,
    memoryMb: 512,
    timeout: Duration.minutes(5),
    environment: { STORE: `dynamodb:${table.tableName}`, ...settings.mail?.environment },
    may: [...tableAccessPolicy(table), ...sendEmailPolicy(stack, settings.mail)],
  });
  new Rule(stack, 'EachMinute', {
    ruleName: `${name}-each-minute`,
    description: 'Has the clock look at what is due',
    schedule: Schedule.rate(Duration.minutes(1)),
    // The next tick does all that this one did not.
    targets: [new FunctionTarget(clock, { retryAttempts: 0, maxEventAge: Duration.minutes(1) })],
  });
  return clock;
}
