import { beforeEach, describe, expect, it } from 'vitest';
import { createRateLimiter } from '../../auth/rate-limiter.ts';
import { readConfig } from '../../config/config.ts';
import { conflict, type DomainError } from '../../domain/errors.ts';
import { mailLinks } from '../../mail/action-links.ts';
import { fixedKeyRing } from '../../storage/key-ring.ts';
import { makeLog } from '../../telemetry/log.ts';
import { LOAN_ID, lenderIdFor, NOW } from '../../testing/app/domain-fixtures.ts';
import { httpClient } from '../../testing/app/http-client.ts';
import { openTestApp, type TestApp } from '../../testing/app/test-app.ts';
import { publicDocument } from './documents/public-document.ts';
import { httpApp } from './http-app.ts';

const links = mailLinks({ publicUrl: 'https://lending.example.org', keys: fixedKeyRing(Buffer.alloc(32, 1)) });
const REF = { loanId: LOAN_ID, lenderId: lenderIdFor('ben'), round: 1 };
const [PAGE = '', TOKEN = ''] = links.invitation(REF, NOW).split('#');
const OPT_OUT_TOKEN = links.oneClick(REF, NOW).split('token=')[1] ?? '';
const CONSOLE_PAGE = '<!doctype html><title>Console</title>';
const ONE_CLICK = 'List-Unsubscribe=One-Click';
const FORM = 'application/x-www-form-urlencoded';

let testApp: TestApp;
let actions: unknown[];
let logged: string[];
let failure: Error | undefined;
let client: ReturnType<typeof httpClient>;

beforeEach(async () => {
  testApp = await openTestApp();
  [actions, logged, failure] = [[], [], undefined];
  const record = (action: string) => async (ref: unknown, call: object) => {
    if (failure) throw failure;
    actions.push([action, ref, call]);
  };
  const { services } = testApp.app;
  const log = makeLog({ write: (line) => void logged.push(line) });
  const resume = async (call: object) => record('resume')('', call);
  const mail = {
    links,
    clock: () => NOW,
    actions: { decline: record('decline'), optOut: record('opt out'), resume },
  };
  const common = {
    localIssuer: undefined,
    console: { page: publicDocument(CONSOLE_PAGE, 'text/html; charset=UTF-8'), assets: new Map() },
    metrics: undefined,
    metricsToken: undefined,
    trustedHops: 0,
    requireReady: async () => {},
  };
  const app = httpApp(
    services,
    { ...common, consume: createRateLimiter(3, () => NOW), mail },
    {
      trustedHops: 0,
      corsOrigins: [],
      ids: services.ids,
      graphql: (context) => context.notFound(),
      onError: (err, { requestId }) => log.error({ err, requestId }, 'failed'),
    },
  );
  client = httpClient(async (request) => app.fetch(request, { address: '198.51.100.7' }));
  return () => testApp.close();
});

function send(method: string, path: string, body?: string, type = 'application/json') {
  return client.send(
    method,
    path,
    body === undefined ? {} : { raw: body, headers: { 'Content-Type': type, 'X-Request-Id': 'r1' } },
  );
}

const post = (path: string, token: unknown) => send('POST', path, JSON.stringify({ token }));

describe('pages of mail links', () => {
  it.each([new URL(PAGE).pathname, '/invite/anything', '/mail/opt-out', `/mail/opt-out?token=${OPT_OUT_TOKEN}`])(
    'serves %s as the console, the same for all, without the token and without an effect',
    async (path) => {
      const { status, headers, text } = await send('GET', path);
      expect([status, headers.get('Content-Type'), text, actions]).toEqual([200, 'text/html; charset=UTF-8', CONSOLE_PAGE, []]);
      expect(headers.get('Referrer-Policy')).toBe('no-referrer');
      expect(headers.get('Content-Security-Policy')).toMatch(
        /^default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; /,
      );
    },
  );

  it('responds 404 to the links of a server without the console', async () => {
    expect((await testApp.get(`/invite/${LOAN_ID}`)).status).toBe(404);
  });

  it('responds 405 to other methods on mail paths', async () => {
    expect((await send('POST', `/invite/${LOAN_ID}`)).status).toBe(405);
    expect((await send('GET', '/mail/decline')).headers.get('Allow')).toBe('POST');
    expect((await send('PUT', '/mail/opt-out')).headers.get('Allow')).toBe('GET, HEAD, POST, DELETE');
  });
});

