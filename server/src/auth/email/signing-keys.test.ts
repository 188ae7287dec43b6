import { decodeProtectedHeader, type JWK } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rotateKeys } from '../../storage/rotate-keys.ts';
import { openSqlite } from '../../storage/sqlite/sqlite-store.ts';
import { failingStore } from '../../testing/app/failing-store.ts';
import type { TestApp } from '../../testing/app/test-app.ts';
import { engines } from '../../testing/dynamodb/engines.ts';
import { openEmailTestApp, signInByEmail } from '../../testing/sign-in/email-user.ts';
import { SigningKeys } from './signing-keys.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

const kidOf = ({ token }: { readonly token: string }) => decodeProtectedHeader(token).kid;

describe('signing keys', () => {
  let testApp: TestApp;
  /** Another process on the same store, with the same clock. */
  let other: TestApp;

  beforeEach(async () => {
    const store = openSqlite(':memory:');
    [testApp, other] = [await openEmailTestApp({ store }), await openEmailTestApp({ store })];
  });

  afterEach(() => testApp.close());

  const advance = (ms: number) => {
    testApp.advance(ms);
    other.advance(ms);
  };
  const published = async (app: TestApp) => (await app.get('/auth/jwks.json')).body.keys.map(({ kid }: JWK) => kid);

  it('are published without their private parts', async () => {
    const { body, headers } = await testApp.get('/auth/jwks.json');
    expect(body).toEqual({
      keys: [
        {
          kty: 'EC',
          crv: 'P-256',
          x: expect.any(String),
          y: expect.any(String),
          alg: 'ES256',
          use: 'sig',
          kid: expect.any(String),
        },
      ],
    });
    expect(headers.get('Cache-Control')).toBe('public, max-age=3600');
  });

  it('are replaced each thirty days by one that was published a day before', async () => {
    const first = await signInByEmail(testApp, 'ana@example.com');
    advance(29 * DAY_MS - MINUTE_MS);
    expect(await published(testApp)).toEqual([kidOf(first)]);
    advance(MINUTE_MS);
    const keys = await published(testApp);
    expect(keys).toEqual([kidOf(first), expect.any(String)]);
    expect(kidOf(await signInByEmail(testApp, 'ana@example.com'))).toBe(kidOf(first));
    advance(DAY_MS);
    expect(kidOf(await signInByEmail(testApp, 'ana@example.com'))).toBe(keys[1]);
    expect(kidOf(await signInByEmail(other, 'ana@example.com'))).toBe(keys[1]);
  });

  it('verify the last token that they have signed until it expires, in every process, and then are published no more', async () => {
    await signInByEmail(testApp, 'ana@example.com');
    advance(29 * DAY_MS);
    await published(testApp);
    advance(DAY_MS - 1);
    const last = await signInByEmail(testApp, 'ana@example.com');
    advance(30 * DAY_MS - MINUTE_MS);
    expect(await published(other)).toContain(kidOf(last));
    expect((await other.withToken(last.token).get('/loans')).status).toBe(200);
    advance(MINUTE_MS + 3_600_001);
    expect(await published(other)).not.toContain(kidOf(last));
  });

  it('of another process are known before it signs with them', async () => {
    const first = await signInByEmail(testApp, 'ana@example.com');
    await other.withToken(first.token).get('/loans'); // reads the keys
    advance(29 * DAY_MS);
    await published(testApp);
    advance(DAY_MS);
    const next = await signInByEmail(testApp, 'ben@example.com');
    expect(kidOf(next)).not.toBe(kidOf(first));
    expect((await other.withToken(next.token).get('/loans')).status).toBe(200);
  });

  it('end with the keys of sessions where an operator retires these', async () => {
    const { token } = await signInByEmail(testApp, 'ana@example.com');
    await rotateKeys(testApp.store, { purposes: ['sessions'], retiresOld: true, now: testApp.now });
    advance(11 * MINUTE_MS); // verified tokens are cached for ten minutes
    for (const { app } of [testApp, other]) await app.storeSecrets.refresh();
    expect((await testApp.withToken(token).get('/loans')).status).toBe(401);
    const next = await signInByEmail(testApp, 'ana@example.com');
    for (const app of [testApp, other]) expect((await app.withToken(next.token).get('/loans')).status).toBe(200);
  });
});

describe.each(engines)('signing keys on $name', ({ open }) => {
  it('are the same in processes that start at once', async () => {
    const testApp = await openEmailTestApp({ store: await open() });
    const { services, storeSecrets } = testApp.app;
    const processes = Array.from({ length: 5 }, () => new SigningKeys(services, storeSecrets.keyRing('sessions')));
    const kids = await Promise.all(processes.map(async (keys) => (await keys.current()).kid));
    expect(new Set(kids).size).toBe(1);
    await testApp.close();
  });

  it('of a time when nothing ran are replaced by one that was not used before it was published', async () => {
    const testApp = await openEmailTestApp({ store: await open() });
    const { services, storeSecrets } = testApp.app;
    const keys = new SigningKeys(services, storeSecrets.keyRing('sessions'));
    const { kid } = await keys.current();
    testApp.advance(100 * DAY_MS);
    expect((await keys.current()).kid).toBe(kid);
    testApp.advance(DAY_MS);
    expect((await keys.current()).kid).not.toBe(kid);
    await testApp.close();
  });
});

describe('signing keys while the store fails', () => {
  it('are used as they were read, and are not read once for each token with an unknown key', async () => {
    const { store, fail } = failingStore();
    const testApp = await openEmailTestApp({ store });
    const { services, storeSecrets } = testApp.app;
    const keys = new SigningKeys(services, storeSecrets.keyRing('sessions'));
    const { kid } = await keys.current();
    const lookUp = () => testApp.callsOf(() => keys.publishedWith('unknown'));
    expect([await lookUp(), await lookUp()]).toEqual([['get'], []]);
    testApp.advance(1000);
    expect(await lookUp()).toEqual(['get']);
    fail('unavailable');
    testApp.advance(MINUTE_MS);
    expect((await keys.current()).kid).toBe(kid);
    await testApp.close();
  });
});
