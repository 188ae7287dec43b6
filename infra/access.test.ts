import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { AwsSolutionsChecks } from 'cdk-nag';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LoanId } from '../server/src/domain/ids.ts';
import { loanKey, storeMetadataKey } from '../server/src/storage/keys.ts';
import { STORE_SECRET } from '../server/src/storage/store-format.ts';
import { suppressFinding } from './suppress-finding.ts';
import { type Synthesized, synthesize } from './testing/synthesized.ts';
import { rolesThatMay } from './testing/table-access.ts';

const UUID = '12345678-90ab-cdef-1234-567890abcdef';
const ADMINISTRATOR = 'arn:aws:iam::aws:policy/AdministratorAccess';

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

let prod: Synthesized;

beforeAll(() => {
  prod = synthesize();
});

/** Permissions of the role of a function, as `effect action resource`. */
function permissionsOf(id: string, { properties }: Synthesized = prod): string[] {
  const statements: readonly Statement[] = properties('AWS::IAM::Policy', `${id}Role`).PolicyDocument.Statement;
  return statements
    .flatMap(({ Effect, Action, Resource }) =>
      [Action].flat().flatMap((action) => [Resource].flat().map((resource) => `${Effect} ${action} ${resolveName(resource)}`)),
    )
    .sort();
}

/** Resolves intrinsic functions of CloudFormation: `Table.Arn/index/by-entry`. */
function resolveName(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = Object(value);
  if (join) return join[1].map(resolveName).join(join[0]);
  return attribute ? `${withoutHash(attribute[0])}.${attribute[1]}` : withoutHash(Ref);
}

function withoutHash(logicalId: string): string {
  return logicalId.replace(/[0-9A-F]{8}$/, '');
}

const LOG_PERMISSIONS = (id: string) => [`Allow logs:CreateLogStream ${id}Logs.Arn`, `Allow logs:PutLogEvents ${id}Logs.Arn`];
const WRITES = ['BatchWriteItem', 'DeleteItem', 'PartiQLDelete', 'PartiQLInsert', 'PartiQLUpdate', 'PutItem', 'UpdateItem'];
const TABLE_PERMISSIONS = [
  ...['BatchGetItem', 'DeleteItem', 'GetItem', 'PartiQLDelete', 'PartiQLInsert', 'PartiQLUpdate', 'PutItem', 'Query'].map(
    (action) => `Allow dynamodb:${action} Table.Arn`,
  ),
  // Of the partition that holds the secret.
  ...WRITES.map((action) => `Deny dynamodb:${action} Table.Arn`),
];
const STORE_PERMISSIONS = [...TABLE_PERMISSIONS, 'Allow dynamodb:Query Table.Arn/index/by-entry'];
const TRACE_PERMISSIONS = ['Allow xray:PutTelemetryRecords *', 'Allow xray:PutTraceSegments *'];

const SEND_IMPORTS = 'Allow sqs:SendMessage ImportQueue.Arn';

const CONNECTION_PERMISSIONS = ['POST', 'DELETE'].map(
  (method) =>
    `Allow execute-api:ManageConnections arn:AWS::Partition:execute-api:AWS::Region:AWS::AccountId:Feed/feed/${method}/@connections/*`,
);

