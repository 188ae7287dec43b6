import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqlite } from '../../src/storage/sqlite/sqlite-store.ts';
import type { Store } from '../../src/storage/store.ts';
import { openBrowser } from '../../src/testing/app/browser.ts';
import { emailOf, userIdFor } from '../../src/testing/app/domain-fixtures.ts';
import { openTestApp, type TestApp } from '../../src/testing/app/test-app.ts';
import { openEmailTestApp, requestCode, signInByEmail } from '../../src/testing/sign-in/email-user.ts';

const ANA = 'ana@example.com';
const SITE = 'https://lending.example.org'; // PUBLIC_URL
const HOST_COOKIE = '__Host-lending-session';

/* One store, first used in one mode of sign-in and then in another. Anyone can be anyone at the local issuer. */
describe('a store whose way of signing in has changed', () => {
  let store: Store;
  let local: TestApp;
  let byEmail: TestApp;

  beforeEach(async () => {
    store = openSqlite(':memory:');
    local = await openTestApp({ store });
    byEmail = await openEmailTestApp({ store });
  });

  afterEach(() => store.close());

  it('accepts no session of the local issuer where users sign in by e-mail', async () => {
    const [before, after] = [openBrowser(local), openBrowser(byEmail, SITE)];
    await before.signInLocally({ email: ANA });
    after.plant(HOST_COOKIE, before.session());
    expect((await after.call('GET', '/loans')).status).toBe(401);
    expect(await after.me()).toBeNull();
    expect(after.cookies.size).toBe(0);
    expect(await before.me()).not.toBeNull();
  });

  it('accepts no session of sign-in by e-mail at the local issuer', async () => {
    const [before, after] = [openBrowser(byEmail, SITE), openBrowser(local)];
    await before.call('POST', '/auth/email/verify', await requestCode(byEmail, ANA));
    after.plant('lending-session', before.session());
    expect(await before.me()).not.toBeNull();
    expect(await after.me()).toBeNull();
  });

  it('accepts no session of an issuer that another one has replaced', async () => {
    const at = (issuer: string) => {
      const signIn = {
        kind: 'oidc',
        issuer,
        audience: 'lending',
        emailClaim: 'email',
        emailVerifiedClaim: 'email_verified',
        operatorClaim: 'roles',
      } as const;
      return openTestApp({ store, config: { signIn } });
    };
    const [before, after] = [await at('https://old.example.com'), await at('https://new.example.com')];
    const { sessions } = before.app;
    const session = await sessions.start({ userId: userIdFor('ana'), email: emailOf(ANA), name: null, method: 'oidc' });
    const cookie = { value: await sessions.seal(session), text: '' };
    const meOf = (app: TestApp) => {
      const browser = openBrowser(app);
      browser.plant('lending-session', cookie);
      return browser.me();
    };
    expect(await meOf(before)).toMatchObject({ email: ANA });
    expect(await meOf(after)).toBeNull();
  });

  it('accepts no token of the other issuer, and has other users for the same address', async () => {
    const [ana, email] = [await local.as(ANA), await signInByEmail(byEmail, ANA)];
    expect((await byEmail.withToken(ana.token).get('/loans')).status).toBe(401);
    expect((await local.withToken(email.token).get('/loans')).status).toBe(401);
    expect(ana.userId).not.toBe(email.userId);
  });
});
