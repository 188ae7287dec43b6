import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import { type Adapter, type Artifact, type Claims, Provider } from 'oidc-provider';
import * as z from 'zod';

/*
 * A certified OpenID Connect provider that runs in the test, and the browser with which somebody signs in at it. Only
 * the key is ours, so that a test can also have tokens signed which no sound provider would make.
 */

export const AUDIENCE = 'private-lending';
export const OTHER_AUDIENCE = 'another-program';
const CALLBACK = 'https://app.example.com/callback';
const ALGORITHM = 'RS256';
const INTERACTION = '/interaction/';
const ARTIFACTS = ['AccessToken', 'AuthorizationCode', 'Grant', 'IdToken', 'Interaction', 'Session'];
const EXPIRES_IN_SECONDS = 3600;

export interface SigningKey {
  readonly kid: string;
  readonly publicKey: CryptoKey;
  readonly privateKey: CryptoKey;
}

export type IdentityProvider = Awaited<ReturnType<typeof startIdentityProvider>>;

/** Serves on a free port of this machine. */
export async function serveLocally(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a server that listens on TCP has one
  return { url: `http://127.0.0.1:${port}`, close: () => closed(server) };
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

export async function startIdentityProvider() {
  const people = new Map<string, Claims>();
  const context: string[] = [];
  let key = await makeKey('first');
  let isDown = false;
  let provider: Provider | undefined;

  const server = await serveLocally((request, response) => {
    context.push(request.url ?? '');
    if (isDown || !provider) request.socket.destroy();
    else if (request.url?.startsWith(INTERACTION)) void finishSignIn(provider, request, response);
    else provider.callback()(request, response);
  });
  const issuer = server.url;
  provider = await makeProvider(issuer, key, people);

  return {
    issuer,
    get key(): SigningKey {
      return key;
    },
    /** The paths that were asked for. */
    context,
    /** How often its keys were fetched. */
    get keysFetched(): number {
      return context.filter((path) => path === '/jwks').length;
    },
    /** Every connection breaks from now on. */
    goDown(): void {
      isDown = true;
    },
    comeUp(): void {
      isDown = false;
    },
    /** Signs with a new key from now on, and publishes no other. */
    async rotateTo(kid: string): Promise<void> {
      key = await makeKey(kid);
      provider = await makeProvider(issuer, key, people);
    },
    /** Has somebody sign in at a program, and gives the ID token that it gets. */
    signIn(person: Claims, audience = AUDIENCE): Promise<string> {
      people.set(person.sub, person);
      return idToken(issuer, person.sub, audience);
    },
    /** A token with the provider's own signature over whatever claims and header. */
    sign(claims: JWTPayload, header: Partial<JWTHeaderParameters> = {}): Promise<string> {
      return new SignJWT(claims).setProtectedHeader({ alg: ALGORITHM, kid: key.kid, ...header }).sign(key.privateKey);
    },
    close: () => server.close(),
  };
}

export async function makeKey(kid: string): Promise<SigningKey> {
  return { kid, ...(await generateKeyPair(ALGORITHM, { extractable: true })) };
}

async function makeProvider(issuer: string, { kid, privateKey }: SigningKey, people: ReadonlyMap<string, Claims>) {
  const jwk = { ...(await exportJWK(privateKey)), kid, alg: ALGORITHM, use: 'sig' };
  return new Provider(issuer, {
    clients: [AUDIENCE, OTHER_AUDIENCE].map((client_id) => ({ client_id, client_secret: 'secret', redirect_uris: [CALLBACK] })),
    jwks: { keys: [jwk] },
    claims: { openid: ['sub'], email: ['email', 'email_verified', 'contact', 'contact_checked'], profile: ['name'] },
    conformIdTokenClaims: false,
    adapter: adapterOn(new Map()),
    ttl: Object.fromEntries(ARTIFACTS.map((artifact) => [artifact, EXPIRES_IN_SECONDS])),
    cookies: { keys: ['a key of this test'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => INTERACTION + uid },
    async findAccount(_context, id) {
      const person = people.get(id);
      return person && { accountId: id, claims: async () => person };
    },
    /** Everybody consents to everything. */
    async loadExistingGrant({ oidc: { client, session, provider } }) {
      const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  });
}

/** Where the provider keeps what it must remember between two requests. */
function adapterOn(kept: Map<string, Artifact>) {
  return (kind: string): Adapter => ({
    upsert: async (id, artifact) => void kept.set(`${kind} ${id}`, artifact),
    find: async (id) => kept.get(`${kind} ${id}`),
    findByUid: async (uid) => [...kept.values()].find((artifact) => artifact.uid === uid),
    consume: async (id) => void kept.delete(`${kind} ${id}`),
    destroy: async (id) => void kept.delete(`${kind} ${id}`),
  });
}

/** Whoever is hinted at is signed in without a password. */
async function finishSignIn(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { params } = await provider.interactionDetails(request, response);
  await provider.interactionFinished(request, response, { login: { accountId: params.login_hint } });
}

/** The authorization code flow, as a browser and the program behind the callback go through it. */
async function idToken(issuer: string, subject: string, audience: string): Promise<string> {
  const query = new URLSearchParams({
    ...{ client_id: audience, response_type: 'code', redirect_uri: CALLBACK },
    ...{ scope: 'openid email profile', login_hint: subject },
  });
  const callback = await browse(new URL(`/auth?${query}`, issuer));
  const body = new URLSearchParams({
    ...{ grant_type: 'authorization_code', redirect_uri: CALLBACK },
    code: callback.searchParams.get('code') ?? '',
  });
  const authorization = `Basic ${Buffer.from(`${audience}:secret`).toString('base64')}`;
  const answer = await fetch(new URL('/token', issuer), { method: 'POST', body, headers: { Authorization: authorization } });
  return z.object({ id_token: z.string() }).parse(await answer.json()).id_token;
}

/** Follows redirects with their cookies until they leave the provider. */
async function browse(start: URL): Promise<URL> {
  const cookies = new Map<string, string>();
  for (let url = start; ; ) {
    if (url.origin !== start.origin) return url;
    const cookie = [...cookies].map((pair) => pair.join('=')).join('; ');
    const answer = await fetch(url, { redirect: 'manual', headers: { Cookie: cookie } });
    for (const set of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      cookies.set(name, value);
    }
    const location = answer.headers.get('Location');
    if (location === null) throw new Error(`${url.href} answered ${answer.status}: ${await answer.text()}`);
    url = new URL(location, url);
  }
}
