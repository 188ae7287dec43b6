import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDynamoDb } from '../server/src/storage/dynamodb/dynamodb-store.ts';
import type { Store } from '../server/src/storage/store.ts';
import { csv, lines, runToEnd, upload } from '../server/src/testing/app/import-helpers.ts';
import { openTestApp } from '../server/src/testing/app/test-app.ts';
import { LOAN } from '../server/src/testing/app/test-user.ts';
import { metricsIn } from '../server/src/testing/aws/emf.ts';
import { INVOCATION } from '../server/src/testing/aws/http-api-events.ts';
import { startSqs } from '../server/src/testing/aws/sqs.ts';
import { endpoint, newTable, optionsAt } from '../server/src/testing/dynamodb/tables.ts';
import { type ApiFunction, type Deployment, openDeployment } from './deployment.ts';
import { type LambdaFunction, TRACE } from './lambda-function.ts';

/* A CSV import by the functions as they are deployed, with DynamoDB Local and a queue. */

const DONE = { batchItemFailures: [] };
const CSV = { 'Content-Type': 'text/csv', 'X-Request-Id': 'mine' };

describe.skipIf(endpoint === undefined)('import functions', () => {
  let sqs: Awaited<ReturnType<typeof startSqs>>;
  let store: Store;
  let deployment: Deployment;
  let api: ApiFunction;

  beforeEach(async () => {
    const table = await newTable();
    sqs = await startSqs();
    store = openDynamoDb(table, optionsAt());
    deployment = await openDeployment(table);
    api = await deployment.startApi({ IMPORT_QUEUE_URL: sqs.url });
  });

  afterEach(() => Promise.all([deployment.close(), sqs.close(), store.close()]));

  const start = (name: 'clock' | 'import', more: Readonly<Record<string, string>> = {}) =>
    deployment.start(name, { IMPORT_QUEUE_URL: sqs.url, INVITES_PER_HOUR: '1000', ...more });
  const invokeWithMessages = ({ invoke }: LambdaFunction, context = {}) => invoke(sqs.take(), { ...INVOCATION, ...context });
  const linesOf = ({ lines }: LambdaFunction) => lines().map((line) => JSON.parse(line));
  const importAt = async (path: string) => (await api.send('GET', path)).body.import;

  async function uploadRows(count: number): Promise<string> {
    const loan = (await api.send('POST', '/loans', { body: LOAN })).headers.get('Location');
    const sent = { raw: csv(...lines(count)), headers: CSV };
    const { status, headers } = await api.send('POST', `${loan}/lenders/imports`, sent);
    expect(status).toBe(202);
    return headers.get('Location') ?? '';
  }

  it('the API function queues an import, and the import function adds all rows', async () => {
    const path = await uploadRows(200);
    const { import_id } = await importAt(path);
    expect(sqs.messages).toEqual([JSON.stringify({ import_id })]);
    const importing = await start('import');
    expect(await invokeWithMessages(importing)).toEqual(DONE);
    expect(await importAt(path)).toMatchObject({ status: 'completed', outcomes: { added: 200 } });
    const logged = linesOf(importing);
    expect(logged).toHaveLength(3);
    expect(logged[0]).toMatchObject({ msg: 'import advanced', import_id, request_id: 'mine', trace_id: TRACE });
    expect(importing.lines().flatMap((line) => metricsIn(line).map(({ value }) => value))).toEqual([90, 90, 20]);
    expect([importing.lines().join('').includes('@'), importing.stderr(), api.stderr()]).toEqual([false, '', '']);
  });

  it('the import function queues another message when its time is up', async () => {
    const path = await uploadRows(200);
    const importing = await start('import');
    for (const rows_done of [90, 180]) {
      expect(await invokeWithMessages(importing, { leftMs: 15_001 })).toEqual(DONE); // just above its reserve
      expect(await importAt(path)).toMatchObject({ status: 'running', rows_done });
      expect(sqs.messages).toHaveLength(1);
    }
    await invokeWithMessages(importing);
    expect([await importAt(path), sqs.messages]).toMatchObject([{ status: 'completed', outcomes: { added: 200 } }, []]);
  });

  it('the import function fails when the database is unavailable, so that SQS redelivers the message', async () => {
    await uploadRows(1);
    const importing = await start('import');
    const message = sqs.messages[0] ?? '';
    const failing = await start('import', { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9' });
    expect(await invokeWithMessages(failing)).toMatchObject({ error: expect.stringMatching(/unavailable|Error/) });
    sqs.messages.push(message);
    expect(await invokeWithMessages(importing)).toEqual(DONE);
  });

  it('the clock queues imports whose message was lost or whose hour has come', async () => {
    const testApp = await openTestApp({ store }); // its clock is long ago, and it has no queue
    const borrower = await testApp.as('borrower@example.com');
    const sent = await Promise.all(
      ['lost', 'waiting'].map(async (prefix) => {
        const { headers, body } = await upload(borrower, await borrower.postsLoan(), csv(...lines(250, 1, prefix)));
        return { path: headers.get('Location') ?? '', importId: body.import.import_id };
      }),
    );
    await runToEnd(testApp, sent[1]?.importId);
    const statuses = async () =>
      Promise.all(sent.map(async ({ path }) => (await borrower.get(path)).body.import).map(async (job) => (await job).status));
    expect(await statuses()).toEqual(['running', 'waiting']);
    const clock = await start('clock');
    expect(await clock.invoke({}, INVOCATION)).toBeNull();
    expect(sqs.messages).toHaveLength(2);
    expect(new Set(sqs.messages)).toEqual(new Set(sent.map(({ importId }) => JSON.stringify({ import_id: importId }))));
    expect(await invokeWithMessages(await start('import'))).toEqual(DONE);
    expect(await statuses()).toEqual(['completed', 'completed']);
    await clock.invoke({}, INVOCATION);
    expect(sqs.messages).toEqual([]);
  });

  it('the API function accepts an import when the queue is unavailable, and logs the error', async () => {
    sqs.state.mode = 'unavailable';
    const path = await uploadRows(1);
    expect(linesOf(api).at(-1)).toMatchObject({ level: 50, import_ids: [path.split('/').at(-1)] });
  });
});
