import { readFileSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { connectFeed } from '../server/src/testing/api/feed.ts';
import { startHttpServer } from '../server/src/testing/http-server.ts';
import { CERTIFICATE, KEY } from '../server/src/testing/mail/test-certificate.ts';
import { AUDIENCE, type IdentityProvider, startIdentityProvider } from '../server/src/testing/oidc/identity-provider.ts';
import { openWorkplace, type Served, startIn, type Workplace } from '../server/src/testing/process/cli-process.ts';

const nginx = inject('nginx');

/** The configuration of docs/nginx.md, as users copy it. */
const DOCUMENTED = /```nginx\n([\s\S]*?)```/.exec(readFileSync(new URL('../docs/nginx.md', import.meta.url), 'utf8'))?.[1] ?? '';
/** What many start with. */
const BARE = 'server { listen 80; location / { proxy_pass http://127.0.0.1:3000; } }';

let work: Workplace;
let provider: IdentityProvider;
const proxies: ReturnType<typeof startIn>[] = [];

beforeAll(async () => {
  work = openWorkplace();
  provider = await startIdentityProvider();
});

afterAll(async () => {
  await Promise.all(proxies.map(({ stop }) => stop('SIGKILL')));
  await work.close();
  await provider.close();
});

async function freePort(): Promise<number> {
  const { port, close } = await startHttpServer(() => {});
  await close();
  return port;
}

/** Replaces text that the configuration must contain. */
function replaced(text: string, changes: Readonly<Record<string, string>>): string {
  return Object.entries(changes).reduce((changed, [from, to]) => {
    if (!changed.includes(from)) throw new Error(`the configuration has no "${from}"`);
    return changed.replaceAll(from, to);
  }, text);
}

/** Starts nginx with a configuration of servers. Returns once it serves the program at the URL. */
async function startNginx(servers: string, name: string, url: string): Promise<void> {
  const folder = work.path(name);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}-${kind};`);
  const main = [
    'daemon off; master_process off; worker_processes 1; error_log stderr;',
    `pid ${folder}.pid;`,
    'events { worker_connections 64; }',
    `http { access_log off; ${temporary.join(' ')}`,
    servers,
    '}',
  ];
  writeFileSync(`${folder}.conf`, main.join('\n'));
  const proxy = startIn(work.path(), nginx ?? '', ['-p', work.path(), '-c', `${folder}.conf`, '-e', 'stderr'], {});
  proxies.push(proxy);
  const isServing = () =>
    send(`${url}/health/live`).then(
      ({ status }) => status === 200,
      () => false,
    );
  await Promise.race([
    vi.waitUntil(isServing, { timeout: 20_000, interval: 20 }),
    proxy.ended.then(({ stderr }) => Promise.reject(new Error(`nginx has ended: ${stderr}`))),
  ]);
}

interface Response {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of a body is what it checks
  readonly body: any;
}

interface Options {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The client's address. */
  readonly from?: string;
}

/** Sends a request that trusts the test's certificate. */
function send(url: string, { method = 'GET', headers = {}, body, from = '127.0.0.1' }: Options = {}): Promise<Response> {
  return new Promise((resolve, reject) => {
    const start = url.startsWith('https:') ? httpsRequest : httpRequest;
    const outgoing = start(url, { method, headers, localAddress: from, ca: CERTIFICATE, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => {
        const isJson = /json/.test(response.headers['content-type'] ?? '');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: isJson ? JSON.parse(text) : text });
      });
      response.on('error', reject);
    });
    outgoing.on('error', reject).end(body);
  });
}

describe.skipIf(nginx === undefined)('docs/nginx.md', () => {
  let server: Served;
  let url: string;
  let plainUrl: string;
  let unbufferedUrl: string;
  let token: string;

  beforeAll(async () => {
    const auth = { AUTH_ISSUER: provider.issuer, AUTH_AUDIENCE: AUDIENCE, PUBLIC_URL: 'https://lending.example.com' };
    server = await work.serve({ TRUST_PROXY: '1', REQUESTS_PER_SECOND: '5', STORE: 'sqlite::memory:', ...auth });
    const [port, plainPort] = [await freePort(), await freePort()];
    writeFileSync(work.path('tls.pem'), CERTIFICATE);
    writeFileSync(work.path('tls.key'), KEY);
    const servers = replaced(DOCUMENTED, {
      'listen 443 ssl': `listen 127.0.0.1:${port} ssl`,
      'listen 80': `listen 127.0.0.1:${plainPort}`,
      '/etc/ssl/lending.example.com.pem': work.path('tls.pem'),
      '/etc/ssl/lending.example.com.key': work.path('tls.key'),
      'http://127.0.0.1:3000': server.url,
    });
    url = `https://localhost:${port}`;
    plainUrl = `http://127.0.0.1:${plainPort}`;
    await startNginx(servers, 'documented', url);
    const unbufferedPort = await freePort();
    unbufferedUrl = `http://127.0.0.1:${unbufferedPort}`;
    const changes = { 'listen 80': `listen ${unbufferedPort}; client_max_body_size 8m`, 'http://127.0.0.1:3000': server.url };
    const unbuffered = BARE.replace('location / {', 'location / { proxy_http_version 1.1; proxy_request_buffering off;');
    await startNginx(replaced(unbuffered, changes), 'unbuffered', unbufferedUrl);
    token = await provider.signIn({ sub: 'ana', email: 'ana@example.com', email_verified: true });
  });

  const authorized = () => ({ Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' });

  async function postLoan(): Promise<string> {
    const body = JSON.stringify({ amount: 20_000, interest_rate: 4.5, term_months: 36 });
    const { body: created } = await send(`${url}/loans`, { method: 'POST', headers: authorized(), body });
    return created.loan.loan_id;
  }

  it('serves the API, with the request id of the client', async () => {
    const headers = { ...authorized(), 'X-Request-Id': 'from-the-client' };
    const { status, headers: received, body } = await send(`${url}/loans?role=borrower`, { headers });
    expect([status, received['x-request-id'], body.success]).toEqual([200, 'from-the-client', true]);
  });

  it('lets the program itself reject headers that are too large', async () => {
    const { status, body } = await send(`${url}/loans`, { headers: { 'X-Large': 'x'.repeat(20_000) } });
    expect([status, body.error]).toEqual([431, 'HEADERS_TOO_LARGE']);
  });

  it('takes the upload of a large file', async () => {
    const loanId = await postLoan();
    const rows = Array.from(
      { length: 10_000 },
      (_, row) => `a-lender-with-a-long-address-${row}@example.com,0.01,${'Ann '.repeat(30).slice(0, 70)}`,
    );
    const body = ['email,contribution_amount,name', ...rows].join('\n');
    expect(body.length).toBeGreaterThan(1_000_000);
    const headers = { ...authorized(), 'Content-Type': 'text/csv' };
    const response = await send(`${url}/loans/${loanId}/lenders/imports?dry_run=true`, { method: 'POST', headers, body });
    expect([response.status, response.body.success]).toEqual([202, true]);
  });

  it.each([
    ['buffers', () => url],
    ['passes on as they arrive', () => unbufferedUrl],
  ])('returns the program’s 413 for bodies that nginx %s, each time', async (_, urlOf) => {
    const body = 'x'.repeat(2_000_000);
    const outcomes: unknown[] = [];
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const response = await send(`${urlOf()}/loans`, { method: 'POST', headers: authorized(), body });
      outcomes.push([response.status, response.body.error]);
    }
    expect(outcomes).toEqual(Array.from({ length: 20 }, () => [413, 'PAYLOAD_TOO_LARGE']));
  });

  it('carries the feed', async () => {
    const loanId = await postLoan();
    const feed = await connectFeed(url, { ca: CERTIFICATE });
    expect(await feed.subscribe({ token }, loanId)).toMatchObject({ type: 'subscribed' });
    const body = JSON.stringify({ lenders: [{ email: 'ben@example.com', contribution_amount: 5000 }] });
    const added = await send(`${url}/loans/${loanId}/lenders`, { method: 'POST', headers: authorized(), body });
    expect(added.status).toBe(200);
    expect(await feed.next()).toMatchObject({ type: 'event', event: { type: 'lender.invited' } });
    feed.socket.terminate();
  });

  it('passes the address of each client on, whatever the client says it is', async () => {
    const remaining = async (from: string, forwardedFor: string) => {
      const { headers } = await send(`${url}/openapi.json`, { from, headers: { 'X-Forwarded-For': forwardedFor } });
      return Number(/r=(\d+)/.exec(String(headers['ratelimit']))?.[1]);
    };
    const ofOne = await Promise.all(Array.from({ length: 8 }, (_, index) => remaining('127.0.0.2', `203.0.113.${index}`)));
    expect(Math.min(...ofOne)).toBeLessThan(9);
    expect(await remaining('127.0.0.3', '203.0.113.1')).toBe(9);
  });

  it('shows neither metrics nor the local issuer', async () => {
    const responses = [await send(`${url}/metrics`), await send(`${url}/local/token`, { method: 'POST' })];
    expect(responses.map(({ status }) => status)).toEqual([404, 404]);
    expect((await send(`${server.url}/metrics`)).status).toBe(403);
  });

  it('redirects to https', async () => {
    const { status, headers } = await send(`${plainUrl}/docs?x=1`, { headers: { Host: 'lending.example.com' } });
    expect([status, headers.location]).toEqual([301, 'https://lending.example.com/docs?x=1']);
  });
});

