import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../../config/config.ts';
import { type Browser, openBrowser, tampered } from '../../../testing/app/browser.ts';
import { openTestApp, type TestApp } from '../../../testing/app/test-app.ts';
import { openEmailTestApp, requestCode } from '../../../testing/sign-in/email-user.ts';

const SITE = 'http://localhost:3000';
const HEADER = { 'X-Lending-Console': '1' };

let testApp: TestApp;
let browser: Browser;

beforeEach(async () => {
  testApp = await openTestApp();
  browser = openBrowser(testApp);
});

afterEach(() => testApp.close());

const ana = { email: 'ana@example.com', name: 'Ana' };

describe('POST /local/token of the console', () => {
  it('starts a session, and returns no token', async () => {
    const { status, body } = await browser.signInLocally(ana);
    expect(status).toBe(200);
    expect(body).toEqual({ success: true, user_id: (await testApp.as(ana.email)).userId, expires_in: 2_592_000 });
    expect(browser.session()?.text).toMatch(/^lending-session=[\w.-]+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(await browser.me()).toEqual({
      user_id: body.user_id,
      email: 'ana@example.com',
      name: 'Ana',
      is_operator: false,
      expires_at: '2026-03-31T09:15:00.000Z',
    });
  });

  it('ends the session that the browser had', async () => {
    await browser.signInLocally(ana);
    const first = browser.session();
    await browser.signInLocally(ana);
    expect(browser.session()?.value).not.toBe(first?.value);
    browser.plant('lending-session', first);
    expect(await browser.me()).toBeNull();
  });

  it('needs our own origin', async () => {
    const { status } = await browser.send('POST', '/local/token', { headers: HEADER, body: ana });
    expect(status).toBe(403);
    expect(browser.cookies.size).toBe(0);
  });

  it('returns a token and sets no cookie without the header', async () => {
    const { body } = await browser.send('POST', '/local/token', { body: ana });
    expect(body).toEqual({ token: expect.any(String), user_id: expect.any(String), expires_in: 3600 });
    expect(browser.cookies.size).toBe(0);
  });
});

describe('POST /auth/email/verify of the console', () => {
  const site = 'https://lending.example.org'; // PUBLIC_URL

  it('starts a session, whose cookie is bound to the host, and returns no token', async () => {
    const emailApp = await openEmailTestApp();
    const own = openBrowser(emailApp, site);
    const sent = await requestCode(emailApp, ana.email);
    const { status, body } = await own.call('POST', '/auth/email/verify', { ...sent, name: 'Ana' });
    expect([status, body]).toEqual([200, { success: true, user_id: expect.any(String), expires_in: 2_592_000 }]);
    expect(own.session()?.text).toMatch(/^__Host-lending-session=.+; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
    expect(await own.me()).toMatchObject({ user_id: body.user_id, email: ana.email, name: 'Ana' });
    expect((await own.call('GET', '/auth/me')).body.sign_in).toBe('email');
    expect((await own.call('POST', '/auth/logout', {})).status).toBe(200);
    expect(await own.me()).toBeNull();
    await emailApp.close();
  });

  it('uses up no try for a page of another origin', async () => {
    const emailApp = await openEmailTestApp();
    const sent = await requestCode(emailApp, ana.email);
    const foreign = openBrowser(emailApp, 'https://evil.example.com');
    for (let count = 0; count < 6; count += 1) {
      expect((await foreign.call('POST', '/auth/email/verify', { ...sent, code: '00000000' })).status).toBe(403);
    }
    expect(foreign.cookies.size).toBe(0);
    expect((await openBrowser(emailApp, site).call('POST', '/auth/email/verify', sent)).status).toBe(200);
    await emailApp.close();
  });
});

describe('a request with the cookie of a session', () => {
  const origins = [undefined, SITE, 'http://localhost:3001', 'null'];
  const sites = [undefined, 'same-origin', 'same-site', 'cross-site', 'none'];
  const calls = [
    ['GET', '/loans'],
    ['HEAD', '/loans'],
    ['GET', '/loans/01a202a0-d02c-78e5-940b-844f91530ecc/events'],
    ['POST', '/loans'],
    ['POST', '/graphql'],
    ['POST', '/auth/feed-tickets'],
    ['PATCH', '/auth/me'],
    ['DELETE', '/mail/opt-out'],
    ['POST', '/auth/logout'],
  ] as const;

  /** Its status where it is let in. The loan does not exist, and the bodies are empty. */
  const STATUS: Readonly<Record<string, number>> = {
    'POST /graphql': 200,
    'GET /loans': 200,
    'HEAD /loans': 200,
    'DELETE /mail/opt-out': 200,
    'POST /auth/logout': 200,
    'GET /loans/01a202a0-d02c-78e5-940b-844f91530ecc/events': 404,
  };

  function expected(hasHeader: boolean, origin: string | undefined, site: string | undefined, name: string): number {
    if (!hasHeader) return 401;
    const isOwn =
      (site === undefined || site === 'same-origin') && (origin === SITE || (origin === undefined && site !== undefined));
    return isOwn ? (STATUS[name] ?? 400) : 403;
  }

  it.each(calls)('%s %s is let in with the header and from our own origin only', async (method, path) => {
    for (const hasHeader of [false, true]) {
      for (const origin of origins) {
        for (const site of sites) {
          if (!browser.session()) await browser.signInLocally(ana);
          const headers = {
            ...(hasHeader && HEADER),
            ...(origin !== undefined && { Origin: origin }),
            ...(site !== undefined && { 'Sec-Fetch-Site': site }),
          };
          const query = path === '/graphql' ? { query: '{ loans { nextCursor } }' } : {};
          const body = method === 'POST' || method === 'PATCH' ? query : undefined;
          const { status, text } = await browser.send(method, path, { headers, body });
          const wanted = expected(hasHeader, origin, site, `${method} ${path}`);
          expect(status, `header ${hasHeader}, Origin ${origin}, Sec-Fetch-Site ${site}: ${text}`).toBe(wanted);
        }
      }
    }
  });

  it.each(['0', 'true', ''])('is not let in with the header %j', async (value) => {
    await browser.signInLocally(ana);
    const headers = { 'X-Lending-Console': value, Origin: SITE };
    expect((await browser.send('GET', '/loans', { headers })).status).toBe(401);
  });

  it.each([
    ['cut off', (value: string) => value.slice(0, -1)],
    ['changed', tampered],
    ['changed in its header', (value: string) => `A${value.slice(1)}`],
    ['empty', () => ''],
    ['a token', async () => (await testApp.as(ana.email)).token],
    ['longer than a cookie', (value: string) => value.padEnd(5000, 'A')],
  ])('is not let in with a cookie that is %s', async (_, change) => {
    await browser.signInLocally(ana);
    const { value = '', text = '' } = browser.session() ?? {};
    browser.plant('lending-session', { value: await change(value), text });
    expect((await browser.call('GET', '/loans')).status).toBe(401);
  });

  it('is that of its token, where it has one', async () => {
    await browser.signInLocally(ana);
    const eve = await testApp.as('eve@example.com');
    const authorization = { Authorization: `Bearer ${eve.token}` };
    const { body } = await browser.send('GET', '/auth/me', { headers: { ...authorization, ...HEADER, Origin: SITE } });
    expect(body.user.email).toBe('eve@example.com');
    const invalid = { Authorization: 'Bearer x', ...HEADER, Origin: SITE };
    expect((await browser.send('GET', '/loans', { headers: invalid })).status).toBe(401);
  });

  it('reads the session once in 30 seconds', async () => {
    await browser.signInLocally(ana);
    testApp.advance(31_000);
    const calls = () => testApp.callsOf(() => browser.call('POST', '/graphql', { query: '{__typename}' }));
    expect([await calls(), await calls()]).toEqual([['get'], []]);
  });
});

describe('CORS', () => {
  it('lets other origins neither send cookies nor the header of the console', async () => {
    const origin = 'https://app.example.com';
    const other = await openTestApp({ config: { corsOrigins: [origin] } });
    const headers = {
      Origin: origin,
      'Access-Control-Request-Method': 'GET',
      'Access-Control-Request-Headers': 'authorization, x-lending-console',
    };
    for (const { headers: allowed } of [
      await other.send('OPTIONS', '/loans', { headers }),
      await other.get('/loans', { Origin: origin }),
    ]) {
      expect(allowed.get('Access-Control-Allow-Origin')).toBe(origin);
      expect(allowed.get('Access-Control-Allow-Credentials')).toBeNull();
      expect(allowed.get('Access-Control-Allow-Headers') ?? '').not.toMatch(/console/i);
    }
    await other.close();
  });
});

describe('GET /auth/me', () => {
  it('is null for nobody, and for a session that has ended, whose cookie it removes', async () => {
    expect(await browser.me()).toBeNull();
    await browser.signInLocally(ana);
    testApp.advance(30 * 86_400_000);
    expect(await browser.me()).toBeNull();
    expect(browser.cookies.size).toBe(0);
  });

  it('says how users sign in, also to another origin, to which it shows no user', async () => {
    await browser.signInLocally(ana);
    const { status, body } = await browser.send('GET', '/auth/me', { headers: { ...HEADER, Origin: 'https://evil.example.com' } });
    expect([status, body]).toEqual([
      200,
      { success: true, sign_in: 'local', user: null, feed_url: null, issuer: null, client_id: null },
    ]);
  });

  it('has the URL of a feed on another host', async () => {
    const feedUrl = 'wss://id.execute-api.eu-central-1.amazonaws.com/feed';
    const other = await openTestApp({ config: { feedUrl } });
    expect((await other.get('/auth/me')).body.feed_url).toBe(feedUrl);
    await other.close();
  });

  it('shows who a token is for', async () => {
    const user = await testApp.as('bo@example.com', { name: 'Bo' });
    expect((await user.get('/auth/me')).body.user).toEqual({
      user_id: user.userId,
      email: 'bo@example.com',
      name: 'Bo',
      is_operator: false,
      expires_at: '2026-03-01T10:15:00.000Z',
    });
  });
});

describe('PATCH /auth/me', () => {
  it('changes the name in all sessions of the user, and in later ones', async () => {
    const phone = openBrowser(testApp);
    for (const each of [browser, phone]) await each.signInLocally(ana);
    expect((await browser.call('PATCH', '/auth/me', { name: ' Anna ' })).body.user).toMatchObject({ name: 'Anna' });
    expect([(await browser.me()).name, (await phone.me()).name]).toEqual(['Anna', 'Anna']);
    await browser.signInLocally({ email: ana.email });
    expect((await browser.me()).name).toBe('Anna');
  });

  it.each([{}, { name: null }, { name: '' }, { name: ' ' }, { name: 'a\nb' }, { name: 'a'.repeat(81) }, { name: 7 }])(
    'rejects %j',
    async (body) => {
      await browser.signInLocally(ana);
      expect(await browser.call('PATCH', '/auth/me', body)).toMatchObject({ status: 400, body: { details: [{ path: 'name' }] } });
    },
  );

  it('keeps the name for later sessions of a user with a token', async () => {
    const user = await testApp.as(ana.email);
    expect((await user.patch('/auth/me', { name: 'Anna' })).body.user.name).toBe('Anna');
    await browser.signInLocally({ email: ana.email });
    expect((await browser.me()).name).toBe('Anna');
  });
});

describe('POST /auth/logout', () => {
  it('ends the session at once, and removes its cookie', async () => {
    await browser.signInLocally(ana);
    const session = browser.session();
    expect((await browser.call('POST', '/auth/logout')).body).toEqual({ success: true, logout_url: null });
    expect(browser.cookies.size).toBe(0);
    browser.plant('lending-session', session);
    expect((await browser.call('GET', '/loans')).status).toBe(401);
  });

  it('succeeds for a session that has ended', async () => {
    await browser.signInLocally(ana);
    testApp.advance(30 * 86_400_000);
    expect((await browser.call('POST', '/auth/logout', {})).status).toBe(200);
    expect(browser.cookies.size).toBe(0);
  });

  it('ends all sessions of the user with everywhere, by cookie and by token', async () => {
    const [phone, user] = [openBrowser(testApp), await testApp.as(ana.email)];
    for (const each of [browser, phone]) await each.signInLocally(ana);
    await browser.call('POST', '/auth/logout', { everywhere: true });
    expect(await phone.me()).toBeNull();
    await phone.signInLocally(ana);
    expect((await user.post('/auth/logout', { everywhere: true })).status).toBe(200);
    expect(await phone.me()).toBeNull();
  });

  it('keeps the sessions of other users', async () => {
    const other = openBrowser(testApp);
    await browser.signInLocally(ana);
    await other.signInLocally({ email: 'bo@example.com' });
    await browser.call('POST', '/auth/logout', { everywhere: true });
    expect(await other.me()).toMatchObject({ email: 'bo@example.com' });
  });

  it('needs a token or a cookie, and rejects everywhere for a session that has ended', async () => {
    expect((await browser.call('POST', '/auth/logout', {})).status).toBe(401);
    await browser.signInLocally(ana);
    testApp.advance(30 * 86_400_000);
    expect((await browser.call('POST', '/auth/logout', { everywhere: true })).status).toBe(401);
  });
});

describe('GET /auth/login without an issuer', () => {
  it('leads to the sign-in page of the console, with the page to return to', async () => {
    const { status, headers } = await browser.get('/auth/login?return_to=/app/loans/new');
    expect([status, headers.get('Location')]).toEqual([302, '/app/sign-in?return_to=%2Fapp%2Floans%2Fnew']);
    expect((await browser.get('/auth/login?return_to=//evil.example.com')).headers.get('Location')).toBe(
      '/app/sign-in?return_to=%2F',
    );
    expect((await browser.get('/auth/callback?code=1&state=2')).headers.get('Location')).toBe('/app/sign-in?error=expired');
  });

  it('leads below the path of PUBLIC_URL', async () => {
    const { mail } = readConfig({ PUBLIC_URL: 'https://example.com/lending', ALLOW_LOCAL_ISSUER: '1' });
    const below = await openTestApp({ config: { mail } });
    const locationOf = async (path: string) => (await openBrowser(below).get(path)).headers.get('Location');
    expect(await locationOf('/auth/login?return_to=/app/loans/new')).toBe('/lending/app/sign-in?return_to=%2Fapp%2Floans%2Fnew');
    expect(await locationOf('/auth/callback')).toBe('/lending/app/sign-in?error=expired');
    await below.close();
  });
});
