import { exportJWK, exportSPKI, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LOAN, type TestApp } from '../testing/app/test-app.ts';
import {
  AUDIENCE,
  type IdentityProvider,
  makeKey,
  OTHER_AUDIENCE,
  startIdentityProvider,
} from '../testing/oidc/identity-provider.ts';
import { askWith, bearer, openLabFor } from '../testing/oidc/oidc-users.ts';
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
  testApp = await openLabFor(provider);
});

afterEach(() => testApp.close());

/** What a sound token says now, but for the changes. */
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

describe('an ID token of the issuer', () => {
  it('lets its user post a loan and find it again', async () => {
    const headers = bearer(await provider.signIn(ANA));
    const posted = await testApp.send('POST', '/loans', { headers, body: LOAN });
    expect(posted.status).toBe(201);
    const read = await testApp.send('GET', posted.headers.get('Location') ?? '', { headers });
    expect(read.body.loan).toEqual(posted.body.loan);
  });

  it('proves the address, so that its owner can’t invite themselves', async () => {
    const headers = bearer(await provider.signIn({ ...ANA, email: ' Ana@EXAMPLE.com' }));
    const body = { ...LOAN, lenders: [{ email: 'ana@example.com', contribution_amount: 5 }] };
    const { status, body: problem } = await testApp.send('POST', '/loans', { headers, body });
    expect(status).toBe(400);
    expect(problem.details).toMatchObject([{ code: 'SELF_INVITATION' }]);
  });

  it('is taken for the same user again after signing in anew, also under another address', async () => {
    const first = bearer(await provider.signIn(ANA));
    await testApp.send('POST', '/loans', { headers: first, body: LOAN });
    const { body } = await askWith(testApp, await provider.signIn({ ...ANA, email: 'ana@other.example.com' }));
    expect(body.loans).toHaveLength(1);
  });

  it('is taken with its scheme in any case, and only as a bearer token', async () => {
    const token = await provider.signIn(ANA);
    const statuses = ['bearer', 'BEARER', 'Basic', 'Bearer,'].map(async (scheme) => {
      const { status } = await testApp.send('GET', '/loans', { headers: { Authorization: `${scheme} ${token}` } });
      return status;
    });
    expect(await Promise.all(statuses)).toEqual([200, 200, 401, 401]);
  });
});

/** Each says what one thing is wrong with the token. */
const REFUSED: Readonly<Record<string, () => Promise<string>>> = {
  'made for another program': () => provider.signIn(ANA, OTHER_AUDIENCE),
  'made by another issuer': () => other.signIn(ANA),
  'that names another issuer': () => provider.sign(claims({ iss: other.issuer })),
  'of another issuer in the name of ours': () => other.sign(claims(), { kid: provider.key.kid }),
  'without an issuer': () => provider.sign(without('iss')),
  'without an audience': () => provider.sign(without('aud')),
  'without an expiry': () => provider.sign(without('exp')),
  'without a subject': () => provider.sign(without('sub')),
  'with an empty subject': () => provider.sign(claims({ sub: '' })),
  'whose leeway after its expiry is over': () => provider.sign(claims({ exp: seconds() - 30 })),
  'that is not valid yet, even with the leeway': () => provider.sign(claims({ nbf: seconds() + 31 })),
  'that is not signed': async () => new UnsecuredJWT(claims()).encode(),
  'signed with the public key as a secret': async () => {
    const secret = new TextEncoder().encode(await exportSPKI(provider.key.publicKey));
    return new SignJWT(claims()).setProtectedHeader({ alg: 'HS256', kid: provider.key.kid }).sign(secret);
  },
  'that brings its own key along': async () => {
    const own = await makeKey(provider.key.kid);
    const jwk = await exportJWK(own.publicKey);
    return new SignJWT(claims()).setProtectedHeader({ alg: 'RS256', kid: own.kid, jwk }).sign(own.privateKey);
  },
  'whose payload was changed': async () => {
    const [header, , signature] = (await provider.signIn(ANA)).split('.');
    return [header, Buffer.from(JSON.stringify(claims({ sub: 'ben' }))).toString('base64url'), signature].join('.');
  },
  'that was cut off': async () => (await provider.signIn(ANA)).slice(0, -1),
  'that is no token': async () => 'nonsense',
  'that is longer than any token': async () => provider.sign(claims({ more: 'x'.repeat(8192) })),
};

