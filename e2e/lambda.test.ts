import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LOAN, lenders } from '../server/src/testing/app/test-app.ts';
import { metricsIn } from '../server/src/testing/aws/emf.ts';
import { INVOCATION } from '../server/src/testing/aws/http-api-events.ts';
import { endpoint, newTable } from '../server/src/testing/dynamodb/tables.ts';
import { type IdentityProvider, startIdentityProvider } from '../server/src/testing/oidc/identity-provider.ts';
import { type ApiFunction, OF_AWS, startApiFunction, TRACE } from './api-function.ts';
import { API, CLOCK, IMPORT, type LambdaFunction, STREAM, startFunction } from './lambda-function.ts';

/* The functions as they are uploaded, each in a process of its own, on AWS's own DynamoDB Local. */

let provider: IdentityProvider;
const started: Pick<LambdaFunction, 'stop'>[] = [];

beforeAll(async () => {
  provider = await startIdentityProvider();
});

afterAll(() => provider.close());

afterEach(async () => {
  await Promise.all(started.splice(0).map((each) => each.stop()));
});

async function start(folder: string, environment: Readonly<Record<string, string>> = {}): Promise<LambdaFunction> {
  const each = await startFunction(folder, environment);
  started.push(each);
  return each;
}

/** One environment of the API's function, and somebody who calls it. */
async function startApi(table: string, settings: Readonly<Record<string, string>> = {}): Promise<ApiFunction> {
  const api = await startApiFunction(provider, table, settings);
  started.push(api);
  return api;
}

function metricsOf(line: string | undefined) {
  return metricsIn(line ?? '').map(({ metric, unit, dimensions }) => [metric, unit, dimensions]);
}

describe.skipIf(endpoint === undefined)('the API’s function', () => {
  it('adds lenders, replays and refuses, and says so in lines that CloudWatch reads', async () => {
    const { send, lines, stderr, token } = await startApi(await newTable());
    const path = `${(await send('POST', '/loans', { body: LOAN })).headers.get('Location')}/lenders`;
    const sent = { body: { lenders: lenders(3, 5000) }, headers: { 'Idempotency-Key': 'one', 'X-Request-Id': 'first' } };
    const first = await send('POST', path, sent);
    const repeat = await send('POST', path, sent);
    const refused = await send('POST', path, { body: { lenders: lenders(1, 5000.01, 'late') } });
    expect([first.status, first.body.lenders_added, first.body.remaining]).toEqual([200, 3, 5000]);
    expect([repeat.status, repeat.text, repeat.headers.get('Idempotency-Replayed')]).toEqual([200, first.text, 'true']);
    expect([refused.status, refused.body.details[0].code]).toEqual([400, 'OVER_FUNDING']);

    const latency = (Status: string) => ['APILatency', 'Milliseconds', { Endpoint: 'AddLenders', Status }];
    const [, ...told] = lines();
    expect(told.map(metricsOf)).toEqual([
      [latency('Success'), ['LendersAdded', 'Count', { Endpoint: 'AddLenders' }]],
      [latency('Success')],
      [latency('Error'), ['APIError', 'Count', { Endpoint: 'AddLenders', ErrorType: 'ValidationError' }]],
    ]);
    expect(JSON.parse(told[0] ?? '')).toMatchObject({ request_id: 'first', trace_id: TRACE });
    expect(JSON.parse(told[2] ?? '')).toMatchObject({ request_id: INVOCATION.awsRequestId, trace_id: TRACE });
    expect(stderr()).toBe('');
    expect(['@', ...token.split('.')].filter((secret) => lines().join('').includes(secret))).toEqual([]);
  });

  it('has its health, its reference and no metrics to be read', async () => {
    const { send } = await startApi(await newTable());
    const statuses: Record<string, number> = {};
    for (const path of ['/health/live', '/health/ready', '/docs', '/openapi.json', '/metrics', '/nowhere']) {
      statuses[path] = (await send('GET', path)).status;
    }
    expect(Object.values(statuses)).toEqual([200, 200, 200, 200, 404, 404]);
  });

  it('fills a loan exactly from several environments at once', async () => {
    const table = await newTable();
    const apis = await Promise.all([startApi(table), startApi(table), startApi(table)]);
    const path = (await apis[0].send('POST', '/loans', { body: { ...LOAN, amount: 90 } })).headers.get('Location') ?? '';
    const added = await Promise.all(
      apis.map(async ({ send }, from) => {
        let successes = 0;
        for (let n = 0; n < 5; n += 1) {
          const { status } = await send('POST', `${path}/lenders`, { body: { lenders: lenders(1, 10, `racer${from}x${n}`) } });
          expect([200, 400]).toContain(status);
          if (status === 200) successes += 1;
        }
        return successes;
      }),
    );
    expect(added.reduce((sum, successes) => sum + successes, 0)).toBe(9);
    expect((await apis[1].send('GET', path)).body.loan).toMatchObject({ total_invited: 90, remaining: 0, lender_count: 9 });
  });
});

