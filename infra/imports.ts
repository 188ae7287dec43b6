import { Duration, type Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import type { Deployment } from './deployment.ts';
import { addFunction, type HandlerProps } from './functions.ts';
import { indexAccessPolicy, tableAccessPolicy } from './iam-policies.ts';

/** Enough for some hundred steps; the largest file takes no more. */
const TIMEOUT = Duration.minutes(1);
/** AWS recommends six times the function's timeout, as messages wait while the function is at its concurrency limit. */
const VISIBILITY_TIMEOUT = Duration.minutes(6);
/** AWS recommends at least five. */
const MAX_RECEIVE_COUNT = 5;
/** Each uses up to 1,000 write units a second, the limit of its loan's partition, of the 4,000 of a new table. */
const MAX_CONCURRENCY = 3;
/** Settings that limit a step. */
const LIMITS = ['INVITES_PER_HOUR', 'INVITATION_DAYS'];

export interface Imports {
  readonly handler: LambdaFunction;
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;
  /** Grants a function to send messages to the queue. */
  grantSend(grantee: LambdaFunction): void;
}

/** The queue of imports, the function that runs their steps, and the dead-letter queue. */
export function addImports(stack: Stack, deployment: Deployment, { bundle, table }: HandlerProps): Imports {
  const { name, settings } = deployment;
  // A message contains only the id of an import. The clock sends another one for as long as the import is not done.
  const deadLetterQueue = addQueue(stack, 'FailedImports', {
    queueName: `${name}-imports-failed`,
    retentionPeriod: Duration.days(14),
  });
  const queue = addQueue(stack, 'ImportQueue', {
    queueName: `${name}-imports`,
    retentionPeriod: Duration.days(1),
    visibilityTimeout: VISIBILITY_TIMEOUT,
    deadLetterQueue: { queue: deadLetterQueue, maxReceiveCount: MAX_RECEIVE_COUNT },
  });
  const receive = ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'];
  const handler = addFunction(stack, deployment, {
    id: 'Import',
    description: 'Runs the steps of imports, each of which invites some lenders of a file',
    bundle,
    table,
    memoryMb: 512,
    timeout: TIMEOUT,
    environment: Object.fromEntries(Object.entries(settings.environment).filter(([setting]) => LIMITS.includes(setting))),
    policies: [
      ...tableAccessPolicy(table),
      indexAccessPolicy(table),
      new PolicyStatement({ actions: receive, resources: [queue.queueArn] }),
    ],
  });
  new EventSourceMapping(stack, 'ImportMapping', {
    target: handler,
    eventSourceArn: queue.queueArn,
    // An import may need the function's whole time.
    batchSize: 1,
    maxConcurrency: MAX_CONCURRENCY,
    reportBatchItemFailures: true,
  });

  function grantSend(grantee: LambdaFunction): void {
    grantee.addEnvironment('IMPORT_QUEUE_URL', queue.queueUrl);
    grantee.addToRolePolicy(new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [queue.queueArn] }));
  }
  grantSend(handler);
  return { handler, queue, deadLetterQueue, grantSend };
}

function addQueue(stack: Stack, id: string, props: QueueProps): Queue {
  return new Queue(stack, id, { ...props, encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true });
}
