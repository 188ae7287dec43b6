import { SendMessageBatchCommand, SQSClient, type SQSClientConfig } from '@aws-sdk/client-sqs';

const CONNECT_MS_MAX = 1000;
const TRY_MS_MAX = 2000;
/** A message that comes twice does no harm, and whoever sends it waits: so one more try, at once. */
const TRIES_MAX = 2;

export interface SqsOptions {
  /** Of the queue: `https://sqs.REGION.amazonaws.com/ACCOUNT/NAME` */
  readonly url: string;
  /** As whom and how; what is left out the SDK finds by its own variables. */
  readonly client?: SQSClientConfig;
  readonly tryMsMax?: number;
}

/** @returns sends at most ten messages, and throws where not all of them were taken */
export function sqsSender({ url, client, tryMsMax = TRY_MS_MAX }: SqsOptions): (bodies: readonly string[]) => Promise<void> {
  const sqs = new SQSClient({
    ...client,
    endpoint: new URL(url).origin,
    maxAttempts: TRIES_MAX,
    requestHandler: { connectionTimeout: CONNECT_MS_MAX, requestTimeout: tryMsMax, throwOnRequestTimeout: true },
  });
  return async (bodies) => {
    const Entries = bodies.map((MessageBody, position) => ({ Id: String(position), MessageBody }));
    const { Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
    if (Failed.length === 0) return;
    const codes = [...new Set(Failed.map(({ Code }) => Code))].join(', ');
    throw new Error(`SQS did not take ${Failed.length} of ${bodies.length} messages: ${codes}`);
  };
}
