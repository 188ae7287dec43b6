import { generateKeyPairSync } from 'node:crypto';
import { Readable } from 'node:stream';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openSqlite } from '../storage/sqlite/sqlite-store.ts';
import { lastLine } from '../testing/app/log-lines.ts';
import type { TestResponse } from '../testing/app/response.ts';
import type { TestApp } from '../testing/app/test-app.ts';
import { LOAN } from '../testing/app/test-user.ts';
import { startHttpServer } from '../testing/http-server.ts';
import { AUDIENCE, type IdentityProvider, makeKey, startIdentityProvider } from '../testing/oidc/identity-provider.ts';
import { openOidcTestApp } from '../testing/oidc/oidc-users.ts';
import { discoveredKeys } from './oidc-keys.ts';
import { tokenVerifier } from './token-verifier.ts';

const DISCOVERY = '/.well-known/openid-configuration';
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
    const verify = openVerifier(issuer);
    const before = await verify(await provider.signIn(ANA));
    const old = await provider.sign(validClaims(issuer));
    await provider.rotateTo('second');
    testApp.advance(5000);
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
    expect(keysFetched()).toBe(1);
    testApp.advance(5000);
    await Promise.all(tokens.map((token) => testApp.withToken(token).get('/loans')));
    expect(keysFetched()).toBe(2);
  });
});

