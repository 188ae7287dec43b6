import { type App, CfnOutput, Stack, Tags } from 'aws-cdk-lib';
import { addApi } from './api.ts';
import { addSignIn } from './auth.ts';
import { deploymentOf } from './deployment.ts';
import { addGateway } from './gateway.ts';
import { addImports } from './imports.ts';
import { addAlarms } from './monitoring/alarms.ts';
import { addDashboard } from './monitoring/dashboard.ts';
import { addClock } from './schedule.ts';
import type { Settings } from './settings.ts';
import { addStream } from './stream.ts';
import { addTable } from './table.ts';
import { addWebSocket } from './web-socket.ts';

export interface LendingProps {
  readonly settings: Settings;
  /** Folders with an `index.mjs` that exports `handler`. */
  readonly bundles: Readonly<Record<'api' | 'clock' | 'import' | 'socket' | 'stream', string>>;
}

/** Private Lending on AWS: two gateways, five functions, a queue, one table, and what tells how they are. */
export class LendingStack extends Stack {
  constructor(app: App, { settings, bundles }: LendingProps) {
    const deployment = deploymentOf(settings);
    const { name } = deployment;
    super(app, name, { stackName: name, description: `Private Lending, ${settings.stage}` });

    const table = addTable(this, deployment);
    const signIn = addSignIn(this, deployment);
    const api = addApi(this, deployment, { bundle: bundles.api, table, issuer: signIn });
    const gateway = addGateway(this, deployment, api);
    const stream = addStream(this, deployment, { bundle: bundles.stream, table });
    const webSocket = addWebSocket(this, deployment, { bundle: bundles.socket, table, issuer: signIn });
    webSocket.grant(stream.handler);
    const clock = addClock(this, deployment, { bundle: bundles.clock, table });
    const imports = addImports(this, deployment, { bundle: bundles.import, table });
    for (const sender of [api, clock]) imports.grant(sender);
    const alarms = addAlarms(this, deployment, { api, stream, imports, clock });
    const dashboard = addDashboard(this, deployment, { api, stream, imports, clock, table, alarms });

    this.#tag(settings.stage);
    this.#output({
      ApiUrl: gateway.url,
      FeedUrl: webSocket.url,
      TableName: table.tableName,
      Issuer: signIn.url,
      Audience: signIn.audience,
      ...(signIn.userPoolId && { UserPoolId: signIn.userPoolId }),
      AlarmTopicArn: alarms.topic.topicArn,
      DashboardName: dashboard.dashboardName,
      FailedBatchesBucket: stream.failed.bucketName,
      FailedImportsQueueUrl: imports.failed.queueUrl,
    });
  }

  #tag(stage: string): void {
    Object.entries({ application: 'private-lending', stage, 'managed-by': 'cdk' }).forEach(([key, value]) => {
      Tags.of(this).add(key, value);
    });
  }

  #output(values: Readonly<Record<string, string>>): void {
    for (const [id, value] of Object.entries(values)) new CfnOutput(this, id, { value });
  }
}
