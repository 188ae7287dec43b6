import { Duration, type Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import type { Deployment } from './deployment.ts';
import { addFunction } from './functions.ts';
import { tableAccessPolicy } from './iam-policies.ts';

/** Room for some hundred steps: a file of the largest kind takes no more. */
const TIMEOUT = Duration.minutes(1);
/** AWS advises six times the function's, since messages wait where the function may not run more often at once. */
const HIDDEN = Duration.minutes(6);
/** AWS advises five at least. */
const RECEIVED_MAX = 5;
/** Of a new table's 4,000 write units a second one import uses about 1,000 at most, all that the partition of a loan takes. */
const RUNNING_MAX = 3;
/** What bounds the rows that a step adds, and what they become. */
const LIMITS = ['INVITES_PER_HOUR', 'INVITATION_DAYS'];

export interface Imports {
  readonly handler: LambdaFunction;
  readonly queue: Queue;
  /** Messages that failed each time. */
  readonly failed: Queue;
  /** Lets a function have the steps of imports taken. */
  grant(to: LambdaFunction): void;
}

interface ImportsProps {
  readonly bundle: string;
  readonly table: Table;
}

/** The queue of imports that have steps to be taken, the function that takes them, and where messages go that it can't handle. */
export function addImports(stack: Stack, deployment: Deployment, { bundle, table }: ImportsProps): Imports {
  const { name, settings } = deployment;
  // Each is only a word that there is something to do: the clock says it again as long as there is.
  const failed = addQueue(stack, 'FailedImports', { queueName: `${name}-imports-failed`, retentionPeriod: Duration.days(14) });
  const queue = addQueue(stack, 'ImportQueue', {
    queueName: `${name}-imports`,
    retentionPeriod: Duration.days(1),
    visibilityTimeout: HIDDEN,
    deadLetterQueue: { queue: failed, maxReceiveCount: RECEIVED_MAX },
  });
  const handler = addFunction(stack, deployment, {
    id: 'Import',
    name: `${name}-import`,
    description: 'Takes the steps of imports: invites the lenders of a file, some rows at a time',
    bundle,
    memoryMb: 512,
    timeout: TIMEOUT,
    environment: {
      STORE: `dynamodb:${table.tableName}`,
      ...Object.fromEntries(Object.entries(settings.environment).filter(([setting]) => LIMITS.includes(setting))),
    },
    may: [
      ...tableAccessPolicy(table),
      new PolicyStatement({
        actions: ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
        resources: [queue.queueArn],
      }),
    ],
  });

  function grant(to: LambdaFunction): void {
    to.addEnvironment('IMPORT_QUEUE_URL', queue.queueUrl);
    to.addToRolePolicy(new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [queue.queueArn] }));
  }
  grant(handler);
  addMapping(stack, { handler, queue });
  return { handler, queue, failed, grant };
}

function addQueue(stack: Stack, id: string, props: QueueProps): Queue {
  return new Queue(stack, id, { ...props, encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true });
}

function addMapping(stack: Stack, { handler, queue }: Pick<Imports, 'handler' | 'queue'>): void {
  new EventSourceMapping(stack, 'ImportMapping', {
    target: handler,
    eventSourceArn: queue.queueArn,
    // An import may need all the time that there is.
    batchSize: 1,
    maxConcurrency: RUNNING_MAX,
    reportBatchItemFailures: true,
  });
}
