import { Duration, type Stack } from 'aws-cdk-lib';
import { CfnStage, HttpApi, HttpMethod, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { stageOptions } from './access-log.ts';
import type { Deployment } from './deployment.ts';
import type { Throttles } from './settings.ts';
import { suppressFinding } from './suppress-finding.ts';

/** Without paths and addresses: a path may contain personal data. The program logs which endpoint was called. */
const LOG_FIELDS = {
  method: '$context.httpMethod',
  response_bytes: '$context.responseLength',
  latency_ms: '$context.responseLatency',
};

/** Routes with a separate throttle, so that this traffic and the rest don't starve each other. */
const THROTTLED_ROUTES: readonly (readonly [Exclude<keyof Throttles, 'feed' | 'requests'>, HttpMethod, string])[] = [
  ['graphql', HttpMethod.POST, '/graphql'],
  ['imports', HttpMethod.POST, '/loans/{loan_id}/lenders/imports'],
  ['auth', HttpMethod.ANY, '/auth/{call+}'],
  ['pages', HttpMethod.GET, '/'],
  ['pages', HttpMethod.GET, '/app/{page+}'],
  ['pages', HttpMethod.ANY, '/invite/{loan_id}'],
  ['pages', HttpMethod.ANY, '/mail/{action}'],
  ['pages', HttpMethod.GET, '/docs'],
  ['pages', HttpMethod.GET, '/openapi.json'],
  ['pages', HttpMethod.GET, '/health/{check}'],
];

/** The HTTP API. It forwards every request to the program, so that all errors have one form. */
export function addGateway(stack: Stack, deployment: Deployment, api: LambdaFunction): HttpStage {
  const integration = new HttpLambdaIntegration('ToApi', api, { timeout: Duration.seconds(20) });
  const gateway = new HttpApi(stack, 'Gateway', {
    apiName: deployment.name,
    description: 'Forwards every request to the program, which verifies tokens and handles CORS itself',
    createDefaultStage: false,
    defaultIntegration: integration,
  });
  suppressFinding(
    gateway,
    'AwsSolutions-APIG4',
    'The program verifies every token: a JWT authorizer supports only RSA signatures, and has its own error format.',
  );
  const { throttles } = deployment.settings;
  const stage = new HttpStage(stack, 'Stage', {
    httpApi: gateway,
    stageName: '$default',
    ...stageOptions(stack, deployment, { id: 'AccessLog', kind: 'access', fields: LOG_FIELDS, throttle: throttles.requests }),
  });
  const routeSettings = THROTTLED_ROUTES.map(([kind, method, path]) => {
    const routes = gateway.addRoutes({ path, methods: [method], integration });
    // API Gateway rejects settings of a route that does not exist yet.
    stage.node.addDependency(...routes);
    const { ratePerSecond, burst } = throttles[kind];
    return [`${method} ${path}`, { ThrottlingRateLimit: ratePerSecond, ThrottlingBurstLimit: burst }];
  });
  const { defaultChild } = stage.node;
  if (!(defaultChild instanceof CfnStage)) throw new TypeError('the stage has no resource');
  defaultChild.routeSettings = Object.fromEntries(routeSettings);
  return stage;
}
