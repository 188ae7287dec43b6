import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDynamoDb } from '../server/src/storage/dynamodb/dynamodb-store.ts';
import type { Store } from '../server/src/storage/store.ts';
import { csv, lines, runToEnd, upload } from '../server/src/testing/app/import-helpers.ts';
import { LOAN, openTestApp } from '../server/src/testing/app/test-app.ts';
import { metricsIn } from '../server/src/testing/aws/emf.ts';
import { INVOCATION } from '../server/src/testing/aws/http-api-events.ts';
import { startSqs } from '../server/src/testing/aws/sqs.ts';
import { endpoint, newTable, optionsAt } from '../server/src/testing/dynamodb/tables.ts';
import { type IdentityProvider, startIdentityProvider } from '../server/src/testing/oidc/identity-provider.ts';
import { type ApiFunction, OF_AWS, startApiFunction, TRACE } from './api-function.ts';
import { CLOCK, IMPORT, type LambdaFunction, startFunction } from './lambda-function.ts';

/* A file of lenders on AWS: the functions as they are uploaded, on AWS's own DynamoDB Local, around a queue. */

const DONE = { batchItemFailures: [] };
const CSV = { 'Content-Type': 'text/csv', 'X-Request-Id': 'mine' };

describe.skipIf(endpoint === undefined)('on AWS, a file of lenders', () => {
  let provider: IdentityProvider;
  let sqs: Awaited<ReturnType<typeof startSqs>>;
  let table: string;
  let store: Store;
  let api: ApiFunction;
  const started: Pick<LambdaFunction, 'stop'>[] = [];

  beforeEach(async () => {
    [provider, sqs, table] = await Promise.all([startIdentityProvider(), startSqs(), newTable()]);
    store = openDynamoDb(table, optionsAt());
    api = await startApiFunction(provider, table, { IMPORT_QUEUE_URL: sqs.url });
    started.push(api);
  }, 60_000);

  afterEach(async () => {
    await Promise.all(started.splice(0).map((each) => each.stop()));
    await Promise.all([provider.close(), sqs.close(), store.close()]);
  });

  async function start(folder: string, more: Readonly<Record<string, string>> = {}): Promise<LambdaFunction> {
    const there = { STORE: `dynamodb:${table}`, AWS_ENDPOINT_URL_DYNAMODB: endpoint ?? '', IMPORT_QUEUE_URL: sqs.url };
    const each = await startFunction(folder, { ...OF_AWS, ...there, INVITES_PER_HOUR: '1000', ...more });
    started.push(each);
    return each;
  }

  const wake = ({ invoke }: LambdaFunction, context = {}) => invoke(sqs.take(), { ...INVOCATION, ...context });
  const linesOf = ({ lines }: LambdaFunction) => lines().map((line) => JSON.parse(line));
  const importAt = async (path: string) => (await api.send('GET', path)).body.import;

  async function uploads(rows: number): Promise<string> {
    const loan = (await api.send('POST', '/loans', { body: LOAN })).headers.get('Location');
    const sent = { raw: csv(...lines(rows)), headers: CSV };
    const { status, headers } = await api.send('POST', `${loan}/lenders/imports`, sent);
    expect(status).toBe(202);
    return headers.get('Location') ?? '';
  }

  it('is taken in by one function, which wakes another that adds all of its rows', async () => {
    const path = await uploads(200);
    const { import_id } = await importAt(path);
    expect(sqs.messages).toEqual([JSON.stringify({ import_id })]);
    const importing = await start(IMPORT);
    expect(await wake(importing)).toEqual(DONE);
    expect(await importAt(path)).toMatchObject({ status: 'completed', outcomes: { added: 200 } });
    const told = linesOf(importing);
    expect(told).toHaveLength(3);
    expect(told[0]).toMatchObject({ msg: 'import advanced', import_id, request_id: 'mine', trace_id: TRACE });
    expect(importing.lines().flatMap((line) => metricsIn(line).map(({ value }) => value))).toEqual([90, 90, 20]);
    expect([importing.lines().join('').includes('@'), importing.stderr(), api.stderr()]).toEqual([false, '', '']);
  }, 60_000);

  it('is gone on with by another message where the function has no more time', async () => {
    const path = await uploads(200);
    const importing = await start(IMPORT);
    for (const rows_done of [90, 180]) {
      expect(await wake(importing, { leftMs: 15_001 })).toEqual(DONE); // what it keeps, and a moment
      expect(await importAt(path)).toMatchObject({ status: 'running', rows_done });
      expect(sqs.messages).toHaveLength(1);
    }
    await wake(importing);
    expect([await importAt(path), sqs.messages]).toMatchObject([{ status: 'completed', outcomes: { added: 200 } }, []]);
  }, 60_000);

  it('comes again where the database is away', async () => {
    await uploads(1);
    const importing = await start(IMPORT);
    const message = sqs.messages[0] ?? '';
    const away = await start(IMPORT, { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9' });
    expect(await wake(away)).toMatchObject({ fell: expect.stringMatching(/unavailable|Error/) });
    sqs.messages.push(message);
    expect(await wake(importing)).toEqual(DONE);
  }, 60_000);

  it('is found by the clock where its message was lost, or once its hour has come', async () => {
    const long = await openTestApp({ store }); // its clock stands at a day long ago, and nobody hears of its imports
    const borrower = await long.as('borrower@example.com');
    const sent = await Promise.all(
      ['lost', 'waiting'].map(async (prefix) => {
        const { headers, body } = await upload(borrower, await borrower.postsLoan(), csv(...lines(250, 1, prefix)));
        return { path: headers.get('Location') ?? '', importId: body.import.import_id };
      }),
    );
    await runToEnd(long, sent[1]?.importId);
    const statuses = async () =>
      Promise.all(sent.map(async ({ path }) => (await borrower.get(path)).body.import).map(async (job) => (await job).status));
    expect(await statuses()).toEqual(['running', 'waiting']);
    const clock = await start(CLOCK);
    expect(await clock.invoke({}, INVOCATION)).toBeNull();
    expect(sqs.messages.toSorted()).toEqual(sent.map(({ importId }) => JSON.stringify({ import_id: importId })).toSorted());
    expect(await wake(await start(IMPORT))).toEqual(DONE);
    expect(await statuses()).toEqual(['completed', 'completed']);
    await clock.invoke({}, INVOCATION);
    expect(sqs.messages).toEqual([]);
  }, 60_000);

  it('is left to the clock where the queue is away, which nobody who sends it feels', async () => {
    sqs.state.mode = 'unavailable';
    const path = await uploads(1);
    expect(linesOf(api).at(-1)).toMatchObject({ level: 50, import_ids: [path.split('/').at(-1)] });
  }, 60_000);
});
