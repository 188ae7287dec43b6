import type { DynamoDBRecord } from 'aws-lambda';
import { endpoint } from '../server/src/testing/dynamodb/tables.ts';

/* The stream of a table of DynamoDB Local, asked for in the protocol itself, whose records AWS hands to functions as they are. */

/** DynamoDB Local wants a signature, and looks at nothing of it but the key's name. */
const AUTHORIZATION =
  'AWS4-HMAC-SHA256 Credential=local/20260301/local/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature=none';

// biome-ignore lint/suspicious/noExplicitAny: each call has an answer of its own shape
async function ask(operation: string, input: object): Promise<any> {
  const answer = await fetch(endpoint ?? '', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-amz-json-1.0',
      'X-Amz-Target': `DynamoDBStreams_20120810.${operation}`,
      'X-Amz-Date': '20260301T091500Z',
      Authorization: AUTHORIZATION,
    },
    body: JSON.stringify(input),
  });
  if (!answer.ok) throw new Error(`${operation}: ${await answer.text()}`);
  return answer.json();
}

/** All that was written to a table so far, in order. */
export async function recordsOf(table: string): Promise<DynamoDBRecord[]> {
  const [{ StreamArn }] = (await ask('ListStreams', { TableName: table })).Streams;
  const { StreamDescription } = await ask('DescribeStream', { StreamArn });
  const records: DynamoDBRecord[] = [];
  for (const { ShardId } of StreamDescription.Shards) {
    const { ShardIterator } = await ask('GetShardIterator', { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' });
    records.push(...(await ask('GetRecords', { ShardIterator })).Records);
  }
  return records;
}
