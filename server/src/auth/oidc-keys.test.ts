import { exportJWK } from 'jose';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openSqlite } from '../storage/sqlite/sqlite-store.ts';
import { lastLine } from '../testing/app/log-lines.ts';
import { type Answer, LOAN, type TestApp } from '../testing/app/test-app.ts';
import { AUDIENCE, type IdentityProvider, serveLocally, startIdentityProvider } from '../testing/oidc/identity-provider.ts';
import { askWith, bearer, openLabFor } from '../testing/oidc/oidc-users.ts';
import { discoveredKeys, isLoopback, isSecure } from './oidc-keys.ts';
import { tokenVerifier } from './token-verifier.ts';

const ANA = { sub: 'ana', email: 'ana@example.com', email_verified: true };

let provider: IdentityProvider;
let testApp: TestApp;

beforeEach(async () => {
  provider = await startIdentityProvider();
  testApp = await openLabFor(provider);
});

afterEach(async () => {
  await testApp.close();
  await provider.close();
});

function soundClaims(iss: string) {
  const seconds = Math.floor(testApp.now / 1000);
  return { iss, aud: AUDIENCE, iat: seconds, exp: seconds + 3600, ...ANA };
}

function expectToPass({ status, headers, body }: Answer): void {
  expect(status).toBe(503);
  expect(headers.get('Retry-After')).toBe('10');
  expect(body).toMatchObject({ error: 'SERVICE_UNAVAILABLE', retryable: true, retry_after: 10 });
  expect(body.message).toBe('Sign-in temporarily unavailable. Please retry after 10 seconds.');
}

