import { type CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';

/* The tables of the others on DynamoDB. */

export const USERS = 'users';
export const EMAIL_INDEX = 'EmailIndex';
export const PARTICIPANTS = 'loan_participants';
export const LOANS = 'loans';
export const KEYS = 'idempotency_keys';

const BATCH_MAX = 25;

export function openClient(endpoint: string): DynamoDBDocumentClient {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint, region: 'local', credentials }));
}

export function tableOf(name: string, hash: string, range?: string): CreateTableCommandInput {
  const names = [hash, ...(range === undefined ? [] : [range])];
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: names.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? 'HASH' : 'RANGE' })),
  };
}

/** Users, by id and by address. */
export function usersTable(): CreateTableCommandInput {
  const table = tableOf(USERS, 'user_id');
  return {
    ...table,
    AttributeDefinitions: [...(table.AttributeDefinitions ?? []), { AttributeName: 'email', AttributeType: 'S' }],
    GlobalSecondaryIndexes: [
      {
        IndexName: EMAIL_INDEX,
        KeySchema: [{ AttributeName: 'email', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
  };
}

export async function putAll(client: DynamoDBDocumentClient, table: string, items: readonly Record<string, unknown>[]) {
  for (let first = 0; first < items.length; first += BATCH_MAX) {
    const requests = items.slice(first, first + BATCH_MAX).map((Item) => ({ PutRequest: { Item } }));
    await client.send(new BatchWriteCommand({ RequestItems: { [table]: requests } }));
  }
}

export interface Participant {
  readonly loan_id: string;
  /** Of a user, or `pending:ADDRESS`. */
  readonly lender_id: string;
  readonly email?: string;
  readonly contribution_amount: number;
}

export async function queryParticipants(client: DynamoDBDocumentClient, loanId: string): Promise<Participant[]> {
  const query = new QueryCommand({
    TableName: PARTICIPANTS,
    KeyConditionExpression: 'loan_id = :loan',
    ExpressionAttributeValues: { ':loan': loanId },
    ConsistentRead: true,
  });
  const { Items = [] } = await client.send(query);
  return Items.map(({ loan_id, lender_id, email, contribution_amount }) => ({ loan_id, lender_id, email, contribution_amount }));
}
