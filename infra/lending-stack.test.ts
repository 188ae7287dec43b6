import { Match } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { readBackgroundConfig, readConfig, readFunctionConfig } from '../server/src/config/config.ts';
import { LAYOUT } from '../server/src/storage/dynamodb/layout.ts';
import { type Synthesized, synthesize } from './testing/synthesized.ts';

const ISSUER = { issuer: 'https://login.example.com/pool', audience: 'lending' };

let made: Synthesized;
/** Of a passing stage, with an issuer of somebody else's. */
let passing: Synthesized;

beforeAll(() => {
  made = synthesize();
  const settings = {
    stage: 'try',
    retainData: 'false',
    reservedConcurrency: '5',
    throttleRate: '20',
    throttleBurst: '40',
    logDays: '7',
  };
  passing = synthesize({
    ...settings,
    ...ISSUER,
    invitesPerHour: '50',
    corsOrigins: 'https://a.example.com',
    alarmEmail: 'ops@example.com',
  });
});

describe('the table', () => {
  it('is laid out as the program reads and writes it', () => {
    made.template.hasResourceProperties('AWS::DynamoDB::Table', {
      TableName: 'private-lending-prod',
      KeySchema: [
        { AttributeName: LAYOUT.partition, KeyType: 'HASH' },
        { AttributeName: LAYOUT.sort, KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: LAYOUT.index.name,
          KeySchema: [
            { AttributeName: LAYOUT.index.partition, KeyType: 'HASH' },
            { AttributeName: LAYOUT.index.sort, KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
      TimeToLiveSpecification: { AttributeName: LAYOUT.expiry, Enabled: true },
    });
  });

  it('is paid for by use, can be set back in time, streams new images, and outlives the stack', () => {
    made.template.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
        DeletionProtectionEnabled: true,
      },
    });
  });

  it('goes with the stack where that is wanted', () => {
    passing.template.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Delete',
      Properties: { TableName: 'private-lending-try', DeletionProtectionEnabled: false },
    });
  });
});

