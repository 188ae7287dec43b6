import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { text } from 'node:stream/consumers';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDynamoDb } from '../server/src/storage/dynamodb/dynamodb-store.ts';
import { storeMetadataKey } from '../server/src/storage/keys.ts';
import { lenders } from '../server/src/testing/app/test-app.ts';
import { LOAN } from '../server/src/testing/app/test-user.ts';
import { metricsIn } from '../server/src/testing/aws/emf.ts';
import { eventOf, INVOCATION, responseOf } from '../server/src/testing/aws/http-api-events.ts';
import { endpoint, newTable, optionsAt } from '../server/src/testing/dynamodb/tables.ts';
import { startHttpServer } from '../server/src/testing/http-server.ts';
import { CONSOLE_CLIENT } from '../server/src/testing/oidc/identity-provider.ts';
import { openDeployment } from './deployment.ts';
import { bundleOf, TRACE } from './lambda-function.ts';

/* The functions as they are deployed, on DynamoDB Local. */

const ANA = { email: 'ana@example.com', email_verified: true };

async function deploy(table: string) {
  const deployment = await openDeployment(table);
  onTestFinished(deployment.close);
  return deployment;
}

function metricsOf(line: string | undefined) {
  return metricsIn(line ?? '').map(({ metric, unit, dimensions }) => [metric, unit, dimensions]);
}

