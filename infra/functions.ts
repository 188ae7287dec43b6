import { type Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, LoggingFormat, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Deployment } from './deployment.ts';
import { acceptFinding, type Finding } from './suppress-finding.ts';

interface FunctionProps {
  readonly id: 'Api' | 'Clock' | 'Import' | 'Socket' | 'Stream';
  readonly name: string;
  readonly description: string;
  readonly bundle: string;
  readonly memoryMb: number;
  readonly timeout: Duration;
  readonly environment?: Readonly<Record<string, string>>;
  readonly reservedConcurrency?: number | undefined;
  /** Besides its logs and traces. */
  readonly may: readonly PolicyStatement[];
  /** What is found about that, and why it is right. */
  readonly accepted?: readonly (readonly [Finding, string])[];
}

/** A function that may write its own logs and traces, and do what is said. */
export function addFunction(stack: Stack, { settings }: Deployment, props: FunctionProps): LambdaFunction {
  const { id, name } = props;
  const logs = new LogGroup(stack, `${id}Logs`, {
    logGroupName: `/aws/lambda/${name}`,
    retention: settings.logDays,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const role = new Role(stack, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  logs.grantWrite(role);
  for (const statement of props.may) role.addToPolicy(statement);
  acceptFinding(
    role,
    'AwsSolutions-IAM5[Resource::*]',
    'X-Ray knows no resources: its two actions can be given for all or not at all.',
  );
  for (const [finding, reason] of props.accepted ?? []) acceptFinding(role, finding, reason);
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
    logGroup: logs,
    // The program prints JSON lines of its own, and metrics must stand in a line unwrapped; in JSON format Lambda would wrap console lines.
    loggingFormat: LoggingFormat.TEXT,
    tracing: Tracing.ACTIVE,
    environment: { ...props.environment },
    ...(props.reservedConcurrency !== undefined && { reservedConcurrentExecutions: props.reservedConcurrency }),
  });
}