describe('the functions', () => {
  it.each([
    ['Api', 'private-lending-prod-api', 1024, 15],
    ['Socket', 'private-lending-prod-socket', 1024, 25],
    ['Stream', 'private-lending-prod-stream', 512, 300],
    ['Import', 'private-lending-prod-import', 512, 60],
    ['Clock', 'private-lending-prod-clock', 512, 300],
  ])('%s runs a bundle on Node 24 and arm64, traced, with a log of its own', (id, name, memory, seconds) => {
    expect(made.properties('AWS::Lambda::Function', id)).toMatchObject({
      FunctionName: name,
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      MemorySize: memory,
      Timeout: seconds,
      TracingConfig: { Mode: 'Active' },
      LoggingConfig: { LogFormat: 'Text', LogGroup: { Ref: expect.stringMatching(`^${id}Logs`) } },
    });
    expect(made.properties('AWS::Logs::LogGroup', `${id}Logs`)).toMatchObject({
      LogGroupName: `/aws/lambda/${name}`,
      RetentionInDays: 30,
    });
  });

  it('are five', () => {
    made.template.resourceCountIs('AWS::Lambda::Function', 5);
  });

  it('run bundles of their own', () => {
    const ids = ['Api', 'Socket', 'Stream', 'Import', 'Clock'];
    const keys = ids.map((id) => made.properties('AWS::Lambda::Function', id).Code.S3Key);
    expect(new Set(keys).size).toBe(5);
  });

  it('take the user pool as the issuer, and what it calls the client as the audience', () => {
    expect(made.properties('AWS::Lambda::Function', 'Api').Environment.Variables).toEqual({
      STORE: { 'Fn::Join': ['', ['dynamodb:', { Ref: expect.stringMatching(/^Table/) }]] },
      AUTH_ISSUER: { 'Fn::GetAtt': [expect.stringMatching(/^Users/), 'ProviderURL'] },
      AUTH_AUDIENCE: { Ref: expect.stringMatching(/^UsersClient/) },
      IMPORT_QUEUE_URL: { Ref: expect.stringMatching(/^ImportQueue/) },
    });
  });

  it('get settings with which the program starts', () => {
    const { STORE, ...variables } = passing.properties('AWS::Lambda::Function', 'Api').Environment.Variables;
    expect(STORE).toMatchObject({ 'Fn::Join': ['', ['dynamodb:', {}]] });
    expect(readConfig({ ...variables, STORE: 'dynamodb:private-lending-try' })).toMatchObject({
      store: { kind: 'dynamodb', table: 'private-lending-try' },
      auth: { issuer: ISSUER.issuer, audience: ISSUER.audience },
      invitesPerHour: 50,
      corsOrigins: ['https://a.example.com'],
    });
  });

  it('send mail where that is set, each with the settings that it starts with', () => {
    const outgoingMail = synthesize({
      ...ISSUER,
      mailFrom: 'Lending <post@example.org>',
      publicUrl: 'https://lending.example.org',
    });
    const environmentOf = (id: string, { properties }: Synthesized) => ({
      ...properties('AWS::Lambda::Function', id).Environment.Variables,
      STORE: 'dynamodb:lending',
    });
    const mail = { publicUrl: 'https://lending.example.org', from: { address: 'post@example.org' }, transport: { kind: 'ses' } };
    expect(readFunctionConfig(environmentOf('Api', outgoingMail))).toMatchObject({ mail });
    for (const id of ['Stream', 'Clock']) {
      expect(readBackgroundConfig(environmentOf(id, outgoingMail))).toMatchObject({ table: 'lending', mail });
      expect(readBackgroundConfig(environmentOf(id, made)).mail.transport).toEqual({ kind: 'none' });
      expect(made.properties('AWS::Lambda::Function', id).Environment.Variables).toEqual({
        STORE: { 'Fn::Join': ['', ['dynamodb:', { Ref: expect.stringMatching(/^Table/) }]] },
        ...(id === 'Stream' ? { FEED_ENDPOINT: expect.anything() } : { IMPORT_QUEUE_URL: expect.anything() }),
      });
    }
    expect(readBackgroundConfig(environmentOf('Import', outgoingMail)).mail.transport).toEqual({ kind: 'none' });
  });

  it('reserve concurrency for requests only where that is asked for', () => {
    expect(passing.properties('AWS::Lambda::Function', 'Api')).toMatchObject({ ReservedConcurrentExecutions: 5 });
    expect(made.properties('AWS::Lambda::Function', 'Api')).not.toHaveProperty('ReservedConcurrentExecutions');
  });
});

describe('the clock', () => {
  it('goes each minute, and a tick that was missed is not made up for', () => {
    expect(made.properties('AWS::Events::Rule')).toMatchObject({
      ScheduleExpression: 'rate(1 minute)',
      State: 'ENABLED',
      Targets: [
        {
          Arn: { 'Fn::GetAtt': [expect.stringMatching(/^Clock[0-9A-F]{8}$/), 'Arn'] },
          RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 },
        },
      ],
    });
  });
});

