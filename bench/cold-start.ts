import { mkdirSync, writeFileSync } from 'node:fs';
import { setup as buildAll } from '../e2e/build.ts';
import { API, startFunction } from '../e2e/lambda-function.ts';
import { temporaryFolder } from '../e2e/program.ts';
import { createTable } from '../server/src/storage/dynamodb/table.ts';
import { eventOf, INVOCATION, responseOf } from '../server/src/testing/aws/http-api-events.ts';
import { startDynamoDbLocal, whyNoDynamoDbLocal } from '../server/src/testing/dynamodb/local.ts';

const RUNS = 9;
const TABLE = 'lending';
const EVENT = eventOf('GET', '/health/ready');

/** One kind of function, in a fresh process for each run. */
export interface ColdStart {
  readonly name: string;
  /** Milliseconds to load it, and for its first answer behind that, of each run. */
  readonly loadedMs: readonly number[];
  readonly answeredMs: readonly number[];
}

/** @returns undefined where this machine can't run DynamoDB Local */
export async function measureColdStarts(): Promise<ColdStart[] | undefined> {
  if (whyNoDynamoDbLocal() !== undefined) return undefined;
  buildAll();
  const database = await startDynamoDbLocal();
  const folder = await temporaryFolder();
  const bare = `${folder.path}/bare/`;
  mkdirSync(bare);
  writeFileSync(`${bare}index.mjs`, 'export const handler = async () => ({ statusCode: 200 });');
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  await createTable(TABLE, { client: { endpoint: database.endpoint, region: 'local', credentials } });
  const settings = {
    ...{ AWS_REGION: 'local', AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey },
    ...{ AWS_ENDPOINT_URL_DYNAMODB: database.endpoint, STORE: `dynamodb:${TABLE}` },
    ...{ AUTH_ISSUER: 'http://127.0.0.1:9', AUTH_AUDIENCE: 'private-lending' },
  };
  const kinds = [
    { name: 'a function that does nothing', folder: bare, settings: {}, status: 200 },
    // Without settings it is loaded and goes no further.
    { name: 'the API, its code alone', folder: API, settings: {}, status: 500 },
    { name: 'the API, its first call to the database included', folder: API, settings, status: 200 },
  ];
  const runs: { name: string; loadedMs: number; answeredMs: number }[] = [];
  for (let run = 0; run < RUNS; run += 1) for (const kind of kinds) runs.push({ name: kind.name, ...(await startOnce(kind)) });
  await database.stop();
  await folder.remove();
  return kinds.map(({ name }) => {
    const own = runs.filter((run) => run.name === name);
    return { name, loadedMs: own.map(({ loadedMs }) => loadedMs), answeredMs: own.map(({ answeredMs }) => answeredMs) };
  });
}

async function startOnce({ folder, settings, status }: { folder: string; settings: Record<string, string>; status: number }) {
  const started = await startFunction(folder, settings);
  const before = performance.now();
  const answer = responseOf(await started.invoke<object>(EVENT, INVOCATION));
  const answeredMs = performance.now() - before;
  await started.stop();
  if (answer.status !== status) throw new Error(`the function responded with ${answer.status}: ${answer.text}`);
  return { loadedMs: started.loadedMs, answeredMs };
}
