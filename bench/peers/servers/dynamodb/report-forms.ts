import { randomUUID } from 'node:crypto';
import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { type AddForm, type Lender, seededLenders } from '../../dynamodb/add-form.ts';
import { EMAIL_INDEX, PARTICIPANTS, type Participant, putAll, queryParticipants, USERS } from './tables.ts';

/*
 * The calls of the report on the earlier system, one after the other as there. Its counts leave out the reading of the loan and of
 * the idempotency key, so these forms have neither. The first reads each lender's account, the improved one all in a batch.
 */

interface Clients {
  readonly client: DynamoDBDocumentClient;
  /** Past the delay. */
  readonly straight: DynamoDBDocumentClient;
}

type ReadEmails = (client: DynamoDBDocumentClient, userIds: readonly string[]) => Promise<string[]>;

export const readEach: ReadEmails = async (client, userIds) => {
  const emails: string[] = [];
  for (const userId of userIds) {
    const { Item: user } = await client.send(new GetCommand({ TableName: USERS, Key: { user_id: userId } }));
    if (user) emails.push(user['email']);
  }
  return emails;
};

export const readBatch: ReadEmails = async (client, userIds) => {
  const Keys = userIds.map((userId) => ({ user_id: userId }));
  const { Responses: tables } = await client.send(new BatchGetCommand({ RequestItems: { [USERS]: { Keys } } }));
  return (tables?.[USERS] ?? []).map((user) => user['email']);
};

export function reportForm({ client, straight }: Clients, readEmails: ReadEmails): AddForm {
  const amounts = new Map<string, number>();
  return {
    replays: false,

    async seed(amount) {
      const loanId = randomUUID();
      amounts.set(loanId, amount);
      const participants = seededLenders().map(({ email, contribution_amount }) => ({
        loan_id: loanId,
        lender_id: userIdOf(email),
        contribution_amount,
      }));
      await putAll(straight, PARTICIPANTS, participants);
      return loanId;
    },

    async add(loanId, lenders) {
      const existing = await queryParticipants(client, loanId);
      const pending = existing.filter(isPending).map(({ lender_id: id }) => id.slice(PENDING.length));
      const userIds = existing.filter((one) => !isPending(one)).map(({ lender_id: id }) => id);
      const taken = new Set([...pending, ...(await readEmails(client, userIds))]);
      const duplicate = lenders.find(({ email }) => taken.has(email));
      if (duplicate) return reject(`${duplicate.email} has already been invited to this loan`);
      const invited = sumOf(existing);
      if (invited + sumOf(lenders) > (amounts.get(loanId) ?? 0)) return reject('This would over-fund the loan');
      await invite(client, loanId, lenders);
      const body = { success: true, loan_id: loanId, lenders_added: lenders.length, total_invited: invited + sumOf(lenders) };
      return { status: 200, text: JSON.stringify(body) };
    },

    async emails(loanId) {
      const participants = await queryParticipants(straight, loanId);
      return participants.map(({ lender_id: id }) => (id.startsWith(PENDING) ? id.slice(PENDING.length) : emailOf(id)));
    },
  };
}

async function invite(client: DynamoDBDocumentClient, loanId: string, lenders: readonly Lender[]): Promise<void> {
  const users = new Map<string, string>();
  for (const { email } of lenders) {
    const query = new QueryCommand({
      TableName: USERS,
      IndexName: EMAIL_INDEX,
      KeyConditionExpression: 'email = :email',
      ExpressionAttributeValues: { ':email': email },
    });
    const { Items: [user] = [] } = await client.send(query);
    if (user) users.set(email, user['user_id']);
  }
  for (const { email, contribution_amount } of lenders) {
    const Item = { loan_id: loanId, lender_id: users.get(email) ?? PENDING + email, contribution_amount, status: 'pending' };
    await client.send(new PutCommand({ TableName: PARTICIPANTS, Item }));
  }
  for (const userId of users.values()) {
    const activate = new UpdateCommand({
      TableName: USERS,
      Key: { user_id: userId },
      UpdateExpression: 'SET is_lender = :yes',
      ExpressionAttributeValues: { ':yes': true },
    });
    await client.send(activate);
  }
}

const PENDING = 'pending:';
const ACCOUNT = 'user-';

const isPending = ({ lender_id: id }: Participant) => id.startsWith(PENDING);

export function userIdOf(email: string): string {
  return ACCOUNT + email;
}

function emailOf(userId: string): string {
  return userId.slice(ACCOUNT.length);
}

function sumOf(lenders: readonly { readonly contribution_amount: number }[]): number {
  return lenders.reduce((sum, { contribution_amount }) => sum + contribution_amount, 0);
}

function reject(message: string) {
  return { status: 400, text: JSON.stringify({ success: false, error: 'VALIDATION_ERROR', message }) };
}