describe('imports', () => {
  const mapping = () => made.properties('AWS::Lambda::EventSourceMapping', 'ImportMapping');
  const queue = (id: string) => made.properties('AWS::SQS::Queue', id);

  it('come one at a time, so that none has to wait for the time of others, and several at once', () => {
    expect(mapping()).toMatchObject({
      EventSourceArn: { 'Fn::GetAtt': [expect.stringMatching(/^ImportQueue/), 'Arn'] },
      FunctionName: { Ref: expect.stringMatching(/^Import[0-9A-F]{8}$/) },
      BatchSize: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 3 },
    });
  });

  it('stay hidden six times as long as their function may take, and are put aside when they have failed five times', () => {
    const { Timeout } = made.properties('AWS::Lambda::Function', 'Import');
    expect(queue('ImportQueue')).toMatchObject({
      QueueName: 'private-lending-prod-imports',
      RedrivePolicy: {
        deadLetterTargetArn: { 'Fn::GetAtt': [expect.stringMatching(/^FailedImports/), 'Arn'] },
        maxReceiveCount: 5,
      },
    });
    expect(queue('ImportQueue').VisibilityTimeout).toBeGreaterThanOrEqual(6 * Timeout);
    expect(queue('ImportQueue').MessageRetentionPeriod).toBeGreaterThan(5 * queue('ImportQueue').VisibilityTimeout);
    expect(queue('FailedImports')).toMatchObject({
      QueueName: 'private-lending-prod-imports-failed',
      MessageRetentionPeriod: 14 * 86_400,
    });
  });

  it('lie encrypted in their queues', () => {
    for (const id of ['ImportQueue', 'FailedImports']) expect(queue(id)).toMatchObject({ SqsManagedSseEnabled: true });
  });

  it('follow the limits that are set for requests, and know where their rest goes', () => {
    const limited = synthesize({ ...ISSUER, invitesPerHour: '50', invitationDays: '7', idempotencyHours: '2' });
    const environment = limited.properties('AWS::Lambda::Function', 'Import').Environment.Variables;
    expect(environment).toEqual({
      STORE: expect.anything(),
      INVITES_PER_HOUR: '50',
      INVITATION_DAYS: '7',
      IMPORT_QUEUE_URL: { Ref: expect.stringMatching(/^ImportQueue/) },
    });
    expect(readBackgroundConfig({ ...environment, STORE: 'dynamodb:lending' })).toMatchObject({
      invitesPerHour: 50,
      invitationDays: 7,
    });
  });
});

describe('the gateway', () => {
  it('hands every request on to the program, in payload version 2, and neither authorizes nor answers CORS', () => {
    expect(made.properties('AWS::ApiGatewayV2::Route', 'Gateway')).toMatchObject({
      RouteKey: '$default',
      AuthorizationType: 'NONE',
    });
    expect(made.properties('AWS::ApiGatewayV2::Integration', 'Gateway')).toMatchObject({
      IntegrationType: 'AWS_PROXY',
      PayloadFormatVersion: '2.0',
    });
    expect(made.properties('AWS::ApiGatewayV2::Api', 'Gateway')).not.toHaveProperty('CorsConfiguration');
    made.template.resourceCountIs('AWS::ApiGatewayV2::Authorizer', 0);
  });

  it('waits longer than the function may take', () => {
    const { Timeout } = made.properties('AWS::Lambda::Function', 'Api');
    expect(made.properties('AWS::ApiGatewayV2::Integration', 'Gateway').TimeoutInMillis).toBeGreaterThan(Timeout * 1000);
  });

  it('throttles, by default and as it is told', () => {
    const throttle = ({ properties }: Synthesized) => properties('AWS::ApiGatewayV2::Stage', 'Stage').DefaultRouteSettings;
    expect(throttle(made)).toEqual({ ThrottlingRateLimit: 200, ThrottlingBurstLimit: 400 });
    expect(throttle(passing)).toEqual({ ThrottlingRateLimit: 20, ThrottlingBurstLimit: 40 });
  });

  it('logs each access as JSON, without paths, queries, addresses or headers', () => {
    const { DestinationArn, Format } = made.properties('AWS::ApiGatewayV2::Stage', 'Stage').AccessLogSettings;
    expect(DestinationArn).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^AccessLog/), 'Arn'] });
    expect(Object.keys(JSON.parse(Format))).toEqual(
      expect.arrayContaining(['request_id', 'route', 'status', 'latency_ms', 'function_error']),
    );
    expect(Format).not.toMatch(/path|query|requestOverride|sourceIp|identity|authorizer|header|userAgent/i);
    const group = (synthesized: Synthesized) => synthesized.properties('AWS::Logs::LogGroup', 'AccessLog');
    expect(group(made)).toMatchObject({ LogGroupName: '/aws/vendedlogs/private-lending-prod/access', RetentionInDays: 30 });
    expect(group(passing)).toMatchObject({ LogGroupName: '/aws/vendedlogs/private-lending-try/access', RetentionInDays: 7 });
  });
});

