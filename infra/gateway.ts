import { Duration, type Stack } from 'aws-cdk-lib';
import { HttpApi, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { stageOptions } from './access-log.ts';
import type { Deployment } from './deployment.ts';
import { suppressFinding } from './suppress-finding.ts';

/** Without paths and addresses: a path may contain personal data. The program logs which endpoint was called. */
const LOG_FIELDS = {
  method: '$context.httpMethod',
  response_bytes: '$context.responseLength',
  latency_ms: '$context.responseLatency',
};

/** The HTTP API. It forwards every request to the program, so that all errors have one form. */
export function addGateway(stack: Stack, deployment: Deployment, api: LambdaFunction): HttpStage {
  const gateway = new HttpApi(stack, 'Gateway', {
    apiName: deployment.name,
    description: 'Forwards every request to the program, which verifies tokens and handles CORS itself',
    createDefaultStage: false,
    defaultIntegration: new HttpLambdaIntegration('ToApi', api, { timeout: Duration.seconds(20) }),
  });
  suppressFinding(
    gateway,
    'AwsSolutions-APIG4',
    'The program verifies every token: a JWT authorizer supports only RSA signatures, and has its own error format.',
  );
  return new HttpStage(stack, 'Stage', {
    httpApi: gateway,
    stageName: '$default',
    ...stageOptions(stack, deployment, { id: 'AccessLog', kind: 'access', fields: LOG_FIELDS }),
  });
}
