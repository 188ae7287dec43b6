import { CustomResource, Duration, type Stack } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Deployment } from './deployment.ts';
import { addFunction, type HandlerProps } from './functions.ts';
import { metadataAccessPolicy } from './iam-policies.ts';

/** Longer than the 40 s for which the program tries to open the table, and the 10 s for its report. */
const TIMEOUT = Duration.minutes(1);

export interface Setup {
  readonly handler: LambdaFunction;
  /**
   * Exists once the table has its secret: what reads the secret depends on it. Undefined where a copy of another store
   * brings one: until then the other functions can't start, as they may not create it, so that none has another in memory.
   */
  readonly secret: CustomResource | undefined;
}

/** The function that creates the table's secret at the first deployment. No other function may write it. */
export function addSetup(stack: Stack, deployment: Deployment, { bundle, table }: HandlerProps): Setup {
  const handler = addFunction(stack, deployment, {
    id: 'Setup',
    description: 'Creates the secret of a new table, at deployment',
    bundle,
    table,
    memoryMb: 512,
    timeout: TIMEOUT,
    policies: [metadataAccessPolicy(table)],
  });
  if (deployment.settings.copyFirst) return { handler, secret: undefined };
  const secret = new CustomResource(stack, 'StoreSecret', {
    serviceToken: handler.functionArn,
    resourceType: 'Custom::StoreSecret',
    // Lambda repeats a failed invocation after a minute. CloudFormation's default is an hour.
    serviceTimeout: Duration.minutes(5),
    properties: { TableName: table.tableName },
  });
  return { handler, secret };
}
