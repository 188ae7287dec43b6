import { SendMessageBatchCommand, SQSClient, type SQSClientConfig } from '@aws-sdk/client-sqs';

const CONNECT_MS_MAX = 1000;
const REQUEST_MS_MAX = 2000;
/** One retry: duplicate messages are harmless, and a caller waits for the response. */
const ATTEMPTS_MAX = 2;

export interface SqsOptions {
  /** `https://sqs.REGION.amazonaws.com/ACCOUNT/NAME` */
  readonly url: string;
  /** Overrides what the SDK reads from its environment variables. */
  readonly client?: SQSClientConfig;
  readonly requestMsMax?: number;
}

/** @returns a function that sends at most ten messages, and throws if SQS did not accept all of them */
export function sqsSender({
  url,
  client,
  requestMsMax = REQUEST_MS_MAX,
}: SqsOptions): (bodies: readonly string[]) => Promise<void> {
  const sqs = new SQSClient({
    ...client,
    endpoint: new URL(url).origin,
    maxAttempts: ATTEMPTS_MAX,
    requestHandler: { connectionTimeout: CONNECT_MS_MAX, requestTimeout: requestMsMax, throwOnRequestTimeout: true },
  });
  return async (bodies) => {
    const Entries = bodies.map((MessageBody, position) => ({ Id: String(position), MessageBody }));
    const { Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
    if (Failed.length === 0) return;
    const codes = [...new Set(Failed.map(({ Code }) => Code))].join(', ');
    throw new Error(`SQS did not accept ${Failed.length} of ${bodies.length} messages: ${codes}`);
  };
}
