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
    eventName: 'INSERT',
    eventSource: 'aws:dynamodb',
    dynamodb: { Keys: { pk, sk }, NewImage, SequenceNumber: sequenceNumber, StreamViewType: 'NEW_IMAGE' },
  };
}