describe.skipIf(endpoint === undefined)('API function', () => {
  it('adds lenders, replays and rejects, with metrics in lines that CloudWatch parses', async () => {
    const { send, lines, stderr, token } = await (await deploy(await newTable())).startApi();
    const path = `${(await send('POST', '/loans', { body: LOAN })).headers.get('Location')}/lenders`;
    const sent = { body: { lenders: lenders(3, 5000) }, headers: { 'Idempotency-Key': 'one', 'X-Request-Id': 'first' } };
    const first = await send('POST', path, sent);
    const repeat = await send('POST', path, sent);
    const rejected = await send('POST', path, { body: { lenders: lenders(1, 5000.01, 'late') } });
    expect([first.status, first.body.lenders_added, first.body.remaining]).toEqual([200, 3, 5000]);
    expect([repeat.status, repeat.text, repeat.headers.get('Idempotency-Replayed')]).toEqual([200, first.text, 'true']);
    expect([rejected.status, rejected.body.details[0].code]).toEqual([400, 'OVER_FUNDING']);

    const latency = (Status: string) => ['APILatency', 'Milliseconds', { Endpoint: 'AddLenders', Status }];
    const [, ...logged] = lines();
    expect(logged.map(metricsOf)).toEqual([
      [latency('Success'), ['LendersAdded', 'Count', { Endpoint: 'AddLenders' }]],
      [latency('Success')],
      [latency('Error'), ['APIError', 'Count', { Endpoint: 'AddLenders', ErrorType: 'ValidationError' }]],
    ]);
    expect(JSON.parse(logged[0] ?? '')).toMatchObject({ request_id: 'first', trace_id: TRACE });
    expect(JSON.parse(logged[2] ?? '')).toMatchObject({ request_id: INVOCATION.awsRequestId, trace_id: TRACE });
    expect(stderr()).toBe('');
    expect(['@', ...token.split('.')].filter((secret) => lines().join('').includes(secret))).toEqual([]);
  });

  it('serves health checks and the reference, but no metrics', async () => {
    const { send } = await (await deploy(await newTable())).startApi();
    const statuses: Record<string, number> = {};
    for (const path of ['/health/live', '/health/ready', '/docs', '/openapi.json', '/metrics', '/nowhere']) {
      statuses[path] = (await send('GET', path)).status;
    }
    expect(Object.values(statuses)).toEqual([200, 200, 200, 200, 404, 404]);
  });

  it('funds a loan exactly under concurrent requests to several instances', async () => {
    const { startApi } = await deploy(await newTable());
    const apis = await Promise.all([startApi(), startApi(), startApi()]);
    const path = (await apis[0].send('POST', '/loans', { body: { ...LOAN, amount: 90 } })).headers.get('Location') ?? '';
    const added = await Promise.all(
      apis.map(async ({ send }, instance) => {
        let successes = 0;
        for (let n = 0; n < 5; n += 1) {
          const { status } = await send('POST', `${path}/lenders`, { body: { lenders: lenders(1, 10, `racer${instance}x${n}`) } });
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

describe('API function with errors', () => {
  it('responds with 503 and Retry-After when the database is unavailable', async () => {
    const { send, lines } = await (await deploy('none')).startApi({ AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9' });
    const { status, headers, body } = await send('POST', '/loans', { body: LOAN });
    expect([status, headers.get('Retry-After'), body.error, body.success]).toEqual([503, '10', 'SERVICE_UNAVAILABLE', false]);
    expect(metricsOf(lines().at(-1))).toContainEqual([
      'APIError',
      'Count',
      { Endpoint: 'CreateLoan', ErrorType: 'DatabaseUnavailable' },
    ]);
  });

  it('logs invalid settings, and does not reveal them to callers', async () => {
    const { send, lines } = await (await deploy('lending')).startApi({
      AUTH_ISSUER: '',
      AUTH_AUDIENCE: '',
      ALLOW_LOCAL_ISSUER: '1',
    });
    const { status, text, body } = await send('GET', '/loans');
    expect([status, body.error, /ISSUER/.test(text)]).toEqual([500, 'INTERNAL_ERROR', false]);
    expect(JSON.parse(lines().at(-1) ?? '').err.message).toContain('AUTH_ISSUER and AUTH_AUDIENCE are not set');
  });
});

describe.skipIf(endpoint === undefined)('the console as it is deployed', () => {
  const SITE = 'https://lending.example.com';
  const FEED_URL = 'wss://feed.execute-api.us-east-1.amazonaws.com/feed';

  it('has its page from the API function, whose files the setup function has, and signs users in by a cookie', async () => {
    const deployment = await deploy(await newTable());
    const { invoke } = await deployment.start('api', { PUBLIC_URL: SITE, FEED_URL, AUTH_CLIENT_ID: CONSOLE_CLIENT });
    const send = async (target: string, cookies: string[] = []) => {
      const headers = { 'X-Lending-Console': '1', 'Sec-Fetch-Site': 'same-origin' };
      return invoke<APIGatewayProxyStructuredResultV2>(eventOf('GET', target, { cookies, headers }), INVOCATION);
    };
    const page = await send('/app/loans/new');
    expect([page.statusCode, page.headers?.['content-type']]).toEqual([200, 'text/html; charset=UTF-8']);
    expect(page.headers?.['content-security-policy']).toContain(`connect-src 'self' ${new URL(FEED_URL).origin};`);
    const files = [...(page.body ?? '').matchAll(/(?:src|href)="\/assets\/([^"]+)"/g)].map(([, file = '']) => file);
    expect(files.length).toBeGreaterThan(1);
    expect(readdirSync(`${bundleOf('setup')}assets`)).toEqual(expect.arrayContaining(files));

    const login = await send('/auth/login?return_to=/app/loans/new');
    const callback = await deployment.visit(String(login.headers?.['location']), { sub: 'ana', ...ANA });
    const finished = await send(`${callback.pathname}${callback.search}`, cookiesIn(login));
    expect([finished.statusCode, finished.headers?.['location']]).toEqual([302, '/app/loans/new']);
    const me = responseOf(await send('/auth/me', cookiesIn(finished)));
    expect(me.body).toMatchObject({ user: { email: ANA.email }, feed_url: FEED_URL, client_id: CONSOLE_CLIENT });
  });
});

/** The cookies that a result sets, as a browser sends them back. */
function cookiesIn({ cookies = [] }: APIGatewayProxyStructuredResultV2): string[] {
  return cookies.flatMap((cookie) => cookie.split(';').slice(0, 1));
}

describe.skipIf(endpoint === undefined)('background functions as they are deployed', () => {
  it('the stream and clock functions start, and report records that they can not handle', async () => {
    const { start } = await deploy(await newTable());
    const [stream, clock] = await Promise.all([start('stream'), start('clock')]);
    expect(await stream.invoke({ Records: [] }, INVOCATION)).toEqual({ batchItemFailures: [] });
    const invalid = { eventName: 'INSERT', dynamodb: { SequenceNumber: '7' } };
    expect(await stream.invoke({ Records: [invalid] }, INVOCATION)).toEqual({ batchItemFailures: [{ itemIdentifier: '7' }] });
    expect(stream.lines().map((line) => JSON.parse(line).sequence_number)).toEqual(['7']);
    expect(await clock.invoke({}, INVOCATION)).toBeNull();
    expect([clock.lines(), clock.stderr()]).toEqual([[], '']);
  });
});

describe.skipIf(endpoint === undefined)('setup function as it is deployed', () => {
  it('creates the secret of a new table, keeps it at the next deployment, and reports to CloudFormation', async () => {
    const table = await newTable();
    const store = openDynamoDb(table, optionsAt());
    onTestFinished(() => store.close());
    const reported: string[] = [];
    const cloudFormation = await startHttpServer(async (request, response) => {
      reported.push(await text(request));
      response.end();
    });
    onTestFinished(cloudFormation.close);
    const setup = await (await deploy(table)).start('setup');
    const deployOnce = async (RequestType: 'Create' | 'Update') => {
      const event = customResource('StoreSecret', { RequestType, ResponseURL: cloudFormation.url });
      await setup.invoke(event, INVOCATION);
      return (await store.get([storeMetadataKey('secret')]))[0];
    };
    const created = await deployOnce('Create');
    expect(created?.data).toMatchObject({ secret: expect.stringMatching(/^[\w-]{43}$/) });
    expect(await deployOnce('Update')).toEqual(created);
    expect(reported.map((result) => JSON.parse(result).Status)).toEqual(['SUCCESS', 'SUCCESS']);
    expect([setup.lines(), setup.stderr()]).toEqual([[], '']);
  });
});

describe('setup function as it is deployed', () => {
  it('uploads the files of the console that it was built with', async () => {
    const uploaded: (string | undefined)[] = [];
    const reported: string[] = [];
    const s3 = await startHttpServer(async (request, response) => {
      const body = await text(request);
      if (request.url === '/result') reported.push(JSON.parse(body).Status);
      else uploaded.push(request.url?.replace(/\?.*/, ''));
      response.end();
    });
    onTestFinished(s3.close);
    const setup = await (await deploy('lending')).start('setup', { AWS_ENDPOINT_URL_S3: s3.url });
    const properties = { Bucket: 'console-files', Files: ['by the stack'] };
    const event = customResource('ConsoleFiles', { RequestType: 'Create', ResponseURL: `${s3.url}/result` }, properties);
    await setup.invoke(event, INVOCATION);
    expect([reported, setup.lines(), setup.stderr()]).toEqual([['SUCCESS'], [], '']);
    const files = readdirSync(`${bundleOf('setup')}assets`);
    expect(new Set(uploaded)).toEqual(new Set(files.map((file) => `/console-files/assets/${file}`)));
  });
});

/** An event by which CloudFormation has a resource made. */
function customResource(name: string, request: object, properties: object = {}): object {
  const ids = { StackId: 'stack', RequestId: 'request', LogicalResourceId: name };
  return { ResourceType: `Custom::${name}`, ResourceProperties: properties, ...ids, ...request };
}

/** An output file in esbuild's metafile. */
interface OutputFile {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly imports: readonly { readonly path: string; readonly kind: string; readonly external?: boolean }[];
}

describe('bundles', () => {
  it.each(['api', 'bounces', 'stream', 'import', 'clock', 'setup'] as const)(
    'the bundle %s needs only itself and Node, and has no code that it does not run',
    (name) => {
      const folder = bundleOf(name);
      const { inputs, outputs } = JSON.parse(readFileSync(`${folder.slice(0, -1)}-notes/meta.json`, 'utf8'));
      const files = Object.keys(outputs).map((file) => file.replace(/^.*\//, ''));
      const built: OutputFile[] = Object.values(outputs);
      const external = built.flatMap(({ imports }) => imports.filter((imported) => imported.external).map(({ path }) => path));
      expect(external.filter((path) => !isBuiltin(path))).toEqual([]);
      const unwanted = /better-sqlite3|prom-client|commander|node-server|storage\/sqlite|testing/;
      expect(Object.keys(inputs).filter((file) => unwanted.test(file))).toEqual([]);
      const others = { api: ['console.html'], setup: ['assets'] };
      const expected = [...files.filter((file) => file.endsWith('.mjs')), ...(Object(others)[name] ?? [])];
      expect(new Set(readdirSync(folder))).toEqual(new Set(expected));
    },
  );

  it.each(['api', 'import', 'clock'] as const)('the bundle %s loads the SQS client only to send a message', (name) => {
    const { outputs } = JSON.parse(readFileSync(`${bundleOf(name).slice(0, -1)}-notes/meta.json`, 'utf8'));
    const built = new Map<string, OutputFile>(Object.entries(outputs));
    const loaded = [...built.keys()].filter((path) => path.endsWith('/index.mjs'));
    for (const path of loaded) {
      const imports = built.get(path)?.imports.filter(({ kind, external }) => kind === 'import-statement' && !external) ?? [];
      for (const each of imports) if (!loaded.includes(each.path)) loaded.push(each.path);
    }
    const withSqs = [...built].filter(([, { inputs }]) => Object.keys(inputs).some((file) => file.includes('client-sqs/')));
    expect(withSqs).not.toEqual([]);
    expect(withSqs.filter(([path]) => loaded.includes(path))).toEqual([]);
  });
});
