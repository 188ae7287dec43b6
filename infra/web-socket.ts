import { Duration, type Stack } from 'aws-cdk-lib';
import { WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { stageOptions } from './access-log.ts';
import type { ApiProps } from './api.ts';
import { issuerEnvironment } from './auth.ts';
import type { Deployment } from './deployment.ts';
import { addFunction } from './functions.ts';
import { tableAccessPolicy } from './iam-policies.ts';
import { suppressFinding } from './suppress-finding.ts';

/** Part of the URL: so the path is `/feed`, as on the standalone server. */
const STAGE = 'feed';
const METHODS = ['POST', 'DELETE'];

/** Without queries, addresses and messages. A connection id grants no access. */
const LOG_FIELDS = {
  connection_id: '$context.connectionId',
  event: '$context.eventType',
};

export interface WebSocket {
  readonly handler: LambdaFunction;
  /** Its URL is `wss://…/feed`. */
  readonly stage: WebSocketStage;
  /** Grants a function to send messages to this API's connections, and to close them. */
  grantManageConnections(grantee: LambdaFunction): void;
}

/** The feed: a WebSocket API with its connections, and the function that handles their messages. */
export function addWebSocket(stack: Stack, deployment: Deployment, { bundle, table, issuer }: ApiProps): WebSocket {
  const handler = addFunction(stack, deployment, {
    id: 'Socket',
    description: 'Handles the messages of the feed’s connections',
    bundle,
    table,
    memoryMb: 1024,
    // The gateway times out after 29 s. Waiting for a subscription ends after 10 s, and a last attempt takes 3 s.
    timeout: Duration.seconds(25),
    environment: { ...issuerEnvironment(issuer), ...deployment.settings.environment },
    reservedConcurrency: deployment.settings.reservedConcurrency.socket,
    policies: tableAccessPolicy(table),
  });
  const route = { integration: new WebSocketLambdaIntegration('ToSocket', handler) };
  const api = new WebSocketApi(stack, 'Feed', {
    apiName: `${deployment.name}-feed`,
    description: 'Holds the connections of the feed; the program verifies the token of each subscription',
    // No $connect route: a connection is not authenticated before its first message.
    defaultRouteOptions: route,
    disconnectRouteOptions: route,
  });
  for (const construct of api.node.findAll().filter(({ node }) => node.id.endsWith('-Route'))) {
    suppressFinding(
      construct,
      'AwsSolutions-APIG4',
      'The program verifies the token, which comes in a message, so that it is not in a log or visible to other pages.',
    );
  }
  const { feed: throttle } = deployment.settings.throttles;
  const stage = new WebSocketStage(stack, 'FeedStage', {
    webSocketApi: api,
    stageName: STAGE,
    ...stageOptions(stack, deployment, { id: 'FeedAccessLog', kind: 'feed', fields: LOG_FIELDS, throttle }),
  });

  function grantManageConnections(grantee: LambdaFunction): void {
    grantee.addEnvironment('FEED_ENDPOINT', stage.callbackUrl);
    const resources = METHODS.map((method) =>
      stack.formatArn({ service: 'execute-api', resource: api.apiId, resourceName: `${STAGE}/${method}/@connections/*` }),
    );
    grantee.addToRolePolicy(new PolicyStatement({ actions: ['execute-api:ManageConnections'], resources }));
    const apiArn = `arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<${stack.resolve(api.apiId).Ref}>`;
    for (const method of METHODS) {
      suppressFinding(
        grantee.role ?? grantee,
        `AwsSolutions-IAM5[Resource::${apiArn}/${STAGE}/${method}/@connections/*]`,
        'Connection ids are not known beforehand; the API, the stage and the method are.',
      );
    }
  }
  grantManageConnections(handler);
  return { handler, stage, grantManageConnections };
}