describe('the stream', () => {
  it('hands over the chapters of loans, in order, and gives up on what fails for good', () => {
    expect(made.properties('AWS::Lambda::EventSourceMapping', 'StreamMapping')).toMatchObject({
      EventSourceArn: { 'Fn::GetAtt': [expect.stringMatching(/^Table/), 'StreamArn'] },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 10,
      MaximumRecordAgeInSeconds: 43_200,
      ParallelizationFactor: 1,
      StartingPosition: 'TRIM_HORIZON',
      MetricsConfig: { Metrics: ['EventCount'] },
    });
    const [{ Pattern }] = made.properties('AWS::Lambda::EventSourceMapping', 'StreamMapping').FilterCriteria.Filters;
    expect(JSON.parse(Pattern)).toEqual({
      eventName: ['INSERT'],
      dynamodb: { Keys: { [LAYOUT.sort]: { S: [{ prefix: `${'event'}#` }] } } },
    });
  });

  it('puts what failed aside, whole, where nobody else gets at it', () => {
    expect(made.properties('AWS::Lambda::EventSourceMapping', 'StreamMapping').DestinationConfig.OnFailure.Destination).toEqual({
      'Fn::GetAtt': [expect.stringMatching(/^FailedBatches/), 'Arn'],
    });
    made.template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      Properties: {
        BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
        PublicAccessBlockConfiguration: Match.objectEquals({
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        }),
        LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: 90, Status: 'Enabled' })] },
      },
    });
  });
});

describe('signing in', () => {
  it('is by verified addresses, strong passwords and, for those who want it, a second factor', () => {
    made.template.hasResource('AWS::Cognito::UserPool', {
      DeletionPolicy: 'Retain',
      Properties: {
        UserPoolName: 'private-lending-prod',
        UsernameAttributes: ['email'],
        UsernameConfiguration: { CaseSensitive: false },
        AutoVerifiedAttributes: ['email'],
        UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] },
        MfaConfiguration: 'OPTIONAL',
        EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
        DeletionProtection: 'ACTIVE',
        Policies: { PasswordPolicy: Match.objectLike({ MinimumLength: 12, RequireSymbols: true, RequireNumbers: true }) },
      },
    });
    expect(made.properties('AWS::Cognito::UserPoolClient')).toMatchObject({
      ExplicitAuthFlows: ['ALLOW_ADMIN_USER_PASSWORD_AUTH', 'ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
      PreventUserExistenceErrors: 'ENABLED',
    });
  });

  it("is somebody else's affair where an issuer is given", () => {
    passing.template.resourceCountIs('AWS::Cognito::UserPool', 0);
    expect(passing.json.Outputs).toMatchObject({ Issuer: { Value: ISSUER.issuer }, Audience: { Value: ISSUER.audience } });
    expect(passing.json.Outputs).not.toHaveProperty('UserPoolId');
  });
});

describe('the stack', () => {
  it('is named by its stage', () => {
    expect([made.stack.stackName, passing.stack.stackName]).toEqual(['private-lending-prod', 'private-lending-try']);
  });

  it('tells what one needs to use it', () => {
    const told = [
      'ApiUrl',
      'FeedUrl',
      'TableName',
      'Issuer',
      'Audience',
      'UserPoolId',
      'AlarmTopicArn',
      'DashboardName',
      'FailedBatchesBucket',
      'FailedImportsQueueUrl',
    ];
    expect(Object.keys(made.json.Outputs)).toEqual(told);
  });

  it.each([
    'DynamoDB::Table',
    'SQS::Queue',
    'Lambda::Function',
    'Logs::LogGroup',
    'S3::Bucket',
    'SNS::Topic',
    'CloudWatch::Alarm',
    'IAM::Role',
  ])('tags every %s with application, stage and who manages it', (type) => {
    const resources = Object.values(passing.template.findResources(`AWS::${type}`));
    expect(resources).not.toEqual([]);
    for (const { Properties } of resources) {
      expect(Properties.Tags).toEqual(
        expect.arrayContaining([
          { Key: 'application', Value: 'private-lending' },
          { Key: 'stage', Value: 'try' },
          { Key: 'managed-by', Value: 'cdk' },
        ]),
      );
    }
  });
});