describe('function roles', () => {
  it.each(['Api', 'Clock'])(
    'grants %s exactly the operations of the store on its table and index, and to send import messages',
    (id) => {
      expect(permissionsOf(id)).toEqual([...STORE_PERMISSIONS, SEND_IMPORTS, ...LOG_PERMISSIONS(id), ...TRACE_PERMISSIONS].sort());
    },
  );

  it('grants Import also to receive messages of its queue', () => {
    expect(permissionsOf('Import')).toEqual(
      [
        ...STORE_PERMISSIONS,
        ...['DeleteMessage', 'GetQueueAttributes', 'ReceiveMessage'].map((action) => `Allow sqs:${action} ImportQueue.Arn`),
        SEND_IMPORTS,
        ...LOG_PERMISSIONS('Import'),
        ...TRACE_PERMISSIONS,
      ].sort(),
    );
  });

  it('grants Socket the table without its index, and to manage connections', () => {
    expect(permissionsOf('Socket')).toEqual(
      [...TABLE_PERMISSIONS, ...CONNECTION_PERMISSIONS, ...LOG_PERMISSIONS('Socket'), ...TRACE_PERMISSIONS].sort(),
    );
  });

  it('grants Stream also to read the stream, to store failed batches, and to manage connections', () => {
    expect(permissionsOf('Stream')).toEqual(
      [
        ...STORE_PERMISSIONS,
        'Allow dynamodb:DescribeStream Table.StreamArn',
        'Allow dynamodb:GetRecords Table.StreamArn',
        'Allow dynamodb:GetShardIterator Table.StreamArn',
        'Allow dynamodb:ListStreams Table.StreamArn',
        'Allow s3:ListBucket FailedBatches.Arn',
        'Allow s3:PutObject FailedBatches.Arn/aws/lambda/*',
        ...CONNECTION_PERMISSIONS,
        ...LOG_PERMISSIONS('Stream'),
        ...TRACE_PERMISSIONS,
      ].sort(),
    );
  });

  it('grants Setup only the partition of the secret, and to upload the files of the console', () => {
    expect(permissionsOf('Setup')).toEqual(
      [
        ...['BatchGetItem', 'GetItem', 'PutItem'].map((action) => `Allow dynamodb:${action} Table.Arn`),
        'Allow s3:PutObject ConsoleFiles.Arn/assets/*',
        ...LOG_PERMISSIONS('Setup'),
        ...TRACE_PERMISSIONS,
      ].sort(),
    );
  });

  it('grants functions that send mail to send it from one address, whose own or domain identity is verified', () => {
    const withMail = synthesize({ mailFrom: 'Lending <Post@Lending.example.org>', publicUrl: 'https://lending.example.org' });
    const identities = ['post@lending.example.org', 'lending.example.org'];
    const resources = [...identities.map((name) => `identity/${name}`), 'configuration-set/private-lending-prod'];
    const toSend = ['ses:SendEmail', 'ses:SendRawEmail'].flatMap((action) =>
      resources.map((resource) => `Allow ${action} arn:AWS::Partition:ses:AWS::Region:AWS::AccountId:${resource}`),
    );
    for (const id of ['Stream', 'Clock']) {
      expect(permissionsOf(id, withMail)).toEqual([...permissionsOf(id), ...toSend].sort());
      const { Statement } = withMail.properties('AWS::IAM::Policy', `${id}Role`).PolicyDocument;
      expect(Statement).toContainEqual(
        expect.objectContaining({
          Action: ['ses:SendEmail', 'ses:SendRawEmail'],
          Condition: { StringEquals: { 'ses:FromAddress': 'post@lending.example.org' } },
        }),
      );
    }
    for (const id of ['Api', 'Import']) expect(permissionsOf(id, withMail)).toEqual(permissionsOf(id));
  });

  it('grants Bounces the table without its index, and only EventBridge to invoke it', () => {
    const withMail = synthesize({ mailFrom: 'post@example.org', publicUrl: 'https://example.org' });
    expect(permissionsOf('Bounces', withMail)).toEqual(
      [...TABLE_PERMISSIONS, ...LOG_PERMISSIONS('Bounces'), ...TRACE_PERMISSIONS].sort(),
    );
    const permissions = Object.values(withMail.template.findResources('AWS::Lambda::Permission')).map(
      ({ Properties }) => Properties,
    );
    const grants = permissions.filter(({ FunctionName }) => /^Bounces/.test(resolveName(FunctionName)));
    expect(grants.map(({ Principal, SourceArn }) => [Principal, resolveName(SourceArn)])).toEqual([
      ['events.amazonaws.com', 'MailReports.Arn'],
    ]);
  });

  it('grants wildcards only for traces, connections, objects that Lambda names itself, and files of the console', () => {
    const wildcards = ['Api', 'Socket', 'Stream', 'Import', 'Clock', 'Setup']
      .flatMap((id) => permissionsOf(id))
      .filter((permission) => permission.includes('*'));
    expect([...new Set(wildcards)].sort()).toEqual(
      [
        ...TRACE_PERMISSIONS,
        ...CONNECTION_PERMISSIONS,
        'Allow s3:PutObject ConsoleFiles.Arn/assets/*',
        'Allow s3:PutObject FailedBatches.Arn/aws/lambda/*',
      ].sort(),
    );
  });

  it('has no policies besides those of the six roles', () => {
    prod.template.resourceCountIs('AWS::IAM::Policy', 6);
    for (const { Properties } of Object.values(prod.template.findResources('AWS::IAM::Role'))) {
      expect(Properties).not.toHaveProperty('ManagedPolicyArns');
      expect(Properties).not.toHaveProperty('Policies');
    }
  });
});

