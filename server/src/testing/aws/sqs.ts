import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';

/* Amazon SQS as it documents its JSON protocol: what the SDK sends arrives at a server on this machine. */

const PATH = '/123456789012/imports';

const request = z.object({ QueueUrl: z.string(), Entries: z.array(z.object({ Id: z.string(), MessageBody: z.string() })) });

/** `partly`: of each request all but the first message are taken; `silent`: nothing is answered, once. */
type Mood = 'well' | 'away' | 'partly' | 'silent';

/** Plays a queue: keeps every message until it is taken. */
export async function startSqs() {
  const messages: string[] = [];
  const requests: { readonly target: unknown; readonly count: number }[] = [];
  const state: { mood: Mood } = { mood: 'well' };

  const server = createServer(async (incoming, response) => {
    const { Entries } = request.parse(JSON.parse(await text(incoming)));
    requests.push({ target: incoming.headers['x-amz-target'], count: Entries.length });
    if (state.mood === 'silent') {
      state.mood = 'well';
      return;
    }
    if (state.mood === 'away') {
      answer(response, 503, { __type: 'com.amazonaws.sqs#ServiceUnavailable', message: 'SQS is away' });
      return;
    }
    const [Failed, taken] = state.mood === 'partly' ? [Entries.slice(0, 1), Entries.slice(1)] : [[], Entries];
    messages.push(...taken.map(({ MessageBody }) => MessageBody));
    answer(response, 200, {
      Successful: taken.map(({ Id, MessageBody }) => ({ Id, MessageId: `message-${Id}`, MD5OfMessageBody: md5(MessageBody) })),
      Failed: Failed.map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault: false })),
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;

  return {
    url: `http://127.0.0.1:${port}${PATH}`,
    /** The bodies of those that wait. */
    messages,
    requests,
    state,
    /** What the function is invoked with for those that wait, which then wait no more. */
    take: () => sqsEvent(...messages.splice(0)),
    async close(): Promise<void> {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify(body));
}

/** The SDK compares it with that of what it sent. */
function md5(body: string): string {
  return createHash('md5').update(body).digest('hex');
}

/** As Lambda gets messages of a queue; the first one's id is `message-0`. */
export function sqsEvent(...bodies: readonly string[]): SQSEvent {
  return {
    Records: bodies.map(
      (body, position): SQSRecord => ({
        messageId: `message-${position}`,
        receiptHandle: 'AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a',
        body,
        attributes: {
          ApproximateReceiveCount: '1',
          SentTimestamp: '1545082649183',
          SenderId: 'AIDAIENQZJOLO23YVJ4VO',
          ApproximateFirstReceiveTimestamp: '1545082649185',
        },
        messageAttributes: {},
        md5OfBody: md5(body),
        eventSource: 'aws:sqs',
        eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:imports',
        awsRegion: 'us-east-1',
      }),
    ),
  };
}
