import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { unauthorized } from '../../domain/errors.ts';
import { startHttpServer } from '../../testing/http-server.ts';
import { logoutParameters, OidcClient } from './oidc-client.ts';
import { SignInError } from './sign-in-error.ts';

const CALLBACK = 'https://lending.example.com/auth/callback';
const SECRETS = { state: 'the-state', nonce: 'the-nonce', verifier: 'v'.repeat(43) };

/** What the issuer responds with, at discovery and at the token endpoint. */
let discovery: (response: ServerResponse) => void;
let token: (response: ServerResponse) => void;
let requested: string[];
let issuer: Awaited<ReturnType<typeof startHttpServer>>;

beforeAll(async () => {
  issuer = await startHttpServer((request, response) => {
    requested.push(request.url ?? '');
    request.resume();
    if (request.url?.startsWith('/.well-known/')) discovery(response);
    else token(response);
  });
});

afterAll(() => issuer.close());

beforeEach(() => {
  requested = [];
  discovery = json(200, metadata());
  token = json(200, tokens());
});

function metadata(changes: object = {}): object {
  const { url } = issuer;
  return {
    issuer: url,
    authorization_endpoint: `${url}/auth`,
    token_endpoint: `${url}/token`,
    jwks_uri: `${url}/jwks`,
    ...changes,
  };
}