describe('the secret of the store', () => {
  const { partition } = storeMetadataKey(STORE_SECRET);
  const REQUESTS_AND_WORK = ['ApiRole', 'ClockRole', 'ImportRole', 'SocketRole', 'StreamRole'];

  it('can be written by the role of the setup function only, among all roles of the stack', () => {
    for (const operation of WRITES) {
      expect([operation, rolesThatMay(operation, partition, prod)]).toEqual([
        operation,
        operation === 'PutItem' ? ['SetupRole'] : [],
      ]);
    }
    expect(prod.properties('AWS::DynamoDB::Table')).not.toHaveProperty('ResourcePolicy');
  });

  it('can be read by all roles, as each derives keys from it', () => {
    expect(rolesThatMay('GetItem', partition, prod)).toEqual([...REQUESTS_AND_WORK, 'SetupRole'].sort());
  });

  it('is the only item that the setup function reaches, and the others reach all other items', () => {
    const loan = loanKey('1' as LoanId).partition;
    for (const operation of ['GetItem', 'PutItem']) expect(rolesThatMay(operation, loan, prod)).toEqual(REQUESTS_AND_WORK);
  });

  it('exists before any function that needs it', () => {
    for (const [id, { DependsOn = [] }] of Object.entries(prod.template.findResources('AWS::Lambda::Function'))) {
      expect([id, DependsOn.includes('StoreSecret')]).toEqual([id, !id.startsWith('Setup')]);
    }
    expect(prod.properties('Custom::StoreSecret')).toMatchObject({
      ServiceToken: { 'Fn::GetAtt': [expect.stringMatching(/^Setup[0-9A-F]{8}$/), 'Arn'] },
      ServiceTimeout: '300',
    });
  });
});

describe('the secret of the store with copyFirst', () => {
  it('is created by no function, so that none has another one in memory than the copy brings', () => {
    const awaiting = synthesize({ copyFirst: true });
    awaiting.template.resourceCountIs('Custom::StoreSecret', 0);
    awaiting.template.resourceCountIs('AWS::Lambda::Function', 6);
    expect(rolesThatMay('PutItem', storeMetadataKey(STORE_SECRET).partition, awaiting)).toEqual(['SetupRole']);
    const permissions = Object.values(awaiting.template.findResources('AWS::Lambda::Permission'));
    const invocable = permissions
      .map(({ Properties }) => resolveName(Properties.FunctionName))
      .filter((name) => /^Setup/.test(name));
    expect(invocable).toEqual([]);
    // CloudFormation itself invokes it, with the permissions of the deployment, for the files of the console only.
    awaiting.template.resourceCountIs('Custom::ConsoleFiles', 1);
  });
});

describe('resource policies', () => {
  it('lets only the gateways and the schedule invoke functions', () => {
    prod.template.resourceCountIs('AWS::Lambda::Url', 0);
    const permissions = Object.values(prod.template.findResources('AWS::Lambda::Permission')).map(({ Properties }) => Properties);
    const grants = permissions.map(({ Principal, FunctionName, SourceArn }) => [
      Principal,
      resolveName(FunctionName),
      resolveName(SourceArn),
    ]);
    const ROUTES = [
      ...[
        '/',
        '/app/{page+}',
        '/auth/{call+}',
        '/docs',
        '/graphql',
        '/health/{check}',
        '/invite/{loan_id}',
        '/loans/{loan_id}/lenders/imports',
      ],
      ...['/mail/{action}', '/openapi.json'],
    ];
    const at = 'arn:AWS::Partition:execute-api:AWS::Region:AWS::AccountId';
    expect(grants.sort()).toEqual([
      ['apigateway.amazonaws.com', 'Api.Arn', `${at}:Gateway/*/*`],
      ...ROUTES.map((path) => ['apigateway.amazonaws.com', 'Api.Arn', `${at}:Gateway/*/*${path}`]),
      ['apigateway.amazonaws.com', 'Socket.Arn', `${at}:Feed/*$default`],
      ['apigateway.amazonaws.com', 'Socket.Arn', `${at}:Feed/*$disconnect`],
      ['events.amazonaws.com', 'Clock.Arn', 'EveryMinute.Arn'],
    ]);
  });

  it.each([
    ['AWS::S3::BucketPolicy', 'FailedBatches', []],
    ['AWS::S3::BucketPolicy', 'ConsoleFiles', ['s3:GetObject']],
    ['AWS::SNS::TopicPolicy', 'AlarmTopic', ['sns:Publish']],
    ['AWS::SQS::QueuePolicy', 'ImportQueue', []],
    ['AWS::SQS::QueuePolicy', 'FailedImports', []],
  ])('requires TLS in every %s, and allows only what is needed', (type, id, allowed) => {
    const statements: readonly Statement[] = prod.properties(type, id).PolicyDocument.Statement;
    const denied = statements.filter(({ Effect }) => Effect === 'Deny');
    expect(denied).toEqual([expect.objectContaining({ Condition: { Bool: { 'aws:SecureTransport': 'false' } } })]);
    expect(statements.filter(({ Effect }) => Effect === 'Allow').map(({ Action }) => Action)).toEqual(allowed);
  });
});

