import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { AwsSolutionsChecks } from 'cdk-nag';
import { beforeAll, describe, expect, it } from 'vitest';
import { acceptFinding } from './suppress-finding.ts';
import { type Synthesized, synthesize } from './testing/synthesized.ts';

const EVERYTHING = 'arn:aws:iam::aws:policy/AdministratorAccess';

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

let made: Synthesized;

beforeAll(() => {
  made = synthesize();
});

/** What the role of a function may do, as `action resource`. */
function rightsOf(id: string, { properties }: Synthesized = made): string[] {
  const statements: readonly Statement[] = properties('AWS::IAM::Policy', `${id}Role`).PolicyDocument.Statement;
  return statements
    .flatMap(({ Effect, Action, Resource }) =>
      [Action].flat().flatMap((action) => [Resource].flat().map((resource) => `${Effect} ${action} ${inWords(resource)}`)),
    )
    .sort();
}

/** `Table.Arn/index/by-entry` for what CloudFormation puts together. */
function inWords(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = Object(value);
  if (join) return join[1].map(inWords).join(join[0]);
  return attribute ? `${withoutHash(attribute[0])}.${attribute[1]}` : withoutHash(Ref);
}

function withoutHash(logicalId: string): string {
  return logicalId.replace(/[0-9A-F]{8}$/, '');
}

const OF_LOGS = (id: string) => [`Allow logs:CreateLogStream ${id}Logs.Arn`, `Allow logs:PutLogEvents ${id}Logs.Arn`];
const OF_THE_STORE = [
  ...['BatchGetItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query'].map((action) => `Allow dynamodb:${action} Table.Arn`),
  'Allow dynamodb:Query Table.Arn/index/by-entry',
];
const OF_TRACES = ['Allow xray:PutTelemetryRecords *', 'Allow xray:PutTraceSegments *'];

const TO_HAND_ON_IMPORTS = 'Allow sqs:SendMessage ImportQueue.Arn';

const OF_CONNECTIONS = ['POST', 'DELETE'].map(
  (method) =>
    `Allow execute-api:ManageConnections arn:AWS::Partition:execute-api:AWS::Region:AWS::AccountId:Feed/feed/${method}/@connections/*`,
);

describe('the rights of a function', () => {
  it.each(['Api', 'Clock'])(
    'are, for %s, exactly what the store does on the one table and its one index, and to hand on imports',
    (id) => {
      expect(rightsOf(id)).toEqual([...OF_THE_STORE, TO_HAND_ON_IMPORTS, ...OF_LOGS(id), ...OF_TRACES].sort());
    },
  );

  it('are, for imports, the same, and to take messages from their queue', () => {
    expect(rightsOf('Import')).toEqual(
      [
        ...OF_THE_STORE,
        ...['DeleteMessage', 'GetQueueAttributes', 'ReceiveMessage'].map((action) => `Allow sqs:${action} ImportQueue.Arn`),
        TO_HAND_ON_IMPORTS,
        ...OF_LOGS('Import'),
        ...OF_TRACES,
      ].sort(),
    );
  });

  it('are, for what connections say, those of the store without its index, to forget, and to speak to connections', () => {
    expect(rightsOf('Socket')).toEqual(
      [
        ...['BatchGetItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query'].map((action) => `Allow dynamodb:${action} Table.Arn`),
        ...OF_CONNECTIONS,
        ...OF_LOGS('Socket'),
        ...OF_TRACES,
      ].sort(),
    );
  });

  it('are, for the stream, the same, to read that stream, to put aside what fails, and to speak to connections', () => {
    expect(rightsOf('Stream')).toEqual(
      [
        ...OF_THE_STORE,
        'Allow dynamodb:DescribeStream Table.StreamArn',
        'Allow dynamodb:GetRecords Table.StreamArn',
        'Allow dynamodb:GetShardIterator Table.StreamArn',
        'Allow dynamodb:ListStreams Table.StreamArn',
        'Allow s3:ListBucket FailedBatches.Arn',
        'Allow s3:PutObject FailedBatches.Arn/aws/lambda/*',
        ...OF_CONNECTIONS,
        ...OF_LOGS('Stream'),
        ...OF_TRACES,
      ].sort(),
    );
  });

  it('are, for what sends mail, to send it from the one address, which is verified itself or by its domain', () => {
    const outgoingMail = synthesize({ mailFrom: 'Lending <Post@Lending.example.org>', publicUrl: 'https://lending.example.org' });
    const identities = ['post@lending.example.org', 'lending.example.org'];
    const toSend = ['ses:SendEmail', 'ses:SendRawEmail'].flatMap((action) =>
      identities.map((name) => `Allow ${action} arn:AWS::Partition:ses:AWS::Region:AWS::AccountId:identity/${name}`),
    );
    for (const id of ['Stream', 'Clock']) {
      expect(rightsOf(id, outgoingMail)).toEqual([...rightsOf(id), ...toSend].sort());
      const { Statement } = outgoingMail.properties('AWS::IAM::Policy', `${id}Role`).PolicyDocument;
      expect(Statement).toContainEqual(
        expect.objectContaining({
          Action: ['ses:SendEmail', 'ses:SendRawEmail'],
          Condition: { StringEquals: { 'ses:FromAddress': 'post@lending.example.org' } },
        }),
      );
    }
    for (const id of ['Api', 'Import']) expect(rightsOf(id, outgoingMail)).toEqual(rightsOf(id));
  });

  it('hold no wildcard but where there is nothing else to name: traces, connections, and the objects that Lambda names itself', () => {
    const wild = ['Api', 'Socket', 'Stream', 'Import', 'Clock']
      .flatMap((id) => rightsOf(id))
      .filter((right) => right.includes('*'));
    expect([...new Set(wild)].sort()).toEqual(
      [...OF_TRACES, ...OF_CONNECTIONS, 'Allow s3:PutObject FailedBatches.Arn/aws/lambda/*'].sort(),
    );
  });

  it('come from these five policies alone', () => {
    made.template.resourceCountIs('AWS::IAM::Policy', 5);
    for (const { Properties } of Object.values(made.template.findResources('AWS::IAM::Role'))) {
      expect(Properties).not.toHaveProperty('ManagedPolicyArns');
      expect(Properties).not.toHaveProperty('Policies');
    }
  });
});