/** An ID token that the library accepts: its signature is checked by the verifier. */
function tokens(claims: object = {}): object {
  const now = Math.floor(Date.now() / 1000);
  const payload = {
    iss: issuer.url,
    aud: 'console',
    sub: 'ana',
    iat: now,
    exp: now + 60,
    nonce: 'the-nonce',
    email: 'ana@example.com',
    ...claims,
  };
  const parts = [{ alg: 'RS256' }, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  return { access_token: 'access', token_type: 'bearer', id_token: [...parts, 'c2lnbmF0dXJl'].join('.') };
}

function json(status: number, body: object): (response: ServerResponse) => void {
  return (response) => void response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

function client(
  verifyIdToken: (token: string) => Promise<never> = () => Promise.reject(unauthorized('no')),
  clock = () => 0,
): OidcClient {
  return new OidcClient({ issuer: issuer.url, clientId: 'console', clientSecret: undefined, verifyIdToken, clock });
}

async function failureOf(finished: Promise<unknown>): Promise<string> {
  const error = await finished.catch((thrown: unknown) => thrown);
  return error instanceof SignInError ? error.failure : `no error of a sign-in: ${String(error)}`;
}

const finish = (parameters: object = {}, by = client()) =>
  by.finish(new URL(`${CALLBACK}?${new URLSearchParams({ code: 'the-code', state: 'the-state', ...parameters })}`), SECRETS);

describe('OidcClient.finish', () => {
  it.each([
    ['unavailable', 'an error of the server', (response: ServerResponse) => void response.writeHead(500).end()],
    ['unavailable', 'a connection that breaks', (response: ServerResponse) => void response.destroy()],
    ['rejected', 'a page', (response: ServerResponse) => void response.writeHead(200, { 'Content-Type': 'text/html' }).end('<p>')],
    ['rejected', 'a response of a megabyte', (response: ServerResponse) => json(200, { text: 'x'.repeat(1_000_000) })(response)],
    ['rejected', 'no ID token', (response: ServerResponse) => json(200, { access_token: 'a', token_type: 'bearer' })(response)],
    ['rejected', 'another nonce', (response: ServerResponse) => json(200, tokens({ nonce: 'other' }))(response)],
    ['rejected', 'another audience', (response: ServerResponse) => json(200, tokens({ aud: 'other' }))(response)],
    ['rejected', 'another issuer', (response: ServerResponse) => json(200, tokens({ iss: 'https://other.example.com' }))(response)],
    ['rejected', 'an ID token that has expired', (response: ServerResponse) => json(200, tokens({ exp: 1 }))(response)],
    ['rejected', 'an ID token that the verifier rejects', (response: ServerResponse) => json(200, tokens())(response)],
    ['expired', 'a code that is not valid', (response: ServerResponse) => json(400, { error: 'invalid_grant' })(response)],
    ['rejected', 'an unknown client', (response: ServerResponse) => json(401, { error: 'invalid_client' })(response)],
  ])('fails as %s for %s', async (failure, _, respond) => {
    token = respond;
    expect(await failureOf(finish())).toBe(failure);
  });

  it.each([
    ['denied', { error: 'access_denied' }],
    ['rejected', { error: 'server_error' }],
    ['rejected', { state: 'other' }],
    ['rejected', { iss: 'https://other.example.com' }],
  ])('fails as %s for the parameters %j, and redeems no code', async (failure, parameters) => {
    expect(await failureOf(finish(parameters))).toBe(failure);
    expect(requested).toEqual(['/.well-known/openid-configuration']);
  });

  it('passes only a token that it has got on to the verifier', async () => {
    const verified: string[] = [];
    const rejecting = client(async (idToken) => {
      verified.push(idToken);
      throw unauthorized('no');
    });
    await failureOf(finish({}, rejecting));
    expect(verified).toEqual([expect.stringMatching(/\.c2lnbmF0dXJl$/)]);
  });

  it('has nothing in its errors of what the issuer has sent', async () => {
    token = json(200, tokens({ nonce: 'other' }));
    const error = await finish().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SignInError);
    const { cause } = error instanceof Error ? error : { cause: undefined };
    expect(Object.keys(Object(cause))).toEqual([]);
    expect(Object(cause).cause).toBeUndefined();
    expect(String(cause)).not.toContain('ana@example.com');
  });
});

describe('OidcClient.begin', () => {
  it.each([
    ['another issuer', () => json(200, metadata({ issuer: 'https://other.example.com' }))],
    ['a page that is not found', () => json(404, {})],
    ['a redirect', () => (response: ServerResponse) => void response.writeHead(302, { Location: '/other' }).end()],
    ['a document of a megabyte', () => json(200, metadata({ text: 'x'.repeat(1_000_000) }))],
  ])('fails as unavailable where discovery has %s', async (_, respond) => {
    discovery = respond();
    expect(await failureOf(client().begin(CALLBACK))).toBe('unavailable');
  });

  it('fails as rejected where the metadata has no valid endpoint', async () => {
    discovery = json(200, metadata({ authorization_endpoint: 7 }));
    expect(await failureOf(client().begin(CALLBACK))).toBe('rejected');
  });

  it('reads the metadata once for all who wait, and again a second after an error, as anyone can begin', async () => {
    let now = 0;
    const oidc = client(undefined, () => now);
    discovery = json(500, {});
    for (const time of [0, 500, 999]) {
      now = time;
      expect(await failureOf(oidc.begin(CALLBACK))).toBe('unavailable');
    }
    expect(requested).toHaveLength(1);
    discovery = json(200, metadata());
    now = 1000;
    await Promise.all([oidc.begin(CALLBACK), oidc.begin(CALLBACK)]);
    await oidc.begin(CALLBACK);
    expect(requested).toHaveLength(2);
  });

  it('makes other secrets each time', async () => {
    const oidc = client();
    const [first, second] = [await oidc.begin(CALLBACK), await oidc.begin(CALLBACK)];
    for (const name of ['state', 'nonce', 'verifier'] as const) expect(first[name]).not.toBe(second[name]);
  });
});

describe('OidcClient.logoutUrl', () => {
  it('is null where the issuer has no page for it', async () => {
    expect(await client().logoutUrl('https://lending.example.com/')).toBeNull();
  });

  it('names the page to return to as the specification does, and for Cognito as Cognito does', () => {
    const page = 'https://lending.example.com/';
    expect(logoutParameters('https://login.example.com/pool', page)).toEqual({ post_logout_redirect_uri: page });
    expect(logoutParameters('https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Ab1', page)).toEqual({ logout_uri: page });
  });
});
