import { exportJWK, exportSPKI, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestApp } from '../testing/app/test-app.ts';
import { LOAN } from '../testing/app/test-user.ts';
import {
  AUDIENCE,
  type IdentityProvider,
  makeKey,
  OTHER_AUDIENCE,
  startIdentityProvider,
} from '../testing/oidc/identity-provider.ts';
import { openOidcTestApp } from '../testing/oidc/oidc-users.ts';
import { discoveredKeys } from './oidc-keys.ts';
import { tokenVerifier } from './token-verifier.ts';

const ANA = { sub: 'ana', email: 'ana@example.com', email_verified: true, name: 'Ana' };
const HOUR_SECONDS = 3600;

let provider: IdentityProvider;
let other: IdentityProvider;
let testApp: TestApp;

beforeAll(async () => {
  [provider, other] = await Promise.all([startIdentityProvider(), startIdentityProvider()]);
});

afterAll(() => Promise.all([provider.close(), other.close()]));

beforeEach(async () => {
  testApp = await openOidcTestApp(provider);
});

afterEach(() => testApp.close());

/** The claims of a valid token, with changes. */
function claims(changes: JWTPayload = {}): JWTPayload {
  const { issuer: iss } = provider;
  return { iss, aud: AUDIENCE, iat: seconds(), exp: seconds() + HOUR_SECONDS, ...ANA, ...changes };
}

function seconds(): number {
  return Math.floor(testApp.now / 1000);
}

function without(name: string): JWTPayload {
  return Object.fromEntries(Object.entries(claims()).filter(([claim]) => claim !== name));
}

describe('ID tokens', () => {
  it('lets the user of an ID token post a loan and read it', async () => {
    const ana = testApp.withToken(await provider.signIn(ANA));
    const posted = await ana.post('/loans', LOAN);
    expect(posted.status).toBe(201);
    const read = await ana.get(posted.headers.get('Location') ?? '');
    expect(read.body.loan).toEqual(posted.body.loan);
  });

  it('takes the user’s address from the token, so that users can’t invite themselves', async () => {
    const ana = testApp.withToken(await provider.signIn({ ...ANA, email: ' Ana@EXAMPLE.com' }));
    const lenders = [{ email: 'ana@example.com', contribution_amount: 5 }];
    const { status, body } = await ana.post('/loans', { ...LOAN, lenders });
    expect(status).toBe(400);
    expect(body.details).toMatchObject([{ code: 'SELF_INVITATION' }]);
  });

  it('identifies the same user after another sign-in, even with another address', async () => {
    await testApp.withToken(await provider.signIn(ANA)).post('/loans', LOAN);
    const { body } = await testApp.withToken(await provider.signIn({ ...ANA, email: 'ana@other.example.com' })).get('/loans');
    expect(body.loans).toHaveLength(1);
  });

  it('accepts the scheme Bearer in any case, and no other scheme', async () => {
    const token = await provider.signIn(ANA);
    const statuses = ['bearer', 'BEARER', 'Basic', 'Bearer,'].map(async (scheme) => {
      const { status } = await testApp.get('/loans', { Authorization: `${scheme} ${token}` });
      return status;
    });
    expect(await Promise.all(statuses)).toEqual([200, 200, 401, 401]);
  });
});

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** A valid token whose signature has another spelling. */
async function withOtherSignature(spell: (signature: string) => string): Promise<string> {
  const token = await provider.signIn(ANA);
  const start = token.lastIndexOf('.') + 1;
  return token.slice(0, start) + spell(token.slice(start));
}

