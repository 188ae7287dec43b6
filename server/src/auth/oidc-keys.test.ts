import { exportJWK } from 'jose';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openSqlite } from '../storage/sqlite/sqlite-store.ts';
import { lastLine } from '../testing/app/log-lines.ts';
import type { TestResponse } from '../testing/app/response.ts';
import type { TestApp } from '../testing/app/test-app.ts';
import { LOAN } from '../testing/app/test-user.ts';
import { startHttpServer } from '../testing/http-server.ts';
import { AUDIENCE, type IdentityProvider, startIdentityProvider } from '../testing/oidc/identity-provider.ts';
import { openOidcTestApp } from '../testing/oidc/oidc-users.ts';
import { discoveredKeys, isLoopback, isSecure } from './oidc-keys.ts';
import { tokenVerifier } from './token-verifier.ts';

const ANA = { sub: 'ana', email: 'ana@example.com', email_verified: true };

let provider: IdentityProvider;
let testApp: TestApp;

beforeEach(async () => {
  provider = await startIdentityProvider();
  testApp = await openOidcTestApp(provider);
});

afterEach(async () => {
  await testApp.close();
  await provider.close();
});

function keysFetched(): number {
  return provider.state.requested.filter((path) => path === '/jwks').length;
}

function validClaims(iss: string) {
  const seconds = Math.floor(testApp.now / 1000);
  return { iss, aud: AUDIENCE, iat: seconds, exp: seconds + 3600, ...ANA };
}

function expectUnavailable({ status, headers, body }: TestResponse): void {
  expect(status).toBe(503);
  expect(headers.get('Retry-After')).toBe('10');
  expect(body).toMatchObject({ error: 'SERVICE_UNAVAILABLE', retryable: true, retry_after: 10 });
  expect(body.message).toBe('Sign-in temporarily unavailable. Please retry after 10 seconds.');
}