describe('the issuer’s keys', () => {
  it('are fetched when the first token comes, and once for all tokens', async () => {
    expect(provider.context).toEqual([]);
    const tokens = await Promise.all(['ana', 'ben', 'cleo'].map((sub) => provider.signIn({ ...ANA, sub })));
    const before = provider.context.length;
    await Promise.all(tokens.map((token) => askWith(testApp, token)));
    await askWith(testApp, await provider.sign({ ...soundClaims(provider.issuer), sub: 'dan' }));
    expect(provider.context.slice(before)).toEqual(['/.well-known/openid-configuration', '/jwks']);
  });

  it('are fetched anew for a key id that is not known', async () => {
    const { issuer } = provider;
    const key = discoveredKeys(issuer, { cooldownMs: 0 });
    const claimNames = { emailClaim: 'email', emailVerifiedClaim: 'email_verified' };
    const verify = tokenVerifier({ issuer, audience: AUDIENCE, key, ...claimNames }, () => testApp.now);
    const before = await verify(await provider.signIn(ANA));
    const old = await provider.sign(soundClaims(issuer));
    await provider.rotateTo('second');
    const after = await verify(await provider.signIn(ANA));
    expect(after).toMatchObject({ userId: before.userId, email: before.email });
    expect(provider.keysFetched).toBe(2);
    await expect(verify(old)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  });

  it('are not fetched again and again for a flood of unknown key ids', async () => {
    const { issuer } = provider;
    await askWith(testApp, await provider.signIn(ANA));
    const made = Array.from({ length: 40 }, (_, index) => provider.sign({ ...soundClaims(issuer) }, { kid: `made-up-${index}` }));
    const tokens = await Promise.all(made);
    const atOnce = await Promise.all(tokens.slice(0, 20).map((token) => askWith(testApp, token)));
    const inTurn: Answer[] = [];
    for (const token of tokens.slice(20)) inTurn.push(await askWith(testApp, token));
    expect(new Set([...atOnce, ...inTurn].map(({ status }) => status))).toEqual(new Set([401]));
    expect(atOnce[0]?.headers.get('WWW-Authenticate')).toBe('Bearer');
    // One fetch more is allowed for a machine so slow that this took longer than the pause between fetches.
    expect(provider.keysFetched).toBeLessThanOrEqual(2);
  });
});

describe('an issuer that is down', () => {
  it('answers 503 at the first token, and serves once it is up', async () => {
    const token = await provider.signIn(ANA);
    provider.goDown();
    expectToPass(await askWith(testApp, token));
    provider.comeUp();
    expect((await askWith(testApp, token)).status).toBe(200);
  });

  it('is told from a token that is no good', async () => {
    provider.goDown();
    expect((await askWith(testApp, 'nonsense')).status).toBe(401);
    expect(provider.context).toEqual([]);
  });

  it('is counted and logged as a fault of ours, with its cause', async () => {
    const token = await provider.signIn(ANA);
    provider.goDown();
    await askWith(testApp, token);
    const line = lastLine(testApp);
    expect(line).toMatchObject({ level: 50, error: 'SERVICE_UNAVAILABLE', error_type: 'UnexpectedError' });
    expect(line['err'].message).toContain('the keys of the issuer can not be had');
  });
});

interface Page {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text as it stands, anything else as JSON. */
  readonly body?: unknown;
}

/** Serves what no sound provider would, with a lab that takes it for its issuer; `pages` are told their own address. */
async function openIssuer(pages: (url: string) => Readonly<Record<string, Page>>, slash = '') {
  const context: string[] = [];
  const server = await serveLocally((request, response) => {
    context.push(request.url ?? '');
    const { status = 200, headers = {}, body = '' } = pages(`http://${request.headers.host}`)[request.url ?? ''] ?? { status: 404 };
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  const issuer = server.url + slash;
  const there = await openLabFor({ issuer });
  onTestFinished(async () => {
    await there.close();
    await server.close();
  });
  return { context, issuer, there };
}

const DISCOVERY = '/.well-known/openid-configuration';

/** What an issuer says of itself that is not to be trusted; `url` is its own address. */
const UNTRUSTED: Readonly<Record<string, (url: string) => Page>> = {
  'names another issuer': (url) => ({ body: { issuer: 'https://other.example.com', jwks_uri: `${url}/jwks` } }),
  'names itself with another spelling': (url) => ({ body: { issuer: `${url}/`, jwks_uri: `${url}/jwks` } }),
  'names no keys': (url) => ({ body: { issuer: url } }),
  'has its keys elsewhere, unencrypted': (url) => ({ body: { issuer: url, jwks_uri: 'http://keys.example.com/jwks' } }),
  'is a redirect': (url) => ({ status: 302, headers: { Location: `${url}/elsewhere` } }),
  'is no JSON': () => ({ body: '<html>' }),
  'is a failure': (url) => ({ status: 500, body: { issuer: url, jwks_uri: `${url}/jwks` } }),
  'is endless': (url) => ({ body: { issuer: url, jwks_uri: `${url}/jwks`, more: 'x'.repeat(300_000) } }),
};

describe('a discovery document', () => {
  it.each(Object.entries(UNTRUSTED))('that %s is not trusted: 503, and no keys are fetched', async (_, document) => {
    const { context, issuer, there } = await openIssuer((url) => ({ [DISCOVERY]: document(url) }));
    expectToPass(await askWith(there, await provider.sign(soundClaims(issuer))));
    expect(context).toEqual([DISCOVERY]);
  });

  it('whose keys are no key set gives no verdict on a token: 503', async () => {
    const { context, issuer, there } = await openIssuer((url) => ({
      [DISCOVERY]: { body: { issuer: url, jwks_uri: `${url}/jwks` } },
      '/jwks': { body: { keys: 'none' } },
    }));
    expectToPass(await askWith(there, await provider.sign(soundClaims(issuer))));
    expect(context).toEqual([DISCOVERY, '/jwks']);
  });

  it('of an issuer whose name ends with a slash is found, and believed under the whole name', async () => {
    const { key } = provider;
    const jwk = { ...(await exportJWK(key.publicKey)), kid: key.kid, alg: 'RS256' };
    const pages = (url: string) => ({
      [DISCOVERY]: { body: { issuer: `${url}/`, jwks_uri: `${url}/jwks` } },
      '/jwks': { body: { keys: [jwk] } },
    });
    const { issuer, there } = await openIssuer(pages, '/');
    expect((await askWith(there, await provider.sign(soundClaims(issuer)))).status).toBe(200);
    expect((await askWith(there, await provider.sign(soundClaims(issuer.slice(0, -1))))).status).toBe(401);
  });
});

describe('two issuers', () => {
  it('have two users under one subject and address', async () => {
    const store = openSqlite(':memory:');
    const second = await startIdentityProvider();
    const [here, there] = [await openLabFor(provider, { store }), await openLabFor(second, { store })];
    const posted = await here.send('POST', '/loans', { headers: bearer(await provider.signIn(ANA)), body: LOAN });
    const token = await second.signIn(ANA);
    expect((await askWith(there, token)).body.loans).toEqual([]);
    const path = posted.headers.get('Location') ?? '';
    expect((await there.send('GET', path, { headers: bearer(token) })).status).toBe(404);
    expect((await here.send('GET', path, { headers: bearer(await provider.signIn(ANA)) })).status).toBe(200);
    await store.close();
    await second.close();
  });
});

describe('an address on the network', () => {
  it.each(['https://id.example.com', 'http://localhost:8080', 'http://127.0.0.1', 'http://127.9.9.9:1', 'http://[::1]:80'])(
    '%s is safe to fetch keys from',
    (url) => expect(isSecure(new URL(url))).toBe(true),
  );

  it.each([
    'http://id.example.com',
    'http://localhost.example.com',
    'http://127.0.0.1.example.com',
    'http://10.0.0.1',
    'ftp://localhost',
  ])('%s is not', (url) => expect(isSecure(new URL(url))).toBe(false));

  it('is the machine’s own also where IPv4 is written as IPv6', () => {
    expect(['::1', '::ffff:127.0.0.1', '::ffff:10.0.0.1', '::2', ''].map(isLoopback)).toEqual([true, true, false, false, false]);
  });
});
