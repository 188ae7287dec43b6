import { Match } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { readBackgroundConfig, readConfig, readFunctionConfig } from '../server/src/config/config.ts';
import { LAYOUT } from '../server/src/storage/dynamodb/layout.ts';
import { type Synthesized, synthesize } from './testing/synthesized.ts';

const ISSUER = { issuer: 'https://login.example.com/pool', audience: 'lending' };

let prod: Synthesized;
/** A stage that keeps no data, with an external issuer. */
let trial: Synthesized;
/** A stage that sends mail. */
let mailing: Synthesized;

beforeAll(() => {
  prod = synthesize();
  mailing = synthesize({ mailFrom: 'post@example.org', publicUrl: 'https://example.org' });
  const settings = {
    stage: 'try',
    retainData: 'false',
    reservedConcurrency: '5',
    feedReservedConcurrency: '3',
    logDays: '7',
  };
  trial = synthesize({
    ...settings,
    ...ISSUER,
    invitesPerHour: '50',
    corsOrigins: 'https://a.example.com',
    alarmEmail: 'ops@example.com',
  });
});

describe('addTable', () => {
  it('creates the keys and the index that the program expects', () => {
    prod.template.hasResourceProperties('AWS::DynamoDB::Table', {
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

  it('sets on-demand billing, point-in-time recovery, a stream of new images, and retention', () => {
    prod.template.hasResource('AWS::DynamoDB::Table', {
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

  it('deletes the table with the stack when retainData is false', () => {
    trial.template.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Delete',
      Properties: { TableName: 'private-lending-try', DeletionProtectionEnabled: false },
    });
  });
});

describe('addFunction', () => {
  it.each([
    ['Api', 'private-lending-prod-api', 1024, 15],
    ['Socket', 'private-lending-prod-socket', 1024, 25],
    ['Stream', 'private-lending-prod-stream', 512, 300],
    ['Import', 'private-lending-prod-import', 512, 60],
    ['Clock', 'private-lending-prod-clock', 512, 300],
    ['Setup', 'private-lending-prod-setup', 512, 60],
  ])('creates %s on Node 24 and arm64, with traces and a log group', (id, name, memory, seconds) => {
    expect(prod.properties('AWS::Lambda::Function', id)).toMatchObject({
      FunctionName: name,
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      MemorySize: memory,
      Timeout: seconds,
      TracingConfig: { Mode: 'Active' },
      LoggingConfig: { LogFormat: 'Text', LogGroup: { Ref: expect.stringMatching(`^${id}Logs`) } },
    });
    expect(prod.properties('AWS::Logs::LogGroup', `${id}Logs`)).toMatchObject({
      LogGroupName: `/aws/lambda/${name}`,
      RetentionInDays: 30,
    });
  });

  it('creates six functions, and one for bounces where mail is sent', () => {
    prod.template.resourceCountIs('AWS::Lambda::Function', 6);
    mailing.template.resourceCountIs('AWS::Lambda::Function', 7);
    expect(mailing.properties('AWS::Lambda::Function', 'Bounces')).toMatchObject({ MemorySize: 256, Timeout: 30 });
  });

  it('gives each function its own bundle', () => {
    const ids = ['Api', 'Socket', 'Stream', 'Import', 'Clock', 'Setup', 'Bounces'];
    const keys = ids.map((id) => mailing.properties('AWS::Lambda::Function', id).Code.S3Key);
    expect(new Set(keys).size).toBe(7);
  });

  it('configures the user pool as the issuer, and its client as the audience', () => {
    expect(prod.properties('AWS::Lambda::Function', 'Api').Environment.Variables).toEqual({
      STORE: { 'Fn::Join': ['', ['dynamodb:', { Ref: expect.stringMatching(/^Table/) }]] },
      AUTH_ISSUER: { 'Fn::GetAtt': [expect.stringMatching(/^Users/), 'ProviderURL'] },
      AUTH_AUDIENCE: { Ref: expect.stringMatching(/^UsersClient/) },
      AUTH_OPERATOR_CLAIM: 'cognito:groups',
      FEED_URL: expect.objectContaining({ 'Fn::Join': expect.anything() }),
      IMPORT_QUEUE_URL: { Ref: expect.stringMatching(/^ImportQueue/) },
      PUBLIC_URL: { 'Fn::Join': ['', ['https://', { 'Fn::GetAtt': [expect.stringMatching(/^Console/), 'DomainName'] }]] },
      AUTH_CLIENT_ID: { Ref: expect.stringMatching(/^UsersConsoleClient/) },
    });
  });

  it('has a group of the user pool for operators', () => {
    prod.template.hasResourceProperties('AWS::Cognito::UserPoolGroup', { GroupName: 'operator' });
    trial.template.resourceCountIs('AWS::Cognito::UserPoolGroup', 0);
  });

  it('sets environment variables that the program accepts', () => {
    const { STORE, FEED_URL, PUBLIC_URL, ...variables } = trial.properties('AWS::Lambda::Function', 'Api').Environment.Variables;
    expect(STORE).toMatchObject({ 'Fn::Join': ['', ['dynamodb:', {}]] });
    const parts: unknown[] = FEED_URL['Fn::Join'][1];
    const feedUrl = parts.map((part) => (typeof part === 'string' ? part : 'part')).join('');
    expect(PUBLIC_URL).toEqual(expect.anything());
    expect(readConfig({ FEED_URL: feedUrl }).feedUrl).toBe('wss://part.execute-api.part.part/feed');
    expect(readConfig({ ...variables, STORE: 'dynamodb:private-lending-try' })).toMatchObject({
      store: { kind: 'dynamodb', table: 'private-lending-try' },
      signIn: { kind: 'oidc', issuer: ISSUER.issuer, audience: ISSUER.audience },
      invitesPerHour: 50,
      corsOrigins: ['https://a.example.com'],
    });
  });

  it('configures mail for the functions that send it', () => {
    const withMail = synthesize({
      ...ISSUER,
      mailFrom: 'Lending <post@example.org>',
      publicUrl: 'https://lending.example.org',
    });
    const environmentOf = (id: string, { properties }: Synthesized) => ({
      ...properties('AWS::Lambda::Function', id).Environment.Variables,
      STORE: 'dynamodb:lending',
      SES_CONFIGURATION_SET: 'private-lending-prod',
      FEED_URL: 'wss://lending.example.org/feed',
    });
    const mail = { publicUrl: 'https://lending.example.org', from: { address: 'post@example.org' }, transport: { kind: 'ses' } };
    expect(readFunctionConfig(environmentOf('Api', withMail))).toMatchObject({ mail });
    for (const id of ['Stream', 'Clock']) {
      expect(readBackgroundConfig(environmentOf(id, withMail))).toMatchObject({ table: 'lending', mail });
      expect(readBackgroundConfig(environmentOf(id, prod)).mail.transport).toEqual({ kind: 'none' });
      expect(prod.properties('AWS::Lambda::Function', id).Environment.Variables).toEqual({
        STORE: { 'Fn::Join': ['', ['dynamodb:', { Ref: expect.stringMatching(/^Table/) }]] },
        ...(id === 'Stream' ? { FEED_ENDPOINT: expect.anything() } : { IMPORT_QUEUE_URL: expect.anything() }),
      });
    }
    expect(readBackgroundConfig(environmentOf('Import', withMail)).mail.transport).toEqual({ kind: 'none' });
  });

  it('limits the concurrency of each function that callers drive, where that is set', () => {
    for (const [id, concurrency] of [
      ['Api', 5],
      ['Socket', 3],
    ] as const) {
      const key = 'ReservedConcurrentExecutions';
      expect(trial.properties('AWS::Lambda::Function', id)).toMatchObject({ [key]: concurrency });
    }
  });

  it('reserves no concurrency by default, as an account whose limit is 10 has none to reserve', () => {
    for (const { Properties } of Object.values(prod.template.findResources('AWS::Lambda::Function'))) {
      expect(Properties).not.toHaveProperty('ReservedConcurrentExecutions');
    }
  });
});

describe('addClock', () => {
  it('runs each minute, without retries', () => {
    expect(prod.properties('AWS::Events::Rule')).toMatchObject({
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

describe('addImports', () => {
  const mapping = () => prod.properties('AWS::Lambda::EventSourceMapping', 'ImportMapping');
  const queue = (id: string) => prod.properties('AWS::SQS::Queue', id);

  it('maps one message to an invocation, with limited concurrency', () => {
    expect(mapping()).toMatchObject({
      EventSourceArn: { 'Fn::GetAtt': [expect.stringMatching(/^ImportQueue/), 'Arn'] },
      FunctionName: { Ref: expect.stringMatching(/^Import[0-9A-F]{8}$/) },
      BatchSize: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 3 },
    });
  });

  it('sets a visibility timeout of six function timeouts, and moves a message to the dead-letter queue after five attempts', () => {
    const { Timeout } = prod.properties('AWS::Lambda::Function', 'Import');
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

  it('encrypts the queues', () => {
    for (const id of ['ImportQueue', 'FailedImports']) expect(queue(id)).toMatchObject({ SqsManagedSseEnabled: true });
  });

  it('applies the limits of requests to imports, and sets the URL of the queue', () => {
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

describe('addStream', () => {
  it('maps new event batches to the function in order, with limited retries', () => {
    expect(prod.properties('AWS::Lambda::EventSourceMapping', 'StreamMapping')).toMatchObject({
      EventSourceArn: { 'Fn::GetAtt': [expect.stringMatching(/^Table/), 'StreamArn'] },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 10,
      MaximumRecordAgeInSeconds: 43_200,
      ParallelizationFactor: 1,
      StartingPosition: 'TRIM_HORIZON',
      MetricsConfig: { Metrics: ['EventCount'] },
    });
    const [{ Pattern }] = prod.properties('AWS::Lambda::EventSourceMapping', 'StreamMapping').FilterCriteria.Filters;
    expect(JSON.parse(Pattern)).toEqual({
      eventName: ['INSERT'],
      dynamodb: { Keys: { [LAYOUT.sort]: { S: [{ prefix: `${'event'}#` }] } } },
    });
  });

  it('stores failed batches in a private bucket', () => {
    expect(prod.properties('AWS::Lambda::EventSourceMapping', 'StreamMapping').DestinationConfig.OnFailure.Destination).toEqual({
      'Fn::GetAtt': [expect.stringMatching(/^FailedBatches/), 'Arn'],
    });
    prod.template.hasResource('AWS::S3::Bucket', {
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

describe('addIssuer', () => {
  it('creates a user pool with verified addresses, strong passwords and an optional second factor', () => {
    prod.template.hasResource('AWS::Cognito::UserPool', {
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
    expect(prod.properties('AWS::Cognito::UserPoolClient', 'UsersClient')).toMatchObject({
      ExplicitAuthFlows: ['ALLOW_ADMIN_USER_PASSWORD_AUTH', 'ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
      PreventUserExistenceErrors: 'ENABLED',
    });
  });

  it('creates no user pool when an issuer is set', () => {
    trial.template.resourceCountIs('AWS::Cognito::UserPool', 0);
    expect(trial.json.Outputs).toMatchObject({ Issuer: { Value: ISSUER.issuer }, Audience: { Value: ISSUER.audience } });
    expect(trial.json.Outputs).not.toHaveProperty('UserPoolId');
  });
});

describe('LendingStack', () => {
  it('is named after its stage', () => {
    expect([prod.stack.stackName, trial.stack.stackName]).toEqual(['private-lending-prod', 'private-lending-try']);
  });

  it('outputs what users and operators need', () => {
    const outputs = [
      'ConsoleUrl',
      'ApiUrl',
      'FeedUrl',
      'TableName',
      'Issuer',
      'Audience',
      'UserPoolId',
      'AlarmTopicArn',
      'ConsoleHost',
      'ConsoleBucket',
      'DashboardName',
      'FailedBatchesBucket',
      'FailedImportsQueueUrl',
    ];
    expect(Object.keys(prod.json.Outputs)).toEqual(outputs);
  });

  it.each([
    'DynamoDB::Table',
    'SQS::Queue',
    'Lambda::Function',
    'Logs::LogGroup',
    'S3::Bucket',
    'CloudFront::Distribution',
    'SNS::Topic',
    'CloudWatch::Alarm',
    'IAM::Role',
  ])('tags every %s with application, stage and managed-by', (type) => {
    const resources = Object.values(trial.template.findResources(`AWS::${type}`));
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