describe('discoveredKeys', () => {
  it('fetches the keys with the first token, and once for all tokens', async () => {
    expect(provider.state.requested).toEqual([]);
    const tokens = await Promise.all(['ana', 'ben', 'cleo'].map((sub) => provider.signIn({ ...ANA, sub })));
    const before = provider.state.requested.length;
    await Promise.all(tokens.map((token) => testApp.withToken(token).get('/loans')));
    await testApp.withToken(await provider.sign({ ...validClaims(provider.issuer), sub: 'dan' })).get('/loans');
    expect(provider.state.requested.slice(before)).toEqual(['/.well-known/openid-configuration', '/jwks']);
  });

  it('fetches the keys again for an unknown key id', async () => {
    const { issuer } = provider;
    const key = discoveredKeys(issuer, { cooldownMs: 0 });
    const claimNames = { emailClaim: 'email', emailVerifiedClaim: 'email_verified' };
    const verify = tokenVerifier({ issuer, audience: AUDIENCE, key, ...claimNames }, () => testApp.now);
    const before = await verify(await provider.signIn(ANA));
    const old = await provider.sign(validClaims(issuer));
    await provider.rotateTo('second');
    const after = await verify(await provider.signIn(ANA));
    expect(after).toMatchObject({ userId: before.userId, email: before.email });
    expect(keysFetched()).toBe(2);
    await expect(verify(old)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  });

  it('does not fetch the keys for each of many unknown key ids', async () => {
    const { issuer } = provider;
    await testApp.withToken(await provider.signIn(ANA)).get('/loans');
    const signed = Array.from({ length: 40 }, (_, index) => provider.sign({ ...validClaims(issuer) }, { kid: `unknown-${index}` }));
    const tokens = await Promise.all(signed);
    const concurrent = await Promise.all(tokens.slice(0, 20).map((token) => testApp.withToken(token).get('/loans')));
    const sequential: TestResponse[] = [];
    for (const token of tokens.slice(20)) sequential.push(await testApp.withToken(token).get('/loans'));
    expect(new Set([...concurrent, ...sequential].map(({ status }) => status))).toEqual(new Set([401]));
    expect(concurrent[0]?.headers.get('WWW-Authenticate')).toBe('Bearer');
    // One more fetch is allowed for a machine so slow that this took longer than the cooldown.
    expect(keysFetched()).toBeLessThanOrEqual(2);
  });
});

describe('discoveredKeys of an issuer that is down', () => {
  it('responds 503 while the issuer is down, and recovers once it is up', async () => {
    const token = await provider.signIn(ANA);
    provider.state.isDown = true;
    expectUnavailable(await testApp.withToken(token).get('/loans'));
    provider.state.isDown = false;
    expect((await testApp.withToken(token).get('/loans')).status).toBe(200);
  });

  it('responds 401 to a malformed token while the issuer is down, without asking it', async () => {
    provider.state.isDown = true;
    expect((await testApp.withToken('nonsense').get('/loans')).status).toBe(401);
    expect(provider.state.requested).toEqual([]);
  });

  it('logs an issuer that is down as an unexpected error, with its cause', async () => {
    const token = await provider.signIn(ANA);
    provider.state.isDown = true;
    await testApp.withToken(token).get('/loans');
    const line = lastLine(testApp);
    expect(line).toMatchObject({ level: 50, error: 'SERVICE_UNAVAILABLE', error_type: 'UnexpectedError' });
    expect(line['err'].message).toContain('the keys of the issuer can not be fetched');
  });
});

interface Page {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string is sent as is, anything else as JSON. */
  readonly body?: unknown;
}

/** Serves an issuer's pages, faulty ones too, and opens a test app for it; `pages` gets the issuer's own URL. */
async function openIssuer(pages: (url: string) => Readonly<Record<string, Page>>, slash = '') {
  const requested: string[] = [];
  const server = await startHttpServer((request, response) => {
    requested.push(request.url ?? '');
    const { status = 200, headers = {}, body = '' } = pages(`http://${request.headers.host}`)[request.url ?? ''] ?? { status: 404 };
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  const issuer = server.url + slash;
  const testApp = await openOidcTestApp({ issuer });
  onTestFinished(async () => {
    await testApp.close();
    await server.close();
  });
  return { requested, issuer, testApp };
}

const DISCOVERY = '/.well-known/openid-configuration';

/** Discovery documents that must not be trusted, by the issuer's own URL. */
const UNTRUSTED: Readonly<Record<string, (url: string) => Page>> = {
  'names another issuer': (url) => ({ body: { issuer: 'https://other.example.com', jwks_uri: `${url}/jwks` } }),
  'names itself in another spelling': (url) => ({ body: { issuer: `${url}/`, jwks_uri: `${url}/jwks` } }),
  'has no key URL': (url) => ({ body: { issuer: url } }),
  'has an unencrypted key URL on another host': (url) => ({ body: { issuer: url, jwks_uri: 'http://keys.example.com/jwks' } }),
  'is a redirect': (url) => ({ status: 302, headers: { Location: `${url}/elsewhere` } }),
  'is not JSON': () => ({ body: '<html>' }),
  'has status 500': (url) => ({ status: 500, body: { issuer: url, jwks_uri: `${url}/jwks` } }),
  'is too large': (url) => ({ body: { issuer: url, jwks_uri: `${url}/jwks`, more: 'x'.repeat(300_000) } }),
};

describe('discovery', () => {
  it.each(Object.entries(UNTRUSTED))(
    'does not fetch keys, and responds 503, where the discovery document %s',
    async (_, document) => {
      const { requested, issuer, testApp } = await openIssuer((url) => ({ [DISCOVERY]: document(url) }));
      expectUnavailable(await testApp.withToken(await provider.sign(validClaims(issuer))).get('/loans'));
      expect(requested).toEqual([DISCOVERY]);
    },
  );

  it('responds 503 where the key set is malformed', async () => {
    const { requested, issuer, testApp } = await openIssuer((url) => ({
      [DISCOVERY]: { body: { issuer: url, jwks_uri: `${url}/jwks` } },
      '/jwks': { body: { keys: 'none' } },
    }));
    expectUnavailable(await testApp.withToken(await provider.sign(validClaims(issuer))).get('/loans'));
    expect(requested).toEqual([DISCOVERY, '/jwks']);
  });

  it('requires the trailing slash of an issuer in its tokens', async () => {
    const { key } = provider.state;
    const jwk = { ...(await exportJWK(key.publicKey)), kid: key.kid, alg: 'RS256' };
    const pages = (url: string) => ({
      [DISCOVERY]: { body: { issuer: `${url}/`, jwks_uri: `${url}/jwks` } },
      '/jwks': { body: { keys: [jwk] } },
    });
    const { issuer, testApp } = await openIssuer(pages, '/');
    expect((await testApp.withToken(await provider.sign(validClaims(issuer))).get('/loans')).status).toBe(200);
    expect((await testApp.withToken(await provider.sign(validClaims(issuer.slice(0, -1)))).get('/loans')).status).toBe(401);
  });
});

describe('users of two issuers', () => {
  it('keeps users of two issuers apart, even with the same subject and address', async () => {
    const store = openSqlite(':memory:');
    const second = await startIdentityProvider();
    const [firstApp, secondApp] = [await openOidcTestApp(provider, { store }), await openOidcTestApp(second, { store })];
    const first = firstApp.withToken(await provider.signIn(ANA));
    const other = secondApp.withToken(await second.signIn(ANA));
    const posted = await first.post('/loans', LOAN);
    expect((await other.get('/loans')).body.loans).toEqual([]);
    const path = posted.headers.get('Location') ?? '';
    expect((await other.get(path)).status).toBe(404);
    expect((await first.get(path)).status).toBe(200);
    await store.close();
    await second.close();
  });
});

describe('isSecure', () => {
  it.each(['https://id.example.com', 'http://localhost:8080', 'http://127.0.0.1', 'http://127.9.9.9:1', 'http://[::1]:80'])(
    'accepts %s',
    (url) => expect(isSecure(new URL(url))).toBe(true),
  );

  it.each([
    'http://id.example.com',
    'http://localhost.example.com',
    'http://127.0.0.1.example.com',
    'http://10.0.0.1',
    'ftp://localhost',
  ])('rejects %s', (url) => expect(isSecure(new URL(url))).toBe(false));
});

describe('isLoopback', () => {
  it('recognizes IPv4 addresses mapped to IPv6', () => {
    expect(['::1', '::ffff:127.0.0.1', '::ffff:10.0.0.1', '::2', ''].map(isLoopback)).toEqual([true, true, false, false, false]);
  });
});