describe('a token is refused', () => {
  it.each(Object.entries(REFUSED))('%s', async (_, make) => {
    const { status, headers, body } = await askWith(testApp, await make());
    expect(status).toBe(401);
    expect(headers.get('WWW-Authenticate')).toBe('Bearer');
    expect(body).toMatchObject({ error: 'UNAUTHORIZED', retryable: false });
  });

  it('for these reasons alone: with sound claims it is taken', async () => {
    expect((await askWith(testApp, await provider.sign(claims()))).status).toBe(200);
  });

  it('never where a client’s clock is off by no more than the leeway', async () => {
    const early = await askWith(testApp, await provider.sign(claims({ nbf: seconds() + 30 })));
    const late = await askWith(testApp, await provider.sign(claims({ exp: seconds() - 29 })));
    expect([early.status, late.status]).toEqual([200, 200]);
  });

  it('where there is none', async () => {
    const { status, headers } = await testApp.send('GET', '/loans');
    expect([status, headers.get('WWW-Authenticate')]).toEqual([401, 'Bearer']);
  });
});

describe('an address', () => {
  it.each([
    ['is missing', { sub: 'ana', email_verified: true }],
    ['is not said to be verified', { sub: 'ana', email: ANA.email }],
    ['is not verified', { ...ANA, email_verified: false }],
    ['is not verified, written as text', { ...ANA, email_verified: 'false' }],
    ['is verified with something else than true', { ...ANA, email_verified: 1 }],
    ['is no address', { ...ANA, email: 'ana' }],
  ])('that %s makes its user a stranger: 403', async (_, person) => {
    const { status, body } = await askWith(testApp, await provider.signIn(person));
    expect(status).toBe(403);
    expect(body).toMatchObject({ error: 'FORBIDDEN', retryable: false });
    expect(body.message).toContain('not verified');
  });

  it('counts as verified where the issuer writes true as text', async () => {
    expect((await askWith(testApp, await provider.signIn({ ...ANA, email_verified: 'true' }))).status).toBe(200);
  });

  it('is read from the claims that are set, and from no others', async () => {
    const renamed = await openLabFor(provider, { claims: { emailClaim: 'contact', emailVerifiedClaim: 'contact_checked' } });
    const headers = bearer(await provider.signIn({ sub: 'ana', contact: 'ana@work.example.com', contact_checked: true }));
    const invited = { email: 'ana@work.example.com', contribution_amount: 5 };
    const { body } = await renamed.send('POST', '/loans', { headers, body: { ...LOAN, lenders: [invited] } });
    expect(body.details).toMatchObject([{ code: 'SELF_INVITATION' }]);
    expect((await askWith(renamed, await provider.signIn(ANA))).status).toBe(403);
    await renamed.close();
  });
});

describe('a token that was verified', () => {
  /** A verifier of its own, with the number of times that it looked for a key. */
  function openVerifier() {
    const find = discoveredKeys(provider.issuer);
    const looked = { times: 0 };
    const key: typeof find = (header, token) => {
      looked.times += 1;
      return find(header, token);
    };
    const issuer = { issuer: provider.issuer, audience: AUDIENCE, emailClaim: 'email', emailVerifiedClaim: 'email_verified', key };
    return { looked, verify: tokenVerifier(issuer, () => testApp.now) };
  }

  it('is not verified again while it is fresh', async () => {
    const { looked, verify } = openVerifier();
    const token = await provider.sign(claims());
    const first = await verify(token);
    testApp.advance(599_999);
    expect(await verify(token)).toEqual(first);
    expect(looked.times).toBe(1);
    testApp.advance(1);
    await verify(token);
    expect(looked.times).toBe(2);
  });

  it('is not taken beyond its expiry and leeway', async () => {
    const { looked, verify } = openVerifier();
    const token = await provider.sign(claims({ exp: seconds() + 60 }));
    await verify(token);
    testApp.advance((60 + 29) * 1000);
    await verify(token);
    expect(looked.times).toBe(1);
    testApp.advance(1000);
    await expect(verify(token)).rejects.toMatchObject({ code: 'UNAUTHORIZED', message: 'The token has expired. Sign in anew.' });
  });

  it('is told from every other', async () => {
    const { verify } = openVerifier();
    const [ana, ben] = [await provider.sign(claims()), await provider.sign(claims({ sub: 'ben', email: 'ben@example.com' }))];
    const [first, second] = [await verify(ana), await verify(ben)];
    expect([await verify(ana), await verify(ben)]).toEqual([first, second]);
    expect(second.userId).not.toBe(first.userId);
  });
});
