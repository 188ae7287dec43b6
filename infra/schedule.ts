import { Duration, type Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as FunctionTarget } from 'aws-cdk-lib/aws-events-targets';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Deployment } from './deployment.ts';
import { addFunction, type HandlerProps } from './functions.ts';
import { indexAccessPolicy, sendEmailPolicy, tableAccessPolicy } from './iam-policies.ts';

/** The clock: a function that runs each minute for expired invitations and imports, abandoned outboxes and due mail. */
export function addClock(stack: Stack, deployment: Deployment, { bundle, table }: HandlerProps): LambdaFunction {
  const { name, settings } = deployment;
  // Without reserved concurrency: runs may overlap, and a new account has none to reserve.
  const clock = addFunction(stack, deployment, {
    id: 'Clock',
    description: 'Expires invitations, delivers abandoned outboxes, and sends mail that is due',
    bundle,
    table,
    memoryMb: 512,
    timeout: Duration.minutes(5),
    ...(settings.mail && { environment: settings.mail.environment }),
    policies: [...tableAccessPolicy(table), indexAccessPolicy(table), ...sendEmailPolicy(stack, deployment)],
  });
  new Rule(stack, 'EveryMinute', {
    ruleName: `${name}-every-minute`,
    description: 'Runs the clock',
    schedule: Schedule.rate(Duration.minutes(1)),
    // The next run does all that a failed one did not.
    targets: [new FunctionTarget(clock, { retryAttempts: 0, maxEventAge: Duration.minutes(1) })],
  });
  return clock;
}
