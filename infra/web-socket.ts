import { Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { LogGroupLogDestination, WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Issuer } from './auth.ts';
import type { Deployment } from './deployment.ts';
import { addFunction } from './functions.ts';
import { acceptFinding } from './suppress-finding.ts';

/** The stage stands in the address: so it is the same path as everywhere. */
const STAGE = 'feed';

/** Neither queries nor addresses nor what was said. A connection's id lets nobody in. */
const ACCESS_LOG = {
  request_id: '$context.requestId',
  function_request_id: '$context.integration.requestId',
  connection_id: '$context.connectionId',
  time: '$context.requestTimeEpoch',
  event: '$context.eventType',
  route: '$context.routeKey',
  status: '$context.status',
  function_latency_ms: '$context.integrationLatency',
  function_status: '$context.integrationStatus',
  function_error: '$context.integrationErrorMessage',
  gateway_error: '$context.error.responseType',
};

interface WebSocketProps {
  readonly bundle: string;
  readonly table: Table;
  readonly issuer: Issuer;
}

export interface WebSocket {
  readonly handler: LambdaFunction;
  /** `wss://…/feed` */
  readonly url: string;
  /** Lets a function find the connections, and say something to them or close them: of this API alone. */
  grant(to: LambdaFunction): void;
}

/** The feed: a WebSocket API that holds the connections, and the function that gets what they say. */
export function addWebSocket(stack: Stack, deployment: Deployment, { bundle, table, issuer }: WebSocketProps): WebSocket {
  const { name, settings } = deployment;
  const handler = addFunction(stack, deployment, {
    id: 'Socket',
    name: `${name}-socket`,
    description: 'Carries out what the connections of the feed say',
    bundle,
    memoryMb: 1024,
    // The gateway gives up after 29 s. A watcher is sent away after 10 s, and a last try then takes 3.
    timeout: Duration.seconds(25),
    environment: {
      STORE: `dynamodb:${table.tableName}`,
      AUTH_ISSUER: issuer.url,
      AUTH_AUDIENCE: issuer.audience,
      ...settings.environment,
    },
    may: [
      new PolicyStatement({
        actions: ['dynamodb:BatchGetItem', 'dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
        resources: [table.tableArn],
      }),
    ],
  });
  const toHandler = { integration: new WebSocketLambdaIntegration('ToSocket', handler) };
  const api = new WebSocketApi(stack, 'Feed', {
    apiName: `${name}-feed`,
    description: 'Holds the connections of the feed; the program verifies the token of each subscription',
    // None for $connect: there is nothing to ask of a connection that has not said anything.
    defaultRouteOptions: toHandler,
    disconnectRouteOptions: toHandler,
  });
  for (const route of api.node.findAll().filter(({ node }) => node.id.endsWith('-Route'))) {
    acceptFinding(
      route,
      'AwsSolutions-APIG4',
      'The token comes in a message, where no log and no other page can see it; the program verifies it.',
    );
  }
  const stage = addStage(stack, deployment, api);

  function grant(to: LambdaFunction): void {
    to.addEnvironment('FEED_ENDPOINT', stage.callbackUrl);
    const resources = ['POST', 'DELETE'].map((method) =>
      stack.formatArn({ service: 'execute-api', resource: api.apiId, resourceName: `${STAGE}/${method}/@connections/*` }),
    );
    to.addToRolePolicy(new PolicyStatement({ actions: ['execute-api:ManageConnections'], resources }));
    for (const method of ['POST', 'DELETE']) {
      const at = `arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<${stack.resolve(api.apiId).Ref}>`;
      acceptFinding(
        to.role ?? to,
        `AwsSolutions-IAM5[Resource::${at}/${STAGE}/${method}/@connections/*]`,
        'Connections come and go with their clients; the API, the stage and the method are what is known of them beforehand.',
      );
    }
  }
  grant(handler);
  return { handler, url: stage.url, grant };
}

function addStage(stack: Stack, { name, settings }: Deployment, webSocketApi: WebSocketApi): WebSocketStage {
  const accessLog = new LogGroup(stack, 'FeedAccessLog', {
    // Names that begin so share one resource policy; others would fill up the ten that an account has.
    logGroupName: `/aws/vendedlogs/${name}/feed`,
    retention: settings.logDays,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  return new WebSocketStage(stack, 'FeedStage', {
    ...{ webSocketApi, stageName: STAGE, autoDeploy: true },
    throttle: { rateLimit: settings.throttle.ratePerSecond, burstLimit: settings.throttle.burst },
    accessLogSettings: {
      destination: new LogGroupLogDestination(accessLog),
      format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
    },
  });
}