describe('access from outside', () => {
  it('to the functions have the gateways and the rule of each minute alone', () => {
    made.template.resourceCountIs('AWS::Lambda::Url', 0);
    const permissions = Object.values(made.template.findResources('AWS::Lambda::Permission')).map(({ Properties }) => Properties);
    const told = permissions.map(({ Principal, FunctionName, SourceArn }) => [
      Principal,
      inWords(FunctionName),
      inWords(SourceArn),
    ]);
    const at = 'arn:AWS::Partition:execute-api:AWS::Region:AWS::AccountId';
    expect(told.sort()).toEqual([
      ['apigateway.amazonaws.com', 'Api.Arn', `${at}:Gateway/*/*`],
      ['apigateway.amazonaws.com', 'Socket.Arn', `${at}:Feed/*$default`],
      ['apigateway.amazonaws.com', 'Socket.Arn', `${at}:Feed/*$disconnect`],
      ['events.amazonaws.com', 'Clock.Arn', 'EachMinute.Arn'],
    ]);
  });

  it.each([
    ['AWS::S3::BucketPolicy', 'FailedBatches', []],
    ['AWS::SNS::TopicPolicy', 'AlarmTopic', ['sns:Publish']],
    ['AWS::SQS::QueuePolicy', 'ImportQueue', []],
    ['AWS::SQS::QueuePolicy', 'FailedImports', []],
  ])('by %s is over TLS, and for nothing but what is needed', (type, id, allowed) => {
    const statements: readonly Statement[] = made.properties(type, id).PolicyDocument.Statement;
    const denied = statements.filter(({ Effect }) => Effect === 'Deny');
    expect(denied).toEqual([expect.objectContaining({ Condition: { Bool: { 'aws:SecureTransport': 'false' } } })]);
    expect(statements.filter(({ Effect }) => Effect === 'Allow').map(({ Action }) => Action)).toEqual(allowed);
  });
});

describe("the checks of AWS's Solutions", () => {
  const findingsIn = ({ app }: Synthesized) =>
    new AwsSolutionsChecks(app).validateScope(app).violations.map(({ ruleName }) => ruleName);

  it('find nothing, with a user pool or without, with mail or without', () => {
    expect(findingsIn(made)).toEqual([]);
    expect(findingsIn(synthesize({ mailFrom: 'post@example.org', publicUrl: 'https://example.org' }))).toEqual([]);
    expect(findingsIn(synthesize({ issuer: 'https://login.example.com', audience: 'lending' }))).toEqual([]);
  });

  it('find what is wrong', () => {
    const worse = synthesize();
    worse.stack.node.findAll().forEach((construct) => {
      if (construct instanceof LambdaFunction)
        construct.role?.addManagedPolicy(ManagedPolicy.fromManagedPolicyArn(construct, 'All', EVERYTHING));
    });
    expect(findingsIn(worse)).toEqual([`AwsSolutions-IAM4[Policy::${EVERYTHING}]`]);
  });

  it('let stand only what is told, with its reason', () => {
    const accepted = made.stack.node
      .findAll()
      .flatMap(({ node }) =>
        node.metadata.filter(({ type }) => type === 'aws:cdk:acknowledged-rules').map(({ data }) => [node.id, data]),
      );
    const reasons = accepted.flatMap(([id, rules]) => Object.entries(rules).map(([rule, reason]) => ({ id, rule, reason })));
    expect(reasons.map(({ id, rule }) => `${id} ${rule.replace(/^.*AwsSolutions-/, '')}`).sort()).toEqual([
      '$default-Route APIG4',
      '$disconnect-Route APIG4',
      'ApiRole IAM5[Resource::*]',
      'ClockRole IAM5[Resource::*]',
      'FailedBatches S1',
      'Gateway APIG4',
      'ImportRole IAM5[Resource::*]',
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

  it.each(['', ' ', 'not needed here'])('can not be quieted by "%s"', (reason) => {
    expect(() => acceptFinding(made.stack, 'AwsSolutions-S1', reason)).toThrow(
      'AwsSolutions-S1 is accepted at private-lending-prod without a reason',
    );
  });
});