/** Tokens with one error each. */
const INVALID: Readonly<Record<string, () => Promise<string>>> = {
  'for another audience': () => provider.signIn(ANA, OTHER_AUDIENCE),
  'of another issuer': () => other.signIn(ANA),
  'that names another issuer': () => provider.sign(claims({ iss: other.issuer })),
  'of another issuer with the key id of ours': () => other.sign(claims(), { kid: provider.state.key.kid }),
  'without an issuer': () => provider.sign(without('iss')),
  'without an audience': () => provider.sign(without('aud')),
  'without an expiry': () => provider.sign(without('exp')),
  'without a subject': () => provider.sign(without('sub')),
  'with an empty subject': () => provider.sign(claims({ sub: '' })),
  'that expired longer ago than the tolerance': () => provider.sign(claims({ exp: seconds() - 30 })),
  'that is not valid yet by more than the tolerance': () => provider.sign(claims({ nbf: seconds() + 31 })),
  'that is not signed': async () => new UnsecuredJWT(claims()).encode(),
  'signed with the public key as a secret': async () => {
    const secret = new TextEncoder().encode(await exportSPKI(provider.state.key.publicKey));
    return new SignJWT(claims()).setProtectedHeader({ alg: 'HS256', kid: provider.state.key.kid }).sign(secret);
  },
  'with its own key in the header': async () => {
    const own = await makeKey(provider.state.key.kid);
    const jwk = await exportJWK(own.publicKey);
    return new SignJWT(claims()).setProtectedHeader({ alg: 'RS256', kid: own.kid, jwk }).sign(own.privateKey);
  },
  'with a changed payload': async () => {
    const [header, , signature] = (await provider.signIn(ANA)).split('.');
    return [header, Buffer.from(JSON.stringify(claims({ sub: 'ben' }))).toString('base64url'), signature].join('.');
  },
  'that is truncated': async () => (await provider.signIn(ANA)).slice(0, -1),
  'that is not a JWT': async () => 'nonsense',
  'with padding behind its signature': async () => `${await provider.signIn(ANA)}==`,
  'with padding behind its payload': async () => (await provider.signIn(ANA)).replace(/\.[^.]*$/, '=$&'),
  'with base64 instead of base64url': async () =>
    withOtherSignature((text) => text.replace(/[-_]/, (c) => (c === '-' ? '+' : '/'))),
  'with a space in its signature': async () => withOtherSignature((text) => `${text.slice(0, 9)} ${text.slice(9)}`),
  'with another spelling of its signature': async () =>
    withOtherSignature((text) => text.slice(0, -1) + BASE64URL[BASE64URL.indexOf(text.slice(-1)) + 1]),
  'with a fourth part': async () => `${await provider.signIn(ANA)}.`,
  ...Object.fromEntries(
    ['logout+jwt', 'dpop+jwt', 'secevent+jwt', 'application/logout+JWT', 'JWE', '', 5].map((typ) => [
      `of type ${typ || 'empty'}`,
      // Issuers may send anything, whatever the type of the parameter.
      () => provider.sign(claims(), { typ } as { typ: string }),
    ]),
  ),
  'for another client': async () => provider.sign(claims({ azp: OTHER_AUDIENCE })),
  'for a client that is no text': async () => provider.sign(claims({ azp: [AUDIENCE] })),
  'that is an access token of Cognito': async () => provider.sign(claims({ token_use: 'access' })),
  'that is a logout token without a type': async () =>
    provider.sign(claims({ events: { 'http://schemas.openid.net/event/backchannel-logout': {} } })),
  'that needs the proof of a key': async () => provider.sign(claims({ cnf: { jkt: 'thumbprint' } })),
  'that is too long': async () => provider.sign(claims({ more: 'x'.repeat(8192) })),
};

describe('token verification', () => {
  it.each(Object.entries(INVALID))('rejects a token %s', async (_, make) => {
    const { status, headers, body } = await testApp.withToken(await make()).get('/loans');
    expect(status).toBe(401);
    expect(headers.get('WWW-Authenticate')).toBe('Bearer');
    expect(body).toMatchObject({ error: 'UNAUTHORIZED', retryable: false });
  });

  it('accepts a token without these errors', async () => {
    expect((await testApp.withToken(await provider.sign(claims())).get('/loans')).status).toBe(200);
  });

  it.each<[string, JWTPayload, object]>([
    ['typed as a JWT', {}, { typ: 'JWT' }],
    ['typed as a JWT, by its media type', {}, { typ: 'application/jwt' }],
    ['that is an access token with our audience', {}, { typ: 'at+jwt' }],
    ['for our client', { azp: AUDIENCE }, {}],
    ['for our client and others', { azp: AUDIENCE, aud: [AUDIENCE, OTHER_AUDIENCE] }, {}],
    ['that is an ID token of Cognito', { token_use: 'id' }, {}],
  ])('accepts a token %s', async (_, changes, header) => {
    expect((await testApp.withToken(await provider.sign(claims(changes), header)).get('/loans')).status).toBe(200);
  });

  it('accepts tokens for each of several audiences', async () => {
    const several = await openOidcTestApp(provider, { audience: `${AUDIENCE}, ${OTHER_AUDIENCE}` });
    const statusOf = async (changes: JWTPayload) =>
      (await several.withToken(await provider.sign(claims(changes))).get('/loans')).status;
    expect(await statusOf({ azp: OTHER_AUDIENCE })).toBe(200);
    expect(await statusOf({ aud: OTHER_AUDIENCE })).toBe(200);
    expect(await statusOf({ aud: `${AUDIENCE}, ${OTHER_AUDIENCE}` })).toBe(401);
    await several.close();
  });

  it('tolerates clocks that differ by up to 30 seconds', async () => {
    const early = await testApp.withToken(await provider.sign(claims({ nbf: seconds() + 30 }))).get('/loans');
    const late = await testApp.withToken(await provider.sign(claims({ exp: seconds() - 29 }))).get('/loans');
    expect([early.status, late.status]).toEqual([200, 200]);
  });

  it('rejects a request without a token', async () => {
    const { status, headers } = await testApp.get('/loans');
    expect([status, headers.get('WWW-Authenticate')]).toEqual([401, 'Bearer']);
  });
});

