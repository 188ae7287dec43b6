import { type App, CfnOutput, Stack, Tags } from 'aws-cdk-lib';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { addApi } from './api.ts';
import { addIssuer } from './auth.ts';
import { addConsole } from './console/console.ts';
import { addConsoleClient } from './console/sign-in-pages.ts';
import { deploymentOf } from './deployment.ts';
import { addGateway } from './gateway.ts';
import { addImports } from './imports.ts';
import { addBounces } from './mail/bounces.ts';
import { addAlarms } from './monitoring/alarms.ts';
import { addDashboard } from './monitoring/dashboard.ts';
import { addClock } from './schedule.ts';
import type { Settings } from './settings.ts';
import { addSetup } from './setup.ts';
import { addStream } from './stream.ts';
import { addTable } from './table.ts';
import { addWebSocket } from './web-socket.ts';

export interface LendingProps {
  readonly settings: Settings;
  /** Folders with an `index.mjs` that exports `handler`. */
  readonly bundles: Readonly<Record<'api' | 'bounces' | 'clock' | 'import' | 'setup' | 'socket' | 'stream', string>>;
  /** Folder of the console's files, which the bundle of `setup` has. */
  readonly consoleAssets: string;
}

/** Private Lending on AWS: the console, two gateways, six functions, with mail a seventh, a queue, one table, alarms and a dashboard. */
export class LendingStack extends Stack {
  constructor(app: App, { settings, bundles, consoleAssets }: LendingProps) {
    const deployment = deploymentOf(settings);
    const { name } = deployment;
    super(app, name, { stackName: name, description: `Private Lending, ${settings.stage}` });

    const table = addTable(this, deployment);
    const issuer = addIssuer(this, deployment);
    const api = addApi(this, deployment, { bundle: bundles.api, table, issuer });
    const gateway = addGateway(this, deployment, api);
    const stream = addStream(this, deployment, { bundle: bundles.stream, table });
    const webSocket = addWebSocket(this, deployment, { bundle: bundles.socket, table, issuer });
    webSocket.grantManageConnections(stream.handler);
    api.addEnvironment('FEED_URL', webSocket.stage.url); // for the console, whose origin is another
    const clock = addClock(this, deployment, { bundle: bundles.clock, table });
    const imports = addImports(this, deployment, { bundle: bundles.import, table });
    for (const sender of [api, clock]) imports.grantSend(sender);
    const setup = addSetup(this, deployment, { bundle: bundles.setup, table });
    const console = addConsole(this, deployment, { gateway, setup: setup.handler, assets: consoleAssets });
    api.node.addDependency(console.files); // a page is served once its files are
    const publicUrl = settings.publicUrl ?? console.url;
    const withLinks = settings.mail ? [stream.handler, clock] : [];
    for (const handler of [api, webSocket.handler, ...withLinks]) handler.addEnvironment('PUBLIC_URL', publicUrl);
    if (issuer.pool) {
      const client = addConsoleClient(this, deployment, issuer.pool, publicUrl);
      api.addEnvironment('AUTH_CLIENT_ID', client.userPoolClientId);
    }
    if (settings.mail) {
      const { configurationSet } = addBounces(this, deployment, { bundle: bundles.bounces, table });
      for (const sender of withLinks) sender.addEnvironment('SES_CONFIGURATION_SET', configurationSet.configurationSetName);
    }
    const functions = functionsOf(this);
    // Without the secret, they can only fail.
    if (setup.secret) for (const handler of functions) if (handler !== setup.handler) handler.node.addDependency(setup.secret);
    const monitored = { functions, gateway, feed: webSocket.stage, table, stream, imports, clock };
    const alarms = addAlarms(this, deployment, monitored);
    const dashboard = addDashboard(this, deployment, { ...monitored, alarms: alarms.all });

    const tags = { application: 'private-lending', stage: settings.stage, 'managed-by': 'cdk' };
    for (const [key, value] of Object.entries(tags)) Tags.of(this).add(key, value);
    const outputs = {
      ConsoleUrl: publicUrl,
      ApiUrl: gateway.url,
      FeedUrl: webSocket.stage.url,
      TableName: table.tableName,
      Issuer: issuer.url,
      Audience: issuer.audience,
      ...(issuer.pool && { UserPoolId: issuer.pool.userPoolId }),
      AlarmTopicArn: alarms.topic.topicArn,
      ConsoleHost: console.distribution.domainName,
      ConsoleBucket: console.bucket.bucketName,
      DashboardName: dashboard.dashboardName,
      FailedBatchesBucket: stream.failedBatches.bucketName,
      FailedImportsQueueUrl: imports.deadLetterQueue.queueUrl,
    };
    for (const [id, value] of Object.entries(outputs)) new CfnOutput(this, id, { value });
  }
}

/** All functions, so that none is left out where a rule is for all. */
function functionsOf(stack: Stack): LambdaFunction[] {
  return stack.node.findAll().filter((construct) => construct instanceof LambdaFunction);
}
