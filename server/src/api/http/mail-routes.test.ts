import { beforeEach, describe, expect, it } from 'vitest';
import { createRateLimiter } from '../../auth/rate-limiter.ts';
import { readConfig } from '../../config/config.ts';
import { conflict, type DomainError } from '../../domain/errors.ts';
import { mailLinks } from '../../mail/action-links.ts';
import { makeLog } from '../../telemetry/log.ts';
import { LOAN_ID, lenderIdFor, NOW } from '../../testing/app/domain-fixtures.ts';
import { requireOpenApiConformance } from '../../testing/app/openapi-conformance.ts';
import { answerOf } from '../../testing/app/response.ts';
import { openTestApp, type TestApp } from '../../testing/app/test-app.ts';
import { httpApp } from './http-app.ts';

const links = mailLinks({ publicUrl: 'https://lending.example.org', key: Buffer.alloc(32, 1) });
const REF = { loanId: LOAN_ID, lenderId: lenderIdFor('ben'), round: 1 };
const [PAGE = '', TOKEN = ''] = links.invitation(REF, NOW).split('#');
const OPT_OUT_TOKEN = links.oneClick(REF, NOW).split('token=')[1] ?? '';
const ONE_CLICK = 'List-Unsubscribe=One-Click';
const FORM = 'application/x-www-form-urlencoded';

let testApp: TestApp;
let answered: unknown[];
let logged: string[];
let refusal: Error | undefined;
let app: ReturnType<typeof httpApp>;