describe('calls of mail links', () => {
  it('declines the invitation of a mail link, and passes on the request id', async () => {
    const { status, body } = await post('/mail/decline', TOKEN);
    expect([status, body]).toEqual([200, { success: true, status: 'declined' }]);
    expect(actions).toEqual([['decline', REF, { requestId: 'r1', traceparent: null }]]);
  });

  it('opts the address of a mail link out', async () => {
    expect((await post('/mail/opt-out', TOKEN)).body).toEqual({ success: true, status: 'opted_out' });
    expect(actions).toMatchObject([['opt out', REF, {}]]);
  });

  it('has mail sent again to a signed-in user, and to nobody else', async () => {
    const { status, body } = await client.send('DELETE', '/mail/opt-out', { headers: { Authorization: 'Bearer abc' } });
    expect([status, body]).toEqual([200, { success: true, status: 'resumed' }]);
    expect(actions).toMatchObject([['resume', '', { credential: { kind: 'token', token: 'abc' }, address: 'net:198.51.100.7' }]]);
    expect((await testApp.send('DELETE', '/mail/opt-out')).status).toBe(401);
    const unverified = await testApp.as('ana@example.com', { email_verified: false });
    expect((await unverified.delete('/mail/opt-out')).status).toBe(403);
  });

  it('opts the address out by one-click unsubscription', async () => {
    const path = `/mail/opt-out?token=${OPT_OUT_TOKEN}`;
    const parts = `--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n`;
    expect((await send('POST', path, ONE_CLICK, FORM)).status).toBe(200);
    expect((await send('POST', path, parts, 'multipart/form-data; boundary=x')).status).toBe(200);
    expect(actions).toHaveLength(2);
  });

  it.each<[string, string, string | undefined, string]>([
    ['a token for opting out only', '/mail/decline', JSON.stringify({ token: OPT_OUT_TOKEN }), 'application/json'],
    ['a truncated token', '/mail/decline', JSON.stringify({ token: TOKEN.slice(1) }), 'application/json'],
    ['no token', '/mail/opt-out', '{}', 'application/json'],
    ['a token that is no string', '/mail/opt-out', '{"token":7}', 'application/json'],
    ['a token that is too long', '/mail/opt-out', JSON.stringify({ token: TOKEN.repeat(9) }), 'application/json'],
    ['a token in the query with another form', `/mail/opt-out?token=${OPT_OUT_TOKEN}`, 'a=b', FORM],
    ['a token in the query without a form', `/mail/opt-out?token=${OPT_OUT_TOKEN}`, undefined, ''],
    ['a form without a token', '/mail/opt-out', ONE_CLICK, FORM],
    ['a malformed form', `/mail/opt-out?token=${OPT_OUT_TOKEN}`, 'x', 'multipart/form-data; boundary=x'],
  ])('responds 400 to a mail call with %s', async (_, path, body, type) => {
    const response = await send('POST', path, body, type);
    expect([response.status, response.body.error, actions]).toEqual([400, 'VALIDATION_ERROR', []]);
    expect(response.text).not.toContain(OPT_OUT_TOKEN);
  });

  it('rejects unknown query parameters of mail calls, along with the violations of the body', async () => {
    const responses = [
      await send('POST', '/mail/decline?dry_run=1', JSON.stringify({ token: 7 })),
      await send('POST', '/mail/opt-out?tokn=1', JSON.stringify({ token: TOKEN })),
      await send('POST', `/mail/opt-out?token=${OPT_OUT_TOKEN}&dry_run=1`, ONE_CLICK, FORM),
      await (await testApp.as('ana@example.com')).delete('/mail/opt-out?dry_run=1'),
    ];
    const problems = responses.map(({ status, body }) => [status, ...body.details.map(({ path }: { path: string }) => path)]);
    expect(problems).toEqual([
      [400, 'dry_run', 'token'],
      [400, 'tokn'],
      [400, 'dry_run'],
      [400, 'dry_run'],
    ]);
    expect(actions).toEqual([]);
    expect((await testApp.send('DELETE', '/mail/opt-out?dry_run=1')).status).toBe(401);
  });

  it('responds with the error of the mail action', async () => {
    failure = conflict('This invitation is revoked. Only a pending or accepted one can be declined.');
    const { status, body } = await post('/mail/decline', TOKEN);
    expect([status, body.message]).toEqual([409, (failure as DomainError).message]);
  });

  it('does not log the token of a failed mail call', async () => {
    failure = new TypeError('broken');
    expect((await post('/mail/opt-out', TOKEN)).status).toBe(500);
    expect(logged.join()).toContain('broken');
    expect(logged.join()).not.toContain(TOKEN);
  });

  it('counts mail calls against the rate of the network address', async () => {
    const statuses: number[] = [];
    for (let count = 0; count < 7; count += 1) statuses.push((await post('/mail/opt-out', 'x')).status);
    expect(statuses).toEqual([400, 400, 400, 400, 400, 400, 429]);
  });

  it('responds 404 on mail paths where no mail is sent', async () => {
    const { mail } = readConfig({});
    const withoutMail = await openTestApp({ config: { mail: { ...mail, transport: { kind: 'none' } } } });
    expect((await withoutMail.get('/mail/opt-out')).status).toBe(404);
    expect((await withoutMail.post('/mail/decline', { token: TOKEN })).status).toBe(404);
    await withoutMail.close();
  });
});
