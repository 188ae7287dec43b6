import { StoreError, StoreSetupError } from '../store.ts';
import type { Connection } from './client.ts';

/** What a person is told of a table that can't be used as things are set up. */
export async function toSetupError(connection: Connection, table: string, thrown: unknown): Promise<StoreSetupError> {
  const cause = thrown instanceof StoreError ? thrown.cause : thrown;
  const { name, message } = cause instanceof Error ? cause : { name: '', message: String(cause) };
  const setupError = (text: string) => new StoreSetupError(text, cause);
  if (name === 'CredentialsProviderError' || name === 'TokenProviderError')
    return setupError('DynamoDB has to know who asks. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.');
  if (message === 'Region is missing') return setupError('DynamoDB is in a region. Set AWS_REGION to the one where the table is.');
  const place = await databaseLocation(connection);
  if (name === 'ResourceNotFoundException')
    return setupError(
      `There is no table "${table}" ${place}. For development, STORE=dynamodb:${table} npx lending init makes it; in production, the stack does.`,
    );
  if (name === 'ValidationException')
    return setupError(`"${table}" ${place} can't be a table of Private Lending: ${message}. Name another one.`);
  return setupError(`The table "${table}" ${place} can't be used: ${message || name}. Check the address and your rights.`);
}

/** The client has found out where it goes, or it would not have come so far as to be refused there. */
async function databaseLocation({ client }: Connection): Promise<string> {
  if (!client.config.endpoint) return `in ${await client.config.region()}`;
  const { protocol, hostname, port } = await client.config.endpoint();
  return `at ${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`;
}
