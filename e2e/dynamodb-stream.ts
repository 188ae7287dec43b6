import type { DynamoDBRecord } from 'aws-lambda';
import { endpoint } from '../server/src/testing/dynamodb/tables.ts';

/* Reads the stream of a table by DynamoDB's own protocol, whose records are those that AWS sends to functions. */

/** DynamoDB Local requires a signature, but only uses the access key. */
const AUTHORIZATION =
  'AWS4-HMAC-SHA256 Credential=local/20260301/local/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature=none';

// biome-ignore lint/suspicious/noExplicitAny: each operation has a response of another shape
async function send(operation: string, input: object): Promise<any> {
  const headers = {
    'Content-Type': 'application/x-amz-json-1.0',
    'X-Amz-Target': `DynamoDBStreams_20120810.${operation}`,
    'X-Amz-Date': '20260301T091500Z',
    Authorization: AUTHORIZATION,
  };
  const response = await fetch(endpoint ?? '', { method: 'POST', headers, body: JSON.stringify(input) });
  if (!response.ok) throw new Error(`${operation}: ${await response.text()}`);
  return response.json();
}

/** All records of a table's stream so far, in order. */
export async function readStream(table: string): Promise<DynamoDBRecord[]> {
  const [{ StreamArn }] = (await send('ListStreams', { TableName: table })).Streams;
  const { StreamDescription } = await send('DescribeStream', { StreamArn });
  const records: DynamoDBRecord[] = [];
  for (const { ShardId } of StreamDescription.Shards) {
    const { ShardIterator } = await send('GetShardIterator', { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' });
    records.push(...(await send('GetRecords', { ShardIterator })).Records);
  }
  return records;
}
