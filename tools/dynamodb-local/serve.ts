// Runs AWS's DynamoDB Local in memory until it is stopped. Its licence allows only development.
// Usage: npm run dynamodb -- [PORT]
import { startDynamoDbLocal, whyNoDynamoDbLocal } from '../../server/src/testing/dynamodb/local.ts';

const [port = '8000'] = process.argv.slice(2);
const reason = whyNoDynamoDbLocal();
if (reason !== undefined || !/^\d{1,5}$/.test(port)) {
  process.stderr.write(`DynamoDB Local can't be started: ${reason ?? `${port} is not a port`}.\n`);
  process.exit(1);
}
const { endpoint, stop } = await startDynamoDbLocal(Number(port));
process.stdout.write(`AWS_ENDPOINT_URL_DYNAMODB=${endpoint}\n`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());
