import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { userIdOf } from '../../src/auth/token-verifier.ts';
import { openSqlite } from '../../src/storage/sqlite/sqlite-store.ts';
import { openBrowser } from '../../src/testing/app/browser.ts';
import { emailOf } from '../../src/testing/app/domain-fixtures.ts';
import { openTestApp, type TestApp, type TestAppOptions } from '../../src/testing/app/test-app.ts';
import {
  AUDIENCE,
  CONSOLE_CLIENT,
  type IdentityProvider,
  startIdentityProvider,
} from '../../src/testing/oidc/identity-provider.ts';
import { openOidcTestApp } from '../../src/testing/oidc/oidc-users.ts';
import { openEmailTestApp, requestCode, signInByEmail } from '../../src/testing/sign-in/email-user.ts';

/* Who is an operator, and what others get. */

const OLGA = 'olga@example.com';
const OPERATORS = { operators: new Set([emailOf(OLGA)]) };

async function open(options: TestAppOptions = {}, openApp: (options: TestAppOptions) => Promise<TestApp> = openTestApp) {
  const testApp = await openApp(options);
  onTestFinished(() => testApp.close());
  return testApp;
}

/** What a user may do: whether the server says that they are an operator, and the status of the list of holds. */
async function accessOf(user: Pick<TestApp, 'get'>): Promise<readonly [isOperator: unknown, status: number]> {
  const { body } = await user.get('/auth/me');
  return [body.user?.is_operator, (await user.get('/operator/holds')).status];
}

const OPERATOR = [true, 200] as const;
const OTHER = [false, 403] as const;

describe('an operator by OPERATORS', () => {
  it('has a verified address in it, in whatever spelling', async () => {
    const testApp = await open({ config: OPERATORS });
    expect(await accessOf(testApp)).toEqual([undefined, 401]);
    expect(await accessOf(await testApp.as('Olga@EXAMPLE.com'))).toEqual(OPERATOR);
    expect(await accessOf(await testApp.as('other@example.com'))).toEqual(OTHER);
    expect(await accessOf(await testApp.as('olga+x@example.com'))).toEqual(OTHER);
    expect(await accessOf(await testApp.as(OLGA, { email_verified: false }))).toEqual(OTHER);
  });

  it('is nobody without the setting, whatever the token says', async () => {
    const testApp = await open();
    expect(await accessOf(await testApp.as(OLGA))).toEqual(OTHER);
    expect(await accessOf(await testApp.as(OLGA, { name: 'operator' }))).toEqual(OTHER);
  });

  it('is one in a session of the console too, in which a change needs the header of the console', async () => {
    const testApp = await open({ config: OPERATORS });
    const [browser, other] = [openBrowser(testApp), openBrowser(testApp)];
    await browser.signInLocally({ email: OLGA });
    await other.signInLocally({ email: 'other@example.com' });
    expect((await browser.me()).is_operator).toBe(true);
    expect((await browser.call('GET', '/operator/holds')).status).toBe(200);
    expect((await browser.send('POST', '/operator/holds/none/release')).status).toBe(401);
    expect((await browser.call('POST', '/operator/holds/none/release')).status).toBe(404);
    expect((await other.me()).is_operator).toBe(false);
    expect((await other.call('POST', '/operator/holds/none/release')).status).toBe(403);
  });

  it('ceases to be one with the restart that removes the address, also in a session', async () => {
    const store = openSqlite(':memory:');
    const before = await open({ store, config: OPERATORS });
    const browser = openBrowser(before);
    await browser.signInLocally({ email: OLGA });
    expect((await browser.me()).is_operator).toBe(true);
    const after = openBrowser(await openTestApp({ store }));
    after.plant('lending-session', browser.session());
    expect((await after.me()).is_operator).toBe(false);
    expect((await after.call('GET', '/operator/holds')).status).toBe(403);
  });

  it('is one after signing in by e-mail, with a token and with a cookie', async () => {
    const testApp = await open({ config: OPERATORS }, openEmailTestApp);
    expect(await accessOf(await signInByEmail(testApp, OLGA))).toEqual(OPERATOR);
    expect(await accessOf(await signInByEmail(testApp, 'other@example.com'))).toEqual(OTHER);
    const browser = openBrowser(testApp, 'https://lending.example.org');
    await browser.call('POST', '/auth/email/verify', await requestCode(testApp, OLGA));
    expect((await browser.call('GET', '/operator/holds')).status).toBe(200);
  });

  it('gets no more by a ticket for the feed', async () => {
    const testApp = await open({ config: OPERATORS });
    const olga = await testApp.as(OLGA);
    const loan = await olga.postsLoan();
    const { body } = await olga.post('/auth/feed-tickets', { loan_id: loan });
    const { authenticate } = testApp.app.services.authenticator;
    const identity = await authenticate({ kind: 'ticket', ticket: body.ticket, loanId: loan });
    expect(identity).toMatchObject({ userId: olga.userId, isOperator: false });
  });
});