describe('discoveredKeys of an issuer that is down', () => {
  it('responds 503 while the issuer is down, and recovers once it is up', async () => {
    const token = await provider.signIn(ANA);
    provider.state.isDown = true;
    expectUnavailable(await testApp.withToken(token).get('/loans'));
    provider.state.isDown = false;
    testApp.advance(1000);
    expect((await testApp.withToken(token).get('/loans')).status).toBe(200);
  });

  it('sends one request for all that wait, and none in the pause after it', async () => {
    const tokens = await Promise.all(Array.from({ length: 30 }, (_, index) => provider.signIn({ ...ANA, sub: `user-${index}` })));
    provider.state.isDown = true;
    const before = provider.state.requested.length;
    for (const _round of ['concurrent', 'in the pause'])
      for (const response of await Promise.all(tokens.map((token) => testApp.withToken(token).get('/loans'))))
        expectUnavailable(response);
    expect(provider.state.requested.slice(before)).toEqual([DISCOVERY]);
  });

  it('does not wait again for an issuer that is known to be down while it has keys', async () => {
    const verify = openVerifier(provider.issuer);
    await verify(await provider.signIn(ANA));
    testApp.advance(600_000);
    provider.state.isDown = true;
    await verify(await provider.sign({ ...validClaims(provider.issuer), sub: 'ben' }));
    testApp.advance(1000);
    provider.state.isSilent = true;
    const started = performance.now();
    await verify(await provider.sign({ ...validClaims(provider.issuer), sub: 'cleo' }));
    expect(performance.now() - started).toBeLessThan(4000); // an attempt to reach the issuer takes 5000
    await expect.poll(() => provider.state.requested.slice(-2)).toEqual([DISCOVERY, DISCOVERY]);
  });

  it('doubles the pause after each failure up to ten seconds, and begins again after a success', async () => {
    const verify = openVerifier(provider.issuer);
    const token = await provider.signIn(ANA);
    provider.state.isDown = true;
    expect(await pausesOf(verify, token, 7)).toEqual([1000, 2000, 4000, 8000, 10_000, 10_000, 10_000]);
    provider.state.isDown = false;
    testApp.advance(10_000);
    await verify(token);
    testApp.advance(3_600_000);
    provider.state.isDown = true;
    expect(await pausesOf(verify, await provider.sign(validClaims(provider.issuer)), 2)).toEqual([1000, 2000]);
  });

  it('keeps the keys in use for an hour while the issuer is down', async () => {
    const verify = openVerifier(provider.issuer);
    await verify(await provider.signIn(ANA));
    provider.state.isDown = true;
    testApp.advance(3_599_999);
    const token = await provider.sign(validClaims(provider.issuer));
    await expect(verify(token)).resolves.toMatchObject({ email: ANA.email });
    const other = await provider.sign({ ...validClaims(provider.issuer), sub: 'ben' });
    testApp.advance(1);
    await expect(verify(other)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });

  it('is shown by GET /health/ready, which still succeeds', async () => {
    const issuerStatus = async () => {
      const { status, body } = await testApp.get('/health/ready');
      expect([status, body.status]).toEqual([200, 'ok']);
      return body.issuer;
    };
    const token = await provider.signIn(ANA);
    expect(await issuerStatus()).toBe('unknown');
    provider.state.isDown = true;
    await testApp.withToken(token).get('/loans');
    expect(await issuerStatus()).toBe('unavailable');
    provider.state.isDown = false;
    testApp.advance(1000);
    await testApp.withToken(token).get('/loans');
    expect(await issuerStatus()).toBe('ok');
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

/** A verifier of the issuer's tokens with the clock of the test app. */
function openVerifier(issuer: string) {
  const now = () => testApp.now;
  const claimNames = { emailClaim: 'email', emailVerifiedClaim: 'email_verified' };
  return tokenVerifier({ issuer, audience: AUDIENCE, ...discoveredKeys(issuer, now), ...claimNames }, now);
}

/** Sends a token to an issuer that is down, each second. @returns the times between attempts to reach it; ms */
async function pausesOf(verify: ReturnType<typeof openVerifier>, token: string, count: number): Promise<number[]> {
  const attempts: number[] = [];
  for (let seen = provider.state.requested.length; attempts.length <= count; testApp.advance(1000)) {
    await expect(verify(token)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    if (provider.state.requested.length > seen) attempts.push(testApp.now);
    seen = provider.state.requested.length;
  }
  return attempts.slice(1).map((at, index) => at - (attempts[index] ?? 0));
}

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

  it.each([
    ['is larger than 256 KiB', { body: { keys: [], more: 'x'.repeat(300_000) } }],
    ['has more than 100 keys', { body: { keys: Array.from({ length: 101 }, () => ({ kty: 'RSA' })) } }],
    ['is a redirect', { status: 302, headers: { Location: '/elsewhere' } }],
    ['has status 404', { status: 404, body: { keys: [] } }],
  ] satisfies [string, Page][])('responds 503 where the key set %s', async (_, page) => {
    const { requested, issuer, testApp } = await openIssuer((url) => ({
      [DISCOVERY]: { body: { issuer: url, jwks_uri: `${url}/jwks` } },
      '/jwks': page,
      '/elsewhere': { body: { keys: [] } },
    }));
    expectUnavailable(await testApp.withToken(await provider.sign(validClaims(issuer))).get('/loans'));
    expect(requested).toEqual([DISCOVERY, '/jwks']);
  });

  it('reads no more of an endless document than the limit', async () => {
    let sent = 0;
    const server = await startHttpServer((_request, response) => {
      const pieces = function* () {
        for (; sent < 1000; sent += 1) yield Buffer.alloc(65_536, ' ');
      };
      Readable.from(pieces()).pipe(response);
    });
    const endless = await openOidcTestApp({ issuer: server.url });
    expectUnavailable(await endless.withToken(await provider.sign(validClaims(server.url))).get('/loans'));
    expect(sent).toBeLessThan(500); // what the sockets buffer is beyond control
    await endless.close();
    await server.close();
  });

  it('finds keys that have moved, by reading discovery again', async () => {
    const [first, second] = [await makeKey('first'), await makeKey('second')];
    const jwkOf = async (key: typeof first) => ({ ...(await exportJWK(key.publicKey)), kid: key.kid });
    const [firstJwk, secondJwk] = [await jwkOf(first), await jwkOf(second)];
    let path = '/old';
    const { requested, issuer, testApp } = await openIssuer((url) => ({
      [DISCOVERY]: { body: { issuer: url, jwks_uri: url + path } },
      '/old': { body: { keys: [firstJwk] } }, // still served, with the old key only
      '/new': { body: { keys: [secondJwk] } },
    }));
    const get = async (key: typeof first) => {
      const header = { alg: 'RS256', kid: key.kid };
      const token = await new SignJWT(validClaims(issuer)).setProtectedHeader(header).sign(key.privateKey);
      return (await testApp.withToken(token).get('/loans')).status;
    };
    expect(await get(first)).toBe(200);
    path = '/new';
    testApp.advance(5000);
    expect(await get(second)).toBe(200);
    expect(requested).toEqual([DISCOVERY, '/old', DISCOVERY, '/new']);
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

describe('a key set with unusable keys', () => {
  const UNUSABLE: Readonly<Record<string, () => Promise<object>>> = {
    'an RSA key of 1,024 bits': async () => generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' }),
    'a private key': async () => exportJWK((await makeKey('private')).privateKey),
    'a key without its modulus': async () => ({ kty: 'RSA', e: 'AQAB' }),
    'a key that is not on its curve': async () => ({ kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) }),
    'a key of an unknown type': async () => ({ kty: 'XYZ' }),
    'a secret key': async () => ({ kty: 'oct', k: 'c2VjcmV0' }),
    'a key of an unknown curve': async () => ({ kty: 'EC', crv: 'secp256k1', x: 'A', y: 'A' }),
    'a value that is no object': async () => [],
  };

  it.each(Object.entries(UNUSABLE))('responds 401 to a token that names %s, and verifies with the good key', async (_, make) => {
    const { key: good } = provider.state;
    const goodJwk = { ...(await exportJWK(good.publicKey)), kid: good.kid };
    const bad = await make();
    const keys = [null, 'key', Array.isArray(bad) ? bad : { ...bad, kid: 'bad' }, goodJwk];
    const { requested, issuer, testApp } = await openIssuer((url) => ({
      [DISCOVERY]: { body: { issuer: url, jwks_uri: `${url}/jwks` } },
      '/jwks': { body: { keys } },
    }));
    const statusOf = async (token: string) => (await testApp.withToken(token).get('/loans')).status;
    const statuses: number[] = [];
    for (const header of [{ kid: 'bad' }, { kid: 'bad', alg: 'RS256' }, {}])
      statuses.push(await statusOf(await provider.sign(validClaims(issuer), header)));
    const elliptic = { alg: 'ES256', kid: 'bad' };
    const { privateKey } = await generateKeyPair('ES256');
    statuses.push(await statusOf(await new SignJWT(validClaims(issuer)).setProtectedHeader(elliptic).sign(privateKey)));
    expect(statuses).toEqual([401, 401, 200, 401]);
    expect(requested).toEqual([DISCOVERY, '/jwks']);
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
