import { randomUUID } from 'node:crypto';
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { GetCommand, PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { type AddForm, type Lender, seededLenders } from '../../dynamodb/add-form.ts';
import { KEYS, LOANS, PARTICIPANTS, putAll, queryParticipants } from './tables.ts';

/*
 * A handler as good as it gets with a library for idempotency: the loan is read, and one transaction with conditions adds the
 * lenders. The library's own record is written before it and after it: four calls.
 */

interface AddEvent {
  readonly key: string;
  readonly loanId: string;
  readonly lenders: readonly Lender[];
}

interface Clients {
  readonly client: DynamoDBDocumentClient;
  readonly straight: DynamoDBDocumentClient;
}

/** What Lambda gives a handler: a record in progress ends when the invocation would have. */
const INVOCATION = {
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'add-lenders',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:add-lenders',
  memoryLimitInMB: '256',
  awsRequestId: '8f507cfc-3a1e-4697-b07a-ac58fc914c95',
  logGroupName: 'group',
  logStreamName: 'stream',
  getRemainingTimeInMillis: () => 30_000,
  done() {},
  fail() {},
  succeed() {},
};

/** Not stored under the key: the library stores what the handler returns, and nothing when it throws. */
class RejectedError extends Error {}

export function powertoolsForm({ client, straight }: Clients): AddForm {
  const config = new IdempotencyConfig({ eventKeyJmesPath: 'key', payloadValidationJmesPath: 'lenders' });
  config.registerLambdaContext(INVOCATION);
  const add = makeIdempotent((event: AddEvent) => addLenders(client, event), {
    persistenceStore: new DynamoDBPersistenceLayer({ tableName: KEYS, keyAttr: 'idempotency_key', awsSdkV3Client: client }),
    config,
  });
  return {
    replays: true,

    async seed(amount) {
      const loanId = randomUUID();
      const lenders = seededLenders();
      await straight.send(new PutCommand({ TableName: LOANS, Item: { loan_id: loanId, amount, total_invited: sumOf(lenders) } }));
      await putAll(
        straight,
        PARTICIPANTS,
        lenders.map((lender) => participantOf(loanId, lender)),
      );
      return loanId;
    },

    async add(loanId, lenders, key) {
      try {
        return await add({ key, loanId, lenders });
      } catch (thrown) {
        const rejection = [thrown, Object(thrown).cause].find((error) => error instanceof RejectedError);
        if (!rejection) throw thrown;
        return { status: 400, text: JSON.stringify({ success: false, error: 'VALIDATION_ERROR', message: rejection.message }) };
      }
    },

    async emails(loanId) {
      return (await queryParticipants(straight, loanId)).map(({ email = '' }) => email);
    },
  };
}

async function addLenders(client: DynamoDBDocumentClient, { loanId, lenders }: AddEvent) {
  const { Item: loan } = await client.send(new GetCommand({ TableName: LOANS, Key: { loan_id: loanId }, ConsistentRead: true }));
  if (!loan) throw new RejectedError('There is no such loan');
  const requested = sumOf(lenders);
  const invited = loan['total_invited'] + requested;
  if (invited > loan['amount']) throw new RejectedError('This would over-fund the loan');
  const update = {
    TableName: LOANS,
    Key: { loan_id: loanId },
    UpdateExpression: 'SET total_invited = :invited',
    ConditionExpression: 'total_invited = :before',
    ExpressionAttributeValues: { ':invited': invited, ':before': loan['total_invited'] },
  };
  const puts = lenders.map((lender) => ({
    Put: {
      TableName: PARTICIPANTS,
      Item: participantOf(loanId, lender),
      ConditionExpression: 'attribute_not_exists(lender_id)',
    },
  }));
  try {
    await client.send(new TransactWriteCommand({ TransactItems: [{ Update: update }, ...puts] }));
  } catch (thrown) {
    const reasons: { Code?: string }[] = Object(thrown).CancellationReasons ?? [];
    const duplicate = lenders[reasons.findIndex(({ Code }) => Code === 'ConditionalCheckFailed') - 1];
    throw duplicate ? new RejectedError(`${duplicate.email} has already been invited to this loan`) : thrown;
  }
  const body = { success: true, loan_id: loanId, lenders_added: lenders.length, total_invited: invited };
  return { status: 200, text: JSON.stringify(body) };
}

function participantOf(loanId: string, { email, contribution_amount }: Lender) {
  return { loan_id: loanId, lender_id: email, email, contribution_amount, status: 'pending' };
}

function sumOf(lenders: readonly Lender[]): number {
  return lenders.reduce((sum, { contribution_amount }) => sum + contribution_amount, 0);
}