describe('an operator by a claim of the issuer', () => {
  let provider: IdentityProvider;

  beforeAll(async () => {
    provider = await startIdentityProvider();
  });

  afterAll(() => provider.close());

  async function userWith(testApp: TestApp, claims: object) {
    const iat = Math.floor(testApp.now / 1000);
    const { issuer: iss } = provider;
    const user = { sub: 'olga', email: OLGA, email_verified: true };
    return testApp.withToken(await provider.sign({ iss, aud: AUDIENCE, iat, exp: iat + 3600, ...user, ...claims }));
  }

  const openApp = (options = {}) => open({}, (given) => openOidcTestApp(provider, { ...given, ...options }));

  it.each([
    ['is the role', { roles: 'operator' }],
    ['is a list with the role', { roles: ['user', 'operator'] }],
  ])('is one whose claim %s', async (_, claims) => {
    expect(await accessOf(await userWith(await openApp(), claims))).toEqual(OPERATOR);
  });

  it.each([
    ['missing', {}],
    ['null', { roles: null }],
    ['another role', { roles: 'operators' }],
    ['of other case', { roles: 'Operator' }],
    ['a list without the role', { roles: ['user', 'admin'] }],
    ['a list of lists', { roles: [['operator']] }],
    ['an empty list', { roles: [] }],
    ['true', { roles: true }],
    ['an object', { roles: { operator: true } }],
    ['text with several roles', { roles: 'user operator' }],
    ['under another name', { groups: ['operator'], operator: true, is_operator: true }],
  ])('is nobody whose claim is %s', async (_, claims) => {
    expect(await accessOf(await userWith(await openApp(), claims))).toEqual(OTHER);
  });

  it('is one by the claim that the setting names, such as that of Cognito, and by no other', async () => {
    const testApp = await openApp({ claims: { operatorClaim: 'cognito:groups' } });
    expect(await accessOf(await userWith(testApp, { 'cognito:groups': ['operator'] }))).toEqual(OPERATOR);
    expect(await accessOf(await userWith(testApp, { roles: ['operator'] }))).toEqual(OTHER);
  });

  it('needs a verified address, as every caller does', async () => {
    const user = await userWith(await openApp(), { roles: 'operator', email_verified: false });
    expect((await user.get('/operator/holds')).status).toBe(403);
  });

  it('is one in the session that their ID token has started, and others are not', async () => {
    const testApp = await openApp({ client: { clientId: CONSOLE_CLIENT } });
    const sessionOf = async (isOperator: boolean) => {
      const { sessions } = testApp.app;
      const user = {
        userId: userIdOf(provider.issuer, 'olga'),
        email: emailOf(OLGA),
        name: null,
        method: 'oidc',
        isOperator,
      } as const;
      const browser = openBrowser(testApp);
      browser.plant('lending-session', { value: await sessions.seal(await sessions.start(user)), text: '' });
      return browser;
    };
    const [olga, other] = [await sessionOf(true), await sessionOf(false)];
    expect([(await olga.me()).is_operator, (await olga.call('GET', '/operator/holds')).status]).toEqual(OPERATOR);
    expect([(await other.me()).is_operator, (await other.call('GET', '/operator/holds')).status]).toEqual(OTHER);
  });
});