beforeEach(async () => {
  testApp = await openTestApp();
  [answered, logged, refusal] = [[], [], undefined];
  const note = (what: string) => async (ref: unknown, call: object) => {
    if (refusal) throw refusal;
    answered.push([what, ref, call]);
  };
  const { services } = testApp.app;
  const log = makeLog({ write: (line) => void logged.push(line) });
  const mail = { links, clock: () => NOW, actions: { decline: note('decline'), optOut: note('opt out') } };
  const common = {
    store: testApp.store,
    localIssuer: undefined,
    metrics: undefined,
    metricsToken: undefined,
    isStopping: () => false,
  };
  app = httpApp(
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
  return () => testApp.close();
});

async function send(method: string, path: string, body?: string, type = 'application/json') {
  const init = { method, ...(body !== undefined && { body, headers: { 'Content-Type': type, 'X-Request-Id': 'r1' } }) };
  const answer = await answerOf(await app.fetch(new Request(`http://localhost:3000${path}`, init), { address: '198.51.100.7' }));
  requireOpenApiConformance(method, path, answer);
  return answer;
}

const post = (path: string, token: unknown) => send('POST', path, JSON.stringify({ token }));

describe('the page that a link in a mail opens', () => {
  it.each([new URL(PAGE).pathname, '/invite/anything', '/mail/opt-out', `/mail/opt-out?token=${OPT_OUT_TOKEN}`])(
    'shows the same to everybody, changes nothing and loads nothing: %s',
    async (path) => {
      const { status, headers, text } = await send('GET', path);
      expect([status, headers.get('Content-Type'), answered]).toEqual([200, 'text/html; charset=UTF-8', []]);
      expect(text).not.toContain(OPT_OUT_TOKEN);
      expect(text).not.toMatch(/\s(?:src|href|srcset|action|on\w+|style)=/i);
      expect(headers.get('Referrer-Policy')).toBe('no-referrer');
      expect(headers.get('Content-Security-Policy')).toMatch(
        /^default-src 'none'; script-src 'sha256-[\w+/=]{44}'; style-src 'sha256-[\w+/=]{44}'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
      );
    },
  );

  it('is one for all invitations', async () => {
    const pages = await Promise.all(['a', LOAN_ID].map((id) => send('GET', `/invite/${id}`)));
    expect(pages[0]?.text).toBe(pages[1]?.text);
  });

  it('is changed by no other method', async () => {
    expect((await send('POST', `/invite/${LOAN_ID}`)).status).toBe(405);
    expect((await send('GET', '/mail/decline')).headers.get('Allow')).toBe('POST');
    expect((await send('DELETE', '/mail/opt-out')).headers.get('Allow')).toBe('GET, POST');
  });
});

describe('a link in a mail', () => {
  it('declines its invitation, with the request told of', async () => {
    const { status, body } = await post('/mail/decline', TOKEN);
    expect([status, body]).toEqual([200, { success: true, status: 'declined' }]);
    expect(answered).toEqual([['decline', REF, { requestId: 'r1', traceparent: null }]]);
  });

  it('stops further mail', async () => {
    expect((await post('/mail/opt-out', TOKEN)).body).toEqual({ success: true, status: 'opted_out' });
    expect(answered).toMatchObject([['opt out', REF, {}]]);
  });

  it('stops further mail at one click, as mail programs send it', async () => {
    const path = `/mail/opt-out?token=${OPT_OUT_TOKEN}`;
    const parts = `--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n`;
    expect((await send('POST', path, ONE_CLICK, FORM)).status).toBe(200);
    expect((await send('POST', path, parts, 'multipart/form-data; boundary=x')).status).toBe(200);
    expect(answered).toHaveLength(2);
  });

  it.each<[string, string, string | undefined, string]>([
    ['that only stops mail', '/mail/decline', JSON.stringify({ token: OPT_OUT_TOKEN }), 'application/json'],
    ['that is cut', '/mail/decline', JSON.stringify({ token: TOKEN.slice(1) }), 'application/json'],
    ['without a token', '/mail/opt-out', '{}', 'application/json'],
    ['with a token that is no text', '/mail/opt-out', '{"token":7}', 'application/json'],
    ['with a token that is too long', '/mail/opt-out', JSON.stringify({ token: TOKEN.repeat(9) }), 'application/json'],
    ['with its token in the query, but no click', `/mail/opt-out?token=${OPT_OUT_TOKEN}`, 'a=b', FORM],
    ['with its token in the query, and no form', `/mail/opt-out?token=${OPT_OUT_TOKEN}`, undefined, ''],
    ['with a click, but no token', '/mail/opt-out', ONE_CLICK, FORM],
    ['with a broken form', `/mail/opt-out?token=${OPT_OUT_TOKEN}`, 'x', 'multipart/form-data; boundary=x'],
  ])('is refused, %s', async (_, path, body, type) => {
    const answer = await send('POST', path, body, type);
    expect([answer.status, answer.body.error, answered]).toEqual([400, 'VALIDATION_ERROR', []]);
    expect(answer.text).not.toContain(OPT_OUT_TOKEN);
  });

  it('tells why it can do nothing any more', async () => {
    refusal = conflict('This invitation is revoked. Only a pending or accepted one can be declined.');
    const { status, body } = await post('/mail/decline', TOKEN);
    expect([status, body.message]).toEqual([409, (refusal as DomainError).message]);
  });

  it('leaves no token in the log where it fails', async () => {
    refusal = new TypeError('broken');
    expect((await post('/mail/opt-out', TOKEN)).status).toBe(500);
    expect(logged.join()).toContain('broken');
    expect(logged.join()).not.toContain(TOKEN);
  });

  it('is used at the rate of its network address', async () => {
    const statuses: number[] = [];
    for (let count = 0; count < 7; count += 1) statuses.push((await post('/mail/opt-out', 'x')).status);
    expect(statuses).toEqual([400, 400, 400, 400, 400, 400, 429]);
  });

  it('is not known where no mail is sent', async () => {
    const { mail } = readConfig({});
    const mute = await openTestApp({ config: { mail: { ...mail, transport: { kind: 'none' } } } });
    expect((await mute.send('GET', '/mail/opt-out')).status).toBe(404);
    expect((await mute.send('POST', '/mail/decline', { body: { token: TOKEN } })).status).toBe(404);
    await mute.close();
  });
});
