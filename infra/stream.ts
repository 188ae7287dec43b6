import { Duration, type Stack } from 'aws-cdk-lib';
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
import { EVENT } from '../server/src/storage/key-prefixes.ts';
import type { Deployment } from './deployment.ts';
import { addFunction, type HandlerProps } from './functions.ts';
import { indexAccessPolicy, sendEmailPolicy, tableAccessPolicy } from './iam-policies.ts';
import { suppressFinding } from './suppress-finding.ts';

/** Lambda's prefix for the objects of failed batches. */
const FAILED_PREFIX = 'aws/lambda/';

export interface Stream {
  readonly handler: LambdaFunction;
  readonly mapping: EventSourceMapping;
  readonly failedBatches: Bucket;
}

/** The function that delivers a loan's outbox at each new event batch, and the bucket for batches that fail. */
export function addStream(stack: Stack, deployment: Deployment, { bundle, table }: HandlerProps): Stream {
  const { mail } = deployment.settings;
  const { tableStreamArn: streamArn } = table;
  if (streamArn === undefined) throw new TypeError('the table has no stream');
  const failedBatches = addFailedBatches(stack, deployment);
  const readStream = ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map((name) => `dynamodb:${name}`);
  const handler = addFunction(stack, deployment, {
    id: 'Stream',
    description: 'Delivers the outbox of each loan that changed, and sends mail',
    bundle,
    table,
    memoryMb: 512,
    // When a loan of 100,000 lenders is funded, as many mails are written.
    timeout: Duration.minutes(5),
    ...(mail && { environment: mail.environment }),
    policies: [
      ...tableAccessPolicy(table),
      indexAccessPolicy(table),
      ...sendEmailPolicy(stack, deployment),
      new PolicyStatement({ actions: readStream, resources: [streamArn] }),
      new PolicyStatement({ actions: ['s3:ListBucket'], resources: [failedBatches.bucketArn] }),
      new PolicyStatement({ actions: ['s3:PutObject'], resources: [failedBatches.arnForObjects(`${FAILED_PREFIX}*`)] }),
    ],
  });
  suppressFinding(
    handler.role ?? handler,
    `AwsSolutions-IAM5[Resource::<${stack.resolve(failedBatches.bucketArn)['Fn::GetAtt'][0]}.Arn>/${FAILED_PREFIX}*]`,
    'Lambda names each object by mapping, shard and time; only the prefix is known beforehand.',
  );
  return { handler, mapping: addMapping(stack, { handler, streamArn, failedBatches }), failedBatches };
}

function addMapping(
  stack: Stack,
  { handler, streamArn, failedBatches }: Omit<Stream, 'mapping'> & { readonly streamArn: string },
): EventSourceMapping {
  return new EventSourceMapping(stack, 'StreamMapping', {
    target: handler,
    eventSourceArn: streamArn,
    // From the start of the stream, which keeps a day: a replaced mapping repeats at most that.
    startingPosition: StartingPosition.TRIM_HORIZON,
    filters: [
      FilterCriteria.filter({
        eventName: FilterRule.isEqual('INSERT'),
        dynamodb: { Keys: { [LAYOUT.sort]: { S: FilterRule.beginsWith(EVENT) } } },
      }),
    ],
    batchSize: 100,
    // One batch of a shard at a time, so that the outbox of a loan is not delivered twice at once.
    parallelizationFactor: 1,
    reportBatchItemFailures: true,
    bisectBatchOnError: true,
    retryAttempts: 10,
    // Half of what the stream keeps. The outboxes keep their entries until they are delivered.
    maxRecordAge: Duration.hours(12),
    // The CDK's own S3 destination would also grant the function to read and delete objects.
    onFailure: { bind: () => ({ destination: failedBatches.bucketArn }) },
    metricsConfig: { metrics: [MetricType.EVENT_COUNT] },
  });
}

/** A bucket, as a queue would only get the position of a batch in the stream, which forgets it within a day. */
function addFailedBatches(stack: Stack, { dataRemovalPolicy }: Deployment): Bucket {
  const bucket = new Bucket(stack, 'FailedBatches', {
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    lifecycleRules: [{ expiration: Duration.days(90), abortIncompleteMultipartUploadAfter: Duration.days(1) }],
    removalPolicy: dataRemovalPolicy,
  });
  suppressFinding(bucket, 'AwsSolutions-S1', 'One function writes here, and reads are rare: CloudTrail can record the access.');
  return bucket;
}