describe('the user’s address', () => {
  it.each([
    ['that is missing', { sub: 'ana', email_verified: true }],
    ['without a verified claim', { sub: 'ana', email: ANA.email }],
    ['that is not verified', { ...ANA, email_verified: false }],
    ['that is not verified, as a string', { ...ANA, email_verified: 'false' }],
    ['with a verified claim that is not true', { ...ANA, email_verified: 1 }],
    ['that is malformed', { ...ANA, email: 'ana' }],
  ])('responds 403 to an e-mail address %s', async (_, user) => {
    const { status, body } = await testApp.withToken(await provider.signIn(user)).get('/loans');
    expect(status).toBe(403);
    expect(body).toMatchObject({ error: 'FORBIDDEN', retryable: false });
    expect(body.message).toContain('not verified');
  });

  it('accepts the string true as a verified claim', async () => {
    expect((await testApp.withToken(await provider.signIn({ ...ANA, email_verified: 'true' })).get('/loans')).status).toBe(200);
  });

  it('reads the e-mail address from the configured claims only', async () => {
    const renamed = await openOidcTestApp(provider, { claims: { emailClaim: 'contact', emailVerifiedClaim: 'contact_checked' } });
    const token = await provider.signIn({ sub: 'ana', contact: 'ana@work.example.com', contact_checked: true });
    const lenders = [{ email: 'ana@work.example.com', contribution_amount: 5 }];
    const { body } = await renamed.withToken(token).post('/loans', { ...LOAN, lenders });
    expect(body.details).toMatchObject([{ code: 'SELF_INVITATION' }]);
    expect((await renamed.withToken(await provider.signIn(ANA)).get('/loans')).status).toBe(403);
    await renamed.close();
  });
});

describe('the cache of verified tokens', () => {
  /** A verifier that counts how often it needs a key. */
  function openVerifier() {
    const { key: findKey } = discoveredKeys(provider.issuer, () => testApp.now);
    const lookups = { count: 0 };
    const key: typeof findKey = (header, token) => {
      lookups.count += 1;
      return findKey(header, token);
    };
    const issuer = { issuer: provider.issuer, audience: AUDIENCE, emailClaim: 'email', emailVerifiedClaim: 'email_verified', key };
    return { lookups, verify: tokenVerifier(issuer, () => testApp.now) };
  }

  it('caches a verified token for ten minutes', async () => {
    const { lookups, verify } = openVerifier();
    const token = await provider.sign(claims());
    const first = await verify(token);
    testApp.advance(599_999);
    expect(await verify(token)).toEqual(first);
    expect(lookups.count).toBe(1);
    testApp.advance(1);
    await verify(token);
    expect(lookups.count).toBe(2);
  });

  it('does not use the cache for a token that expired longer ago than the tolerance', async () => {
    const { lookups, verify } = openVerifier();
    const token = await provider.sign(claims({ exp: seconds() + 60 }));
    await verify(token);
    testApp.advance((60 + 29) * 1000);
    await verify(token);
    expect(lookups.count).toBe(1);
    testApp.advance(1000);
    await expect(verify(token)).rejects.toMatchObject({ code: 'UNAUTHORIZED', message: 'The token has expired. Sign in again.' });
  });

  it('caches tokens of different users separately', async () => {
    const { verify } = openVerifier();
    const [ana, ben] = [await provider.sign(claims()), await provider.sign(claims({ sub: 'ben', email: 'ben@example.com' }))];
    const [first, second] = [await verify(ana), await verify(ben)];
    expect([await verify(ana), await verify(ben)]).toEqual([first, second]);
    expect(second.userId).not.toBe(first.userId);
  });
});