describe.skipIf(nginx === undefined)('a server with the local issuer', () => {
  const HEADERS = 'proxy_set_header X-Forwarded-For $remote_addr;';

  it.each([
    ['that only has proxy_pass', BARE],
    ['that adds a forwarding header', BARE.replace('location / {', `location / { proxy_http_version 1.1; ${HEADERS}`)],
    [
      'that passes the host',
      BARE.replace('location / {', 'location / { proxy_http_version 1.1; proxy_set_header Host $server_name;'),
    ],
  ])('gives neither tokens nor metrics through an nginx %s', async (_, servers) => {
    const server = await work.serve({ STORE: 'sqlite::memory:' });
    const port = await freePort();
    const changes = {
      'listen 80': `listen 127.0.0.1:${port}; server_name lending.example.com`,
      'http://127.0.0.1:3000': server.url,
    };
    const proxied = `http://127.0.0.1:${port}`;
    await startNginx(replaced(servers, changes), `bare-${port}`, proxied);
    const tokenRequest = {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ email: 'ana@example.com' }),
    };
    const statuses = async (at: string) =>
      [await send(`${at}/local/token`, tokenRequest), await send(`${at}/metrics`)].map(({ status }) => status);
    expect(await statuses(proxied)).toEqual([404, 403]);
    expect(await statuses(server.url)).toEqual([200, 200]);
    await server.stop();
  });
});
