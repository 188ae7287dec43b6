import { createHash } from 'node:crypto';
import { text } from 'node:stream/consumers';
import type { SQSEvent } from 'aws-lambda';
import * as z from 'zod';
import { respond, startHttpServer } from '../http-server.ts';

const request = z.object({ Entries: z.array(z.object({ Id: z.string(), MessageBody: z.string() })) });

/** `drop-one`: does not respond to the next request. `reject-first`: rejects the first message of each request. */
type Mode = 'accept' | 'drop-one' | 'reject-first' | 'unavailable';

/** A fake of Amazon SQS, for what the SDK sends by its JSON protocol. */
export async function startSqs() {
  const messages: string[] = [];
  const requests: { readonly target: unknown; readonly count: number }[] = [];
  const state: { mode: Mode } = { mode: 'accept' };
  const { url, close } = await startHttpServer(async (incoming, response) => {
    const { Entries } = request.parse(JSON.parse(await text(incoming)));
    requests.push({ target: incoming.headers['x-amz-target'], count: Entries.length });
    if (state.mode === 'unavailable')
      return respond(response, 503, { __type: 'com.amazonaws.sqs#ServiceUnavailable', message: 'SQS is down' });
    if (state.mode === 'drop-one') {
      state.mode = 'accept';
      return;
    }
    const rejected = Entries.splice(0, state.mode === 'reject-first' ? 1 : 0);
    messages.push(...Entries.map(({ MessageBody }) => MessageBody));
    respond(response, 200, {
      Successful: Entries.map(({ Id, MessageBody }) => ({ Id, MessageId: `message-${Id}`, MD5OfMessageBody: md5(MessageBody) })),
      Failed: rejected.map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault: false })),
    });
  });
  return {
    url: `${url}/123456789012/imports`,
    /** The bodies of queued messages. */
    messages,
    requests,
    state,
    /** Removes all messages. @returns the event that invokes a function with them */
    take: () => sqsEvent(...messages.splice(0)),
    close,
  };
}

/** The SDK verifies it. */
function md5(body: string): string {
  return createHash('md5').update(body).digest('hex');
}

/** The event of a function with an SQS queue. The first message has the id `message-0`. */
export function sqsEvent(...bodies: readonly string[]): SQSEvent {
  return {
    Records: bodies.map((body, position) => ({
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
    })),
  };
}