describe('the API’s function in trouble', () => {
  it('says that the database is unavailable, and that this passes', async () => {
    const { send, lines } = await startApi('none', { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9' });
    const { status, headers, body } = await send('POST', '/loans', { body: LOAN });
    expect([status, headers.get('Retry-After'), body.error, body.success]).toEqual([503, '10', 'SERVICE_UNAVAILABLE', false]);
    expect(metricsOf(lines().at(-1))).toContainEqual([
      'APIError',
      'Count',
      { Endpoint: 'CreateLoan', ErrorType: 'DatabaseUnavailable' },
    ]);
  });

  it('says nothing to callers of settings that need mending, and all to its operators', async () => {
    const { send, lines } = await startApi('lending', { AUTH_ISSUER: '', AUTH_AUDIENCE: '', ALLOW_LOCAL_ISSUER: '1' });
    const { status, text, body } = await send('GET', '/loans');
    expect([status, body.error, /ISSUER/.test(text)]).toEqual([500, 'INTERNAL_ERROR', false]);
    expect(JSON.parse(lines().at(-1) ?? '').err.message).toContain('AUTH_ISSUER and AUTH_AUDIENCE are not set');
  });
});

describe.skipIf(endpoint === undefined)('the functions that nobody calls', () => {
  it('run as they are uploaded', async () => {
    const there = { ...OF_AWS, STORE: `dynamodb:${await newTable()}`, AWS_ENDPOINT_URL_DYNAMODB: endpoint ?? '' };
    const [stream, clock] = await Promise.all([start(STREAM, there), start(CLOCK, there)]);
    expect(await stream.invoke({ Records: [] }, INVOCATION)).toEqual({ batchItemFailures: [] });
    const poison = { eventName: 'INSERT', dynamodb: { SequenceNumber: '7' } };
    expect(await stream.invoke({ Records: [poison] }, INVOCATION)).toEqual({ batchItemFailures: [{ itemIdentifier: '7' }] });
    expect(stream.lines().map((line) => JSON.parse(line).sequence_number)).toEqual(['7']);
    expect(await clock.invoke({}, INVOCATION)).toBeNull();
    expect([clock.lines(), clock.stderr()]).toEqual([[], '']);
  });
});

/** What esbuild tells of a file that it made. */
interface Part {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly imports: readonly { readonly path: string; readonly kind: string; readonly external?: boolean }[];
}

describe('what is uploaded', () => {
  it.each([API, STREAM, IMPORT, CLOCK])(
    'needs nothing besides itself and Node, and has nothing that it does not run: %s',
    (folder) => {
      const { inputs, outputs } = JSON.parse(readFileSync(`${folder.slice(0, -1)}-notes/meta.json`, 'utf8'));
      const files = Object.keys(outputs).map((file) => file.replace(/^.*\//, ''));
      const parts: { imports: { path: string; external?: boolean }[] }[] = Object.values(outputs);
      const besides = parts.flatMap(({ imports }) => imports.filter(({ external }) => external).map(({ path }) => path));
      expect(besides.filter((path) => !isBuiltin(path))).toEqual([]);
      const unwanted = /better-sqlite3|prom-client|commander|node-server|storage\/sqlite|testing/;
      expect(Object.keys(inputs).filter((file) => unwanted.test(file))).toEqual([]);
      expect(new Set(readdirSync(folder))).toEqual(new Set(files.filter((file) => file.endsWith('.mjs'))));
    },
  );

  it.each([API, IMPORT, CLOCK])('loads the client of a queue only where a message is sent: %s', (folder) => {
    const { outputs } = JSON.parse(readFileSync(`${folder.slice(0, -1)}-notes/meta.json`, 'utf8'));
    const parts = new Map<string, Part>(Object.entries(outputs));
    const atOnce = [...parts.keys()].filter((path) => path.endsWith('/index.mjs'));
    for (const path of atOnce) {
      const needed = parts.get(path)?.imports.filter(({ kind, external }) => kind === 'import-statement' && !external) ?? [];
      for (const each of needed) if (!atOnce.includes(each.path)) atOnce.push(each.path);
    }
    const holders = [...parts].filter(([, { inputs }]) => Object.keys(inputs).some((file) => file.includes('client-sqs/')));
    expect(holders).not.toEqual([]);
    expect(holders.filter(([path]) => atOnce.includes(path))).toEqual([]);
  });
});
