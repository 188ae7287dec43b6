import { StoreError, StoreSetupError } from '../store.ts';
import type { DynamoDbConnection } from './client.ts';
import { REGION_MISSING } from './error-classification.ts';

/** Says in the operator's terms why a table can't be used. */
export async function toSetupError(connection: DynamoDbConnection, table: string, thrown: unknown): Promise<StoreSetupError> {
  if (thrown instanceof StoreSetupError) return thrown;
  const cause = thrown instanceof StoreError ? thrown.cause : thrown;
  const { name, message } = cause instanceof Error ? cause : { name: '', message: String(cause) };
  const setupError = (text: string) => new StoreSetupError(text, cause);
  if (name === 'CredentialsProviderError' || name === 'TokenProviderError')
    return setupError('DynamoDB needs credentials. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.');
  if (message === REGION_MISSING) return setupError('DynamoDB needs a region. Set AWS_REGION to the one of the table.');
  const location = await databaseLocation(connection);
  if (name === 'ResourceNotFoundException')
    return setupError(
      `There is no table "${table}" ${location}. For development, STORE=dynamodb:${table} npx lending init creates it; in production, the stack does.`,
    );
  if (name === 'ValidationException')
    return setupError(`"${table}" ${location} can't be a table of Private Lending: ${message}. Name another one.`);
  return setupError(`The table "${table}" ${location} can't be used: ${message || name}. Check the address and your rights.`);
}

/** The endpoint or region, which the client has resolved by now. */
async function databaseLocation({ client }: DynamoDbConnection): Promise<string> {
  if (!client.config.endpoint) return `in ${await client.config.region()}`;
  const { protocol, hostname, port } = await client.config.endpoint();
  return `at ${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`;
}
