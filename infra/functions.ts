import { type Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, LoggingFormat, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Deployment } from './deployment.ts';
import { suppressFinding } from './suppress-finding.ts';

/** What every function of the stack gets. */
export interface HandlerProps {
  /** Folder with the `index.mjs` that exports `handler`. */
  readonly bundle: string;
  readonly table: Table;
}

interface FunctionProps extends HandlerProps {
  readonly id: 'Api' | 'Bounces' | 'Clock' | 'Import' | 'Setup' | 'Socket' | 'Stream';
  readonly description: string;
  readonly memoryMb: number;
  readonly timeout: Duration;
  /** Besides STORE. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly reservedConcurrency?: number | undefined;
  /** Besides writing logs and traces. */
  readonly policies: readonly PolicyStatement[];
}

export function addFunction(stack: Stack, { settings, name: prefix }: Deployment, props: FunctionProps): LambdaFunction {
  const { id } = props;
  const name = `${prefix}-${id.toLowerCase()}`;
  const logGroup = new LogGroup(stack, `${id}Logs`, {
    logGroupName: `/aws/lambda/${name}`,
    retention: settings.logDays,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const role = new Role(stack, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);
  for (const statement of props.policies) role.addToPolicy(statement);
  suppressFinding(role, 'AwsSolutions-IAM5[Resource::*]', 'X-Ray has no resources: its actions can only be granted for all.');
  return new LambdaFunction(stack, id, {
    functionName: name,
    description: props.description,
    code: Code.fromAsset(props.bundle),
    handler: 'index.handler',
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    memorySize: props.memoryMb,
    timeout: props.timeout,
    role,
    logGroup,
    // The program writes JSON lines itself. With LoggingFormat.JSON, Lambda would wrap them, metrics included.
    loggingFormat: LoggingFormat.TEXT,
    tracing: Tracing.ACTIVE,
    environment: { STORE: `dynamodb:${props.table.tableName}`, ...props.environment },
    ...(props.reservedConcurrency !== undefined && { reservedConcurrentExecutions: props.reservedConcurrency }),
  });
}
