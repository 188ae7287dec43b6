import { Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Deployment } from './deployment.ts';
import { acceptFinding } from './suppress-finding.ts';

/** Neither paths nor addresses: people may put into a path what doesn't belong into a log. The program logs what was called. */
const ACCESS_LOG = {
  request_id: '$context.requestId',
  function_request_id: '$context.integration.requestId',
  time: '$context.requestTimeEpoch',
  method: '$context.httpMethod',
  route: '$context.routeKey',
  status: '$context.status',
  response_bytes: '$context.responseLength',
  latency_ms: '$context.responseLatency',
  function_latency_ms: '$context.integrationLatency',
  function_status: '$context.integrationStatus',
  function_error: '$context.integrationErrorMessage',
  gateway_error: '$context.error.responseType',
};

/** The HTTP API. It passes everything on; the program answers in one voice, refusals included. */
export function addGateway(stack: Stack, { name, settings }: Deployment, api: LambdaFunction): HttpStage {
  const gateway = new HttpApi(stack, 'Gateway', {
    apiName: name,
    description: 'Passes every request to the program, which verifies tokens and answers CORS itself',
    createDefaultStage: false,
    defaultIntegration: new HttpLambdaIntegration('ToApi', api, { timeout: Duration.seconds(20) }),
  });
  acceptFinding(
    gateway,
    'AwsSolutions-APIG4',
    'The program verifies every token: a JWT authorizer takes RSA signatures only, and refuses in words of its own.',
  );
  const accessLog = new LogGroup(stack, 'AccessLog', {
    // Names that begin so share one resource policy; others would fill up the ten that an account has.
    logGroupName: `/aws/vendedlogs/${name}/access`,
    retention: settings.logDays,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  return new HttpStage(stack, 'Stage', {
    httpApi: gateway,
    stageName: '$default',
    autoDeploy: true,
    throttle: { rateLimit: settings.throttle.ratePerSecond, burstLimit: settings.throttle.burst },
    accessLogSettings: {
      destination: new LogGroupLogDestination(accessLog),
      format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
    },
  });
}
