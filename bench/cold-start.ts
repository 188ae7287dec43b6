import { writeFileSync } from 'node:fs';
import { setup as build } from '../e2e/build.ts';
import { bundleOf, functionSettings, startFunction } from '../e2e/lambda-function.ts';
import { createTable } from '../server/src/storage/dynamodb/table.ts';
import { eventOf, INVOCATION, responseOf } from '../server/src/testing/aws/http-api-events.ts';
import { startDynamoDbLocal, whyNoDynamoDbLocal } from '../server/src/testing/dynamodb/local.ts';
import { openWorkplace } from '../server/src/testing/process/cli-process.ts';

const RUNS = 9;
const TABLE = 'lending';
const EVENT = eventOf('GET', '/health/ready');

/** Times of one function, each run in a new process. */
export interface ColdStart {
  readonly name: string;
  /** Milliseconds to load it, and then to its first response, for each run. */
  readonly loadedMs: readonly number[];
  readonly respondedMs: readonly number[];
}

/** @returns undefined if this machine can't run DynamoDB Local */
export async function measureColdStarts(): Promise<ColdStart[] | undefined> {
  if (whyNoDynamoDbLocal() !== undefined) return undefined;
  build();
  const database = await startDynamoDbLocal();
  const work = openWorkplace();
  const bare = `${work.path()}/`;
  writeFileSync(`${bare}index.mjs`, 'export const handler = async () => ({ statusCode: 200 });');
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  await createTable(TABLE, { client: { endpoint: database.endpoint, region: 'local', credentials } });
  const issuer = { AUTH_ISSUER: 'http://127.0.0.1:9', AUTH_AUDIENCE: 'private-lending' };
  const settings = { ...functionSettings(TABLE, database.endpoint), ...issuer };
  const functions = [
    { name: 'a function that does nothing', folder: bare, settings: {}, status: 200 },
    // Without settings it is loaded, and responds with an error.
    { name: 'the API, its code alone', folder: bundleOf('api'), settings: {}, status: 500 },
    { name: 'the API, its first call to the database included', folder: bundleOf('api'), settings, status: 200 },
  ];
  const runs: { name: string; loadedMs: number; respondedMs: number }[] = [];
  for (let run = 0; run < RUNS; run += 1) for (const each of functions) runs.push({ name: each.name, ...(await startOnce(each)) });
  await database.stop();
  await work.close();
  return functions.map(({ name }) => {
    const own = runs.filter((run) => run.name === name);
    return { name, loadedMs: own.map(({ loadedMs }) => loadedMs), respondedMs: own.map(({ respondedMs }) => respondedMs) };
  });
}

async function startOnce({ folder, settings, status }: { folder: string; settings: Record<string, string>; status: number }) {
  const started = await startFunction(folder, settings);
  const start = performance.now();
  const response = responseOf(await started.invoke<object>(EVENT, INVOCATION));
  const respondedMs = performance.now() - start;
  await started.stop();
  if (response.status !== status) throw new Error(`the function responded with ${response.status}: ${response.text}`);
  return { loadedMs: started.loadedMs, respondedMs };
}
