import { Duration, type Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  EventSourceMapping,
  FilterCriteria,
  FilterRule,
  type Function as LambdaFunction,
  MetricType,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { LAYOUT } from '../server/src/storage/dynamodb/layout.ts';
import { EVENT } from '../server/src/storage/keys.ts';
import type { Deployment } from './deployment.ts';
import { addFunction } from './functions.ts';
import { sendEmailPolicy, tableAccessPolicy } from './iam-policies.ts';
import { acceptFinding } from './suppress-finding.ts';

/** Under this Lambda stores what a function could not handle. */
const FAILED_PREFIX = 'aws/lambda/';

export interface Stream {
  readonly handler: LambdaFunction;
  readonly mapping: EventSourceMapping;
  readonly failed: Bucket;
}

interface StreamProps {
  readonly bundle: string;
  readonly table: Table;
}

/** The function that every committed chapter wakes to deliver what is in the outbox of its loan, and where batches go that it can't handle. */
export function addStream(stack: Stack, deployment: Deployment, { bundle, table }: StreamProps): Stream {
  const failed = addFailedBatches(stack, deployment);
  const streamArn = streamOf(table);
  const handler = addFunction(stack, deployment, {
    id: 'Stream',
    name: `${deployment.name}-stream`,
    description: 'Delivers what is in the outbox of each loan that changed, and sends mail',
    bundle,
    memoryMb: 512,
    // A loan of 100,000 lenders that is funded has as many mails written down in one go.
    timeout: Duration.minutes(5),
    environment: { STORE: `dynamodb:${table.tableName}`, ...deployment.settings.mail?.environment },
    may: [
      ...tableAccessPolicy(table),
      ...sendEmailPolicy(stack, deployment.settings.mail),
      new PolicyStatement({
        actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'],
        resources: [streamArn],
      }),
      new PolicyStatement({ actions: ['s3:ListBucket'], resources: [failed.bucketArn] }),
      new PolicyStatement({ actions: ['s3:PutObject'], resources: [failed.arnForObjects(`${FAILED_PREFIX}*`)] }),
    ],
    accepted: [
      [
        `AwsSolutions-IAM5[Resource::<${stack.resolve(failed.bucketArn)['Fn::GetAtt'][0]}.Arn>/${FAILED_PREFIX}*]`,
        'Lambda names each object by mapping, shard and time; the prefix is what is known of it beforehand.',
      ],
    ],
  });
  return { handler, mapping: addMapping(stack, { handler, streamArn, failed }), failed };
}

interface MappingProps {
  readonly handler: LambdaFunction;
  readonly streamArn: string;
  readonly failed: Bucket;
}

function addMapping(stack: Stack, { handler, streamArn, failed }: MappingProps): EventSourceMapping {
  return new EventSourceMapping(stack, 'StreamMapping', {
    target: handler,
    eventSourceArn: streamArn,
    // Whatever was written since the table exists; a mapping that is made anew meets at most a day of it again.
    startingPosition: StartingPosition.TRIM_HORIZON,
    filters: [
      FilterCriteria.filter({
        eventName: FilterRule.isEqual('INSERT'),
        dynamodb: { Keys: { [LAYOUT.sort]: { S: FilterRule.beginsWith(EVENT) } } },
      }),
    ],
    batchSize: 100,
    // One batch of a shard at a time, so that a loan is not delivered twice at once.
    parallelizationFactor: 1,
    reportBatchItemFailures: true,
    bisectBatchOnError: true,
    retryAttempts: 10,
    // The stream keeps a day. What waits for half of it is put aside; what it tells of stands in the outboxes as long as it takes.
    maxRecordAge: Duration.hours(12),
    // The CDK's own destination for buckets would let the function read and delete there too.
    onFailure: { bind: () => ({ destination: failed.bucketArn }) },
    metricsConfig: { metrics: [MetricType.EVENT_COUNT] },
  });
}

/** A queue would get only where in the stream a batch stood, and the stream forgets within a day; a bucket gets the batch itself. */
function addFailedBatches(stack: Stack, { data }: Deployment): Bucket {
  const bucket = new Bucket(stack, 'FailedBatches', {
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    lifecycleRules: [{ expiration: Duration.days(90), abortIncompleteMultipartUploadAfter: Duration.days(1) }],
    removalPolicy: data,
  });
  acceptFinding(
    bucket,
    'AwsSolutions-S1',
    'One function writes here and people read it rarely: access is in CloudTrail, where it is wanted.',
  );
  return bucket;
}

function streamOf({ tableStreamArn }: Table): string {
  if (tableStreamArn === undefined) throw new TypeError('the table has no stream');
  return tableStreamArn;
}
