import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { withBreaker } from '../../server/src/storage/circuit-breaker.ts';
import { type DynamoDbOptions, openDynamoDb } from '../../server/src/storage/dynamodb/dynamodb-store.ts';
import { createTable } from '../../server/src/storage/dynamodb/table.ts';
import { openTestApp, type TestApp } from '../../server/src/testing/app/test-app.ts';
import { startDynamoDbLocal } from '../../server/src/testing/dynamodb/local.ts';
import { type DynamoDbProxy, startDynamoDbProxy } from '../../server/src/testing/dynamodb/proxy.ts';

/** DynamoDB Local is slower than DynamoDB. */
const ATTEMPT_TIMEOUT_MS = 20_000;

/** DynamoDB Local behind a proxy that counts requests. */
export interface BenchDatabase {
  readonly proxy: DynamoDbProxy;
  /** Past the proxy. */
  readonly endpoint: string;
  readonly straight: DynamoDBClient;
  newTable(): Promise<string>;
  /** Opens the whole program on a table, without limits of invitations. */
  open(table: string, options?: { readonly usesViewCache?: boolean }): Promise<TestApp>;
  end(): Promise<void>;
}

export async function startBenchDatabase(): Promise<BenchDatabase> {
  const database = await startDynamoDbLocal();
  const proxy = await startDynamoDbProxy(database.endpoint);
  const straight = new DynamoDBClient({ ...optionsAt(database.endpoint).client });
  const apps: TestApp[] = [];
  let tables = 0;
  return {
    proxy,
    endpoint: database.endpoint,
    straight,
    async newTable() {
      tables += 1;
      await createTable(`bench-${tables}`, optionsAt(database.endpoint));
      return `bench-${tables}`;
    },
    async open(table, { usesViewCache = true } = {}) {
      const store = withBreaker(openDynamoDb(table, optionsAt(proxy.endpoint)));
      const testApp = await openTestApp({ store, usesViewCache, config: { invitesPerHour: 1_000_000 } });
      apps.push(testApp);
      return testApp;
    },
    async end() {
      for (const testApp of apps) await testApp.close();
      straight.destroy();
      await proxy.stop();
      await database.stop();
    },
  };
}

function optionsAt(endpoint: string): DynamoDbOptions {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return { client: { endpoint, region: 'local', credentials }, attemptTimeoutMs: ATTEMPT_TIMEOUT_MS };
}
