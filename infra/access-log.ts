import { RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { LogGroupLogDestination, type StageOptions } from 'aws-cdk-lib/aws-apigatewayv2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Deployment } from './deployment.ts';
import type { Throttle } from './settings.ts';

/** Log fields that both gateways have. */
const COMMON_FIELDS = {
  request_id: '$context.requestId',
  function_request_id: '$context.integration.requestId',
  time: '$context.requestTimeEpoch',
  route: '$context.routeKey',
  status: '$context.status',
  function_latency_ms: '$context.integrationLatency',
  function_status: '$context.integrationStatus',
  function_error: '$context.integrationErrorMessage',
  gateway_error: '$context.error.responseType',
};

interface StageProps {
  readonly id: string;
  /** Last part of the log group's name. */
  readonly kind: string;
  /** Log fields besides the common ones, by name. */
  readonly fields: Readonly<Record<string, string>>;
  /** Of each route that has no other. */
  readonly throttle: Throttle;
}

/** Throttling and an access log for a stage of a gateway. */
export function stageOptions(
  stack: Stack,
  { name, settings }: Deployment,
  { id, kind, fields, throttle }: StageProps,
): Pick<StageOptions, 'accessLogSettings' | 'autoDeploy' | 'throttle'> {
  const logGroup = new LogGroup(stack, id, {
    // Log groups with this prefix share one resource policy; an account has ten.
    logGroupName: `/aws/vendedlogs/${name}/${kind}`,
    retention: settings.logDays,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  return {
    autoDeploy: true,
    throttle: { rateLimit: throttle.ratePerSecond, burstLimit: throttle.burst },
    accessLogSettings: {
      destination: new LogGroupLogDestination(logGroup),
      format: AccessLogFormat.custom(JSON.stringify({ ...COMMON_FIELDS, ...fields })),
    },
  };
}
