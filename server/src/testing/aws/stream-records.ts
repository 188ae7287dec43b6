import type { AttributeValue, DynamoDBRecord } from 'aws-lambda';
import { toAttributes } from '../../storage/dynamodb/items.ts';
import type { Item } from '../../storage/store.ts';

/** The record of a new item in a DynamoDB stream with the view type NEW_IMAGE. */
export function recordOf(item: Item<unknown>, sequenceNumber: string): DynamoDBRecord {
  const { key, version, command, data } = item;
  // Our attributes are strings and numbers only, which the SDK and a stream represent alike.
  const NewImage = toAttributes({ key, version, command, text: JSON.stringify(data) }) as Record<string, AttributeValue>;
  const { pk = { S: '' }, sk = { S: '' } } = NewImage;
  return {
    eventID: `c4ca4238a0b923820dcc509a6f75849${sequenceNumber}`,
    eventName: 'INSERT',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'us-east-1',
    dynamodb: {
      ApproximateCreationDateTime: 1_479_499_740,
      Keys: { pk, sk },
      NewImage,
      SequenceNumber: sequenceNumber,
      SizeBytes: 112,
      StreamViewType: 'NEW_IMAGE',
    },
    eventSourceARN: 'arn:aws:dynamodb:us-east-1:123456789012:table/lending/stream/2026-03-01T00:00:00.000',
  };
}