describe('AWS Solutions checks', () => {
  const findingsIn = ({ app }: Synthesized) =>
    new AwsSolutionsChecks(app).validateScope(app).violations.map(({ ruleName }) => ruleName);

  it('has no findings of the AWS Solutions checks, with or without a user pool, a domain and mail', () => {
    expect(findingsIn(prod)).toEqual([]);
    expect(findingsIn(synthesize({ mailFrom: 'post@example.org', publicUrl: 'https://example.org' }))).toEqual([]);
    const domain = { consoleDomain: 'example.org', consoleCertificate: `arn:aws:acm:us-east-1:123456789012:certificate/${UUID}` };
    const webAcl = `arn:aws:wafv2:us-east-1:123456789012:global/webacl/lending/${UUID}`;
    const issuer = { issuer: 'https://login.example.com', audience: 'lending' };
    expect(findingsIn(synthesize({ ...issuer, ...domain, webAcl }))).toEqual([]);
  });

  it('finds a managed policy with all permissions', () => {
    const insecure = synthesize();
    insecure.stack.node.findAll().forEach((construct) => {
      if (construct instanceof LambdaFunction)
        construct.role?.addManagedPolicy(ManagedPolicy.fromManagedPolicyArn(construct, 'All', ADMINISTRATOR));
    });
    expect(findingsIn(insecure)).toEqual([`AwsSolutions-IAM4[Policy::${ADMINISTRATOR}]`]);
  });

  it('suppresses only these findings, each with a reason', () => {
    const suppressed = prod.stack.node
      .findAll()
      .flatMap(({ node }) =>
        node.metadata.filter(({ type }) => type === 'aws:cdk:acknowledged-rules').map(({ data }) => [node.id, data]),
      );
    const reasons = suppressed.flatMap(([id, rules]) => Object.entries(rules).map(([rule, reason]) => ({ id, rule, reason })));
    expect(reasons.map(({ id, rule }) => `${id} ${rule.replace(/^.*AwsSolutions-/, '')}`).sort()).toEqual([
      '$default-Route APIG4',
      '$disconnect-Route APIG4',
      'ApiRole IAM5[Resource::*]',
      'ClockRole IAM5[Resource::*]',
      'Console CFR1',
      'Console CFR2',
      'Console CFR3',
      'Console CFR4',
      'ConsoleFiles S1',
      'FailedBatches S1',
      'Gateway APIG4',
      'ImportRole IAM5[Resource::*]',
      'SetupRole IAM5[Resource::*]',
      expect.stringMatching(/^SetupRole IAM5\[Resource::<ConsoleFiles\w+\.Arn>\/assets\/\*\]$/),
      'SocketRole IAM5[Resource::*]',
      expect.stringMatching(/^SocketRole IAM5\[Resource::arn:.*:<Feed\w+>\/feed\/DELETE\/@connections\/\*\]$/),
      expect.stringMatching(/^SocketRole IAM5\[Resource::arn:.*:<Feed\w+>\/feed\/POST\/@connections\/\*\]$/),
      'StreamRole IAM5[Resource::*]',
      expect.stringMatching(/^StreamRole IAM5\[Resource::<FailedBatches\w+\.Arn>\/aws\/lambda\/\*\]$/),
      expect.stringMatching(/^StreamRole IAM5\[Resource::arn:.*:<Feed\w+>\/feed\/DELETE\/@connections\/\*\]$/),
      expect.stringMatching(/^StreamRole IAM5\[Resource::arn:.*:<Feed\w+>\/feed\/POST\/@connections\/\*\]$/),
      'Users COG2',
      'Users COG8',
    ]);
    for (const { reason } of reasons) expect(reason).toMatch(/^[A-Z].{30,}\.$/);
  });

  it.each(['', ' ', 'not needed here'])('rejects a suppression with the reason "%s"', (reason) => {
    expect(() => suppressFinding(prod.stack, 'AwsSolutions-S1', reason)).toThrow(
      'AwsSolutions-S1 is suppressed at private-lending-prod without a reason',
    );
  });
});
