import type { Claims } from 'oidc-provider';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../../config/config.ts';
import { type Browser, openBrowser, tampered } from '../../../testing/app/browser.ts';
import type { TestApp } from '../../../testing/app/test-app.ts';
import {
  CONSOLE_CLIENT,
  DENIES,
  type IdentityProvider,
  SECRET_CLIENT,
  startIdentityProvider,
} from '../../../testing/oidc/identity-provider.ts';
import { openOidcTestApp } from '../../../testing/oidc/oidc-users.ts';

const SITE = 'https://lending.example.com';
const ANA = { sub: 'ana', email: 'ana@example.com', email_verified: true, name: 'Ana' };

let provider: IdentityProvider;
let testApp: TestApp;
let browser: Browser;

const { mail } = readConfig({ PUBLIC_URL: SITE, ALLOW_LOCAL_ISSUER: '1' });
const PUBLIC = { mail };

beforeAll(async () => {
  provider = await startIdentityProvider();
});

afterAll(() => provider.close());

beforeEach(async () => {
  provider.state.isDown = false;
  testApp = await openApp({ clientId: CONSOLE_CLIENT });
  browser = openBrowser(testApp, SITE);
});

afterEach(() => testApp.close());

/** An app whose API takes tokens of another audience than the console's client. */
function openApp(client: { readonly clientId?: string; readonly clientSecret?: string }): Promise<TestApp> {
  return openOidcTestApp(provider, { audience: 'another-api', client, config: PUBLIC });
}

/** Begins to sign in. @returns the URL with which the provider sends the browser back */
async function begin(user: Claims, returnTo = '/app/loans/new', by = browser): Promise<URL> {
  const { status, headers } = await by.get(`/auth/login?return_to=${encodeURIComponent(returnTo)}`);
  expect(status).toBe(302);
  return provider.visit(headers.get('Location') ?? '', user);
}

/** @returns where the callback leads */
async function finish(callback: URL, by = browser): Promise<string | null> {
  const { status, headers } = await by.send('GET', callback.href, { isFromOtherSite: true });
  expect(status).toBe(302);
  return headers.get('Location');
}

const signIn = async (user: Claims, by = browser) => finish(await begin(user, undefined, by), by);

describe('signing in at an OpenID Connect issuer', () => {
  it('leads to the issuer with code, PKCE, state and nonce, and back to the page with a session', async () => {
    const callback = await begin(ANA);
    expect(`${callback.origin}${callback.pathname}`).toBe(`${SITE}/auth/callback`);
    expect(await finish(callback)).toBe('/app/loans/new');
    expect(browser.session()?.text).toMatch(
      /^__Host-lending-session=[\w.-]+; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
    expect(browser.cookies.has('__Host-lending-sign-in')).toBe(false);
    expect(await browser.me()).toMatchObject({ email: 'ana@example.com', name: 'Ana' });
    const { body } = await browser.call('GET', '/loans');
    expect(body).toMatchObject({ success: true, loans: [] });
  });

  it('begins with a request that holds no secret but is bound to the browser for ten minutes', async () => {
    const { headers } = await browser.get('/auth/login?return_to=/');
    const url = new URL(headers.get('Location') ?? '');
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      client_id: CONSOLE_CLIENT,
      response_type: 'code',
      redirect_uri: `${SITE}/auth/callback`,
      scope: 'openid email profile',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(browser.cookies.get('__Host-lending-sign-in')?.text).toMatch(/; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    expect(browser.cookies.get('__Host-lending-sign-in')?.value).not.toContain(url.searchParams.get('state'));
  });

  it('signs in with a client secret', async () => {
    const withSecret = await openApp({ clientId: SECRET_CLIENT.id, clientSecret: SECRET_CLIENT.secret });
    const other = openBrowser(withSecret, SITE);
    expect(await signIn(ANA, other)).toBe('/app/loans/new');
    await withSecret.close();
  });

  it('is the same user as one with a token of the issuer', async () => {
    await signIn(ANA);
    const claims = { iss: provider.issuer, aud: 'another-api', sub: 'ana', email: 'ana@example.com', email_verified: true };
    const seconds = Math.floor(testApp.now / 1000);
    const token = await provider.sign({ ...claims, iat: seconds, exp: seconds + 60 });
    const { body } = await testApp.withToken(token).get('/auth/me');
    expect(body.user.user_id).toBe((await browser.me()).user_id);
  });

  it('makes an operator whose ID token says so, for as long as the session lasts', async () => {
    await signIn({ ...ANA, roles: ['operator'] });
    expect(await browser.me()).toMatchObject({ email: 'ana@example.com', is_operator: true });
    expect((await browser.call('GET', '/operator/holds')).status).toBe(200);
    await signIn(ANA);
    expect(await browser.me()).toMatchObject({ email: 'ana@example.com', is_operator: false });
    expect((await browser.call('GET', '/operator/holds')).status).toBe(403);
  });

  it('leads back below the path of PUBLIC_URL', async () => {
    const below = await openOidcTestApp(provider, {
      client: { clientId: CONSOLE_CLIENT },
      config: { mail: { ...mail, publicUrl: `${SITE}/lending` } },
    });
    const other = openBrowser(below, SITE);
    const callback = await begin(ANA, '/app/loans/new', other);
    expect(callback.pathname).toBe('/lending/auth/callback');
    callback.pathname = '/auth/callback'; // as the proxy passes it on
    expect(await finish(callback, other)).toBe('/lending/app/loans/new');
    await below.close();
  });

  it('is not ended by a callback of another sign-in, to which any page can lead the browser', async () => {
    const callback = await begin(ANA);
    for (const search of ['', '?error=access_denied', '?code=1&state=2']) {
      await browser.send('GET', `/auth/callback${search}`, { isFromOtherSite: true });
    }
    expect(await finish(callback)).toBe('/app/loans/new');
  });

  it('gives a new session at each sign-in, and ends the one that the browser had', async () => {
    await signIn(ANA);
    const first = browser.session();
    await signIn(ANA);
    expect(browser.session()?.value).not.toBe(first?.value);
    expect(await browser.me()).toMatchObject({ name: 'Ana' });
    browser.plant('__Host-lending-session', first);
    expect(await browser.me()).toBeNull();
    expect(browser.cookies.has('__Host-lending-session')).toBe(false);
  });

  it('does not take over a session that another site has put into the browser', async () => {
    const attacker = openBrowser(testApp, SITE);
    await signIn({ ...ANA, sub: 'eve', email: 'eve@example.com' }, attacker);
    const planted = attacker.session();
    browser.plant('__Host-lending-session', planted);
    await signIn(ANA);
    expect(browser.session()?.value).not.toBe(planted?.value);
    expect(await browser.me()).toMatchObject({ email: 'ana@example.com' });
  });

  it('lasts twelve hours, longer than the ID token', async () => {
    await signIn(ANA);
    testApp.advance(11 * 3_600_000);
    expect(await browser.me()).not.toBeNull();
    testApp.advance(3_660_000); // the provider has issued it a little later than the test began
    expect(await browser.me()).toBeNull();
  });
});

describe('a sign-in that fails', () => {
  const failed = (code: string) => `/app/sign-in?error=${code}`;

  it('with another state than the browser has begun with', async () => {
    const callback = await begin(ANA);
    callback.searchParams.set('state', 'x'.repeat(43));
    expect(await finish(callback)).toBe(failed('expired'));
    expect(browser.session()).toBeUndefined();
  });

  it('in another browser than it has begun in', async () => {
    const callback = await begin(ANA);
    expect(await finish(callback, openBrowser(testApp, SITE))).toBe(failed('expired'));
  });

  it('for a callback that is repeated, also with its cookie', async () => {
    const callback = await begin(ANA);
    const begun = browser.cookies.get('__Host-lending-sign-in');
    await finish(callback);
    expect(await finish(callback)).toBe(failed('expired'));
    const other = openBrowser(testApp, SITE);
    other.plant('__Host-lending-sign-in', begun);
    expect(await finish(callback, other)).toBe(failed('expired'));
    expect(other.session()).toBeUndefined();
  });

  it.each([
    ['changed', tampered],
    ['cut off', (value: string) => value.slice(0, 40)],
    ['empty', () => ''],
    ['of a session', () => browser.session()?.value ?? ''],
  ])('with a cookie that is %s', async (_, change) => {
    await signIn(ANA);
    const callback = await begin(ANA);
    const { value = '', text = '' } = browser.cookies.get('__Host-lending-sign-in') ?? {};
    browser.cookies.set('__Host-lending-sign-in', { value: change(value), text });
    expect(await finish(callback)).toBe(failed('expired'));
  });

  it('after ten minutes', async () => {
    const callback = await begin(ANA);
    testApp.advance(600_000);
    expect(await finish(callback)).toBe(failed('expired'));
  });

  it('with a code of another sign-in, by PKCE', async () => {
    const mine = await begin(ANA);
    const theirs = await begin({ ...ANA, sub: 'eve', email: 'eve@example.com' }, '/', openBrowser(testApp, SITE));
    mine.searchParams.set('code', theirs.searchParams.get('code') ?? '');
    expect(await finish(mine)).toBe(failed('expired'));
  });

  it('where the user denies it', async () => {
    expect(await signIn({ sub: DENIES })).toBe(failed('denied'));
  });

  it('without a verified address', async () => {
    expect(await signIn({ ...ANA, sub: 'bo', email_verified: false })).toBe(failed('email_unverified'));
    expect(browser.session()).toBeUndefined();
  });

  it('while the issuer is down, before it and after, and works afterwards', async () => {
    const callback = await begin(ANA);
    provider.state.isDown = true;
    expect(await finish(callback)).toBe(failed('unavailable'));
    const restarted = await openApp({ clientId: CONSOLE_CLIENT });
    const other = openBrowser(restarted, SITE);
    expect((await other.get('/auth/login')).headers.get('Location')).toBe(failed('unavailable'));
    provider.state.isDown = false;
    restarted.advance(1000);
    expect(await signIn(ANA, other)).toBe('/app/loans/new');
    await restarted.close();
  });

  it('where the issuer reports an error, which is logged for the operator', async () => {
    const callback = await begin(ANA);
    callback.searchParams.delete('code');
    callback.searchParams.set('error', 'server_error');
    expect(await finish(callback)).toBe(failed('rejected'));
    const line = testApp.logged.map((text) => JSON.parse(text)).find(({ msg }) => msg === 'sign-in failed');
    expect(line).toMatchObject({ level: 40, request_id: expect.any(String), err: { failure: 'rejected' } });
  });

  it('without AUTH_CLIENT_ID', async () => {
    const unset = await openApp({});
    const other = openBrowser(unset, SITE);
    expect((await other.get('/auth/login')).headers.get('Location')).toBe(failed('not_configured'));
    expect((await other.get('/auth/me')).body).toMatchObject({ sign_in: 'oidc', issuer: provider.issuer, client_id: null });
    await unset.close();
  });

  it('logs no address, code, token or key', async () => {
    await signIn(ANA);
    const callback = await begin(ANA);
    callback.searchParams.set('code', 'a-code-that-is-wrong');
    await finish(callback);
    await signIn({ ...ANA, sub: 'bo', email_verified: false });
    const log = testApp.logged.join('');
    expect(log).toContain('FinishSignIn');
    for (const secret of ['ana@example.com', 'a-code-that-is-wrong', 'eyJ', callback.searchParams.get('state') ?? '']) {
      expect(log).not.toContain(secret);
    }
  });
});

describe('return_to', () => {
  it.each(['https://evil.example.com', '//evil.example.com', '/\\evil.example.com', 'javascript:alert(1)', '/.//evil.example.com'])(
    'leads to the start page instead of %s',
    async (returnTo) => {
      expect(await finish(await begin(ANA, returnTo))).toBe('/');
    },
  );
});

describe('signing out', () => {
  it('ends the session, and names the page of the issuer that ends its session', async () => {
    await signIn(ANA);
    const stolen = browser.session();
    const { body } = await browser.call('POST', '/auth/logout', {});
    const url = new URL(body.logout_url);
    expect(url.origin).toBe(new URL(provider.issuer).origin);
    expect(Object.fromEntries(url.searchParams)).toEqual({ client_id: CONSOLE_CLIENT, post_logout_redirect_uri: `${SITE}/` });
    expect(browser.session()).toBeUndefined();
    browser.plant('__Host-lending-session', stolen);
    expect(await browser.me()).toBeNull();
  });

  it('ends all sessions of the user with everywhere', async () => {
    const phone = openBrowser(testApp, SITE);
    for (const each of [browser, phone]) await signIn(ANA, each);
    const { body } = await phone.call('POST', '/auth/logout', { everywhere: true });
    expect(body.success).toBe(true);
    expect([await browser.me(), await phone.me()]).toEqual([null, null]);
  });

  it('succeeds while the issuer is down', async () => {
    await signIn(ANA);
    const restarted = await openOidcTestApp(provider, {
      store: testApp.store,
      config: PUBLIC,
      client: { clientId: CONSOLE_CLIENT },
    });
    provider.state.isDown = true;
    const other = openBrowser(restarted, SITE);
    other.plant('__Host-lending-session', browser.session());
    expect((await other.call('POST', '/auth/logout', {})).body).toEqual({ success: true, logout_url: null });
  });
});

describe('PATCH /auth/me', () => {
  it('does not change the name that an issuer gives', async () => {
    await signIn(ANA);
    expect(await browser.call('PATCH', '/auth/me', { name: 'Anna' })).toMatchObject({ status: 409, body: { error: 'CONFLICT' } });
  });
});
