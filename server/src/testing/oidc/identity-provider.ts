import type { IncomingMessage, ServerResponse } from 'node:http';
import { exportJWK, generateKeyPair, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import { type Claims, Provider } from 'oidc-provider';
import { CookieJar } from '../cookie-jar.ts';
import { startHttpServer } from '../http-server.ts';
import { memoryAdapter } from './memory-adapter.ts';

/*
 * A certified OpenID Connect provider in the test's process, and a browser that signs in at it. The signing key is the test's
 * own, so that it can also sign tokens that the provider never would.
 */

export const AUDIENCE = 'private-lending';
export const OTHER_AUDIENCE = 'another-program';
const CALLBACK = 'https://app.example.com/callback';
const CLIENT = {
  redirect_uris: [CALLBACK],
  response_types: ['id_token'],
  grant_types: ['implicit'],
  token_endpoint_auth_method: 'none',
};
/** Of the console: a public client, and one with a secret. Other users of the provider have their ID tokens from the implicit flow. */
export const CONSOLE_CLIENT = 'console';
export const SECRET_CLIENT = { id: 'console-with-secret', secret: 'the secret of the console, for the token endpoint' } as const;
const CONSOLE_URL = 'https://lending.example.com';
const CODE_FLOW = {
  redirect_uris: [`${CONSOLE_URL}/auth/callback`, `${CONSOLE_URL}/lending/auth/callback`],
  post_logout_redirect_uris: [`${CONSOLE_URL}/`],
  response_types: ['code'],
  grant_types: ['authorization_code'],
};
/** The subject of a user who denies to sign in. */
export const DENIES = 'denies';
const ALGORITHM = 'RS256';
const INTERACTION = '/interaction/';
const ARTIFACTS = ['AccessToken', 'AuthorizationCode', 'Grant', 'IdToken', 'Interaction', 'Session'];
const EXPIRES_IN_SECONDS = 3600;

type SigningKey = Awaited<ReturnType<typeof makeKey>>;

export type IdentityProvider = Awaited<ReturnType<typeof startIdentityProvider>>;

/** Making an RSA key takes long. Providers that follow each other, as those of one test do, have different keys. */
const firstKeys: [Promise<SigningKey>?, Promise<SigningKey>?] = [];
let startedProviders = 0;

function nextFirstKey(): Promise<SigningKey> {
  const index = startedProviders % 2 === 0 ? 0 : 1;
  startedProviders += 1;
  firstKeys[index] ??= makeKey('first');
  return firstKeys[index];
}

export async function startIdentityProvider() {
  const users = new Map<string, Claims>();
  const requested: string[] = [];
  const state: { readonly requested: readonly string[]; isDown: boolean; isSilent: boolean; key: SigningKey } = {
    requested,
    isDown: false,
    isSilent: false,
    key: await nextFirstKey(),
  };
  let provider: Provider | undefined;

  const { url: issuer, close } = await startHttpServer((request, response) => {
    requested.push(request.url ?? '');
    if (state.isSilent) return;
    if (state.isDown || !provider) request.socket.destroy();
    else if (request.url?.startsWith(INTERACTION)) void finishSignIn(provider, request, response);
    else provider.callback()(request, response);
  });
  provider = await makeProvider(issuer, state.key, users);

  return {
    issuer,
    close,
    /**
     * Paths `requested` so far; while `isDown`, every connection breaks, and while `isSilent`, no request gets a
     * response; `key` signs.
     */
    state,
    /** Replaces the signing key and the published one. */
    async rotateTo(kid: string): Promise<void> {
      state.key = await makeKey(kid);
      provider = await makeProvider(issuer, state.key, users);
    },
    /** Signs a user in at a client. @returns the ID token that the client gets */
    signIn(user: Claims, audience = AUDIENCE): Promise<string> {
      users.set(user.sub, user);
      return requestIdToken(issuer, user.sub, audience);
    },
    /**
     * Goes with a browser from the page to which it was sent, as a user with this subject, until the provider sends it back.
     * @returns where it is sent
     */
    visit(page: string | URL, user: Claims): Promise<URL> {
      users.set(user.sub, user);
      const start = new URL(page);
      start.searchParams.set('login_hint', user.sub);
      return browse(start);
    },
    /** Signs any claims and header with the provider's key. */
    sign(claims: JWTPayload, header: Partial<JWTHeaderParameters> = {}): Promise<string> {
      return new SignJWT(claims).setProtectedHeader({ alg: ALGORITHM, kid: state.key.kid, ...header }).sign(state.key.privateKey);
    },
  };
}

export async function makeKey(kid: string) {
  return { kid, ...(await generateKeyPair(ALGORITHM, { extractable: true })) };
}

async function makeProvider(issuer: string, { kid, privateKey }: SigningKey, users: ReadonlyMap<string, Claims>) {
  const jwk = { ...(await exportJWK(privateKey)), kid, alg: ALGORITHM, use: 'sig' };
  return new Provider(issuer, {
    clients: [
      ...[AUDIENCE, OTHER_AUDIENCE].map((client_id) => ({ client_id, ...CLIENT })),
      { client_id: CONSOLE_CLIENT, token_endpoint_auth_method: 'none', ...CODE_FLOW },
      { client_id: SECRET_CLIENT.id, client_secret: SECRET_CLIENT.secret, ...CODE_FLOW },
    ],
    jwks: { keys: [jwk] },
    claims: { openid: ['sub'], email: ['email', 'email_verified', 'contact', 'contact_checked'], profile: ['name'] },
    conformIdTokenClaims: false,
    adapter: memoryAdapter(),
    ttl: Object.fromEntries(ARTIFACTS.map((artifact) => [artifact, EXPIRES_IN_SECONDS])),
    cookies: { keys: ['a cookie key'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => INTERACTION + uid },
    async findAccount(_context, id) {
      const user = users.get(id);
      return user && { accountId: id, claims: async () => user };
    },
    /** Every user consents to everything. */
    async loadExistingGrant({ oidc: { client, session, provider } }) {
      const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  });
}

/** Signs the user of the login hint in without a password, unless they deny it. */
async function finishSignIn(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { params } = await provider.interactionDetails(request, response);
  const isDenied = params.login_hint === DENIES;
  const result = isDenied ? { error: 'access_denied' } : { login: { accountId: params.login_hint } };
  await provider.interactionFinished(request, response, result);
}

/** Goes through the implicit flow as a browser does. */
async function requestIdToken(issuer: string, subject: string, audience: string): Promise<string> {
  const query = new URLSearchParams({
    client_id: audience,
    response_type: 'id_token',
    redirect_uri: CALLBACK,
    scope: 'openid email profile',
    login_hint: subject,
    nonce: 'nonce',
  });
  const callback = await browse(new URL(`/auth?${query}`, issuer));
  return new URLSearchParams(callback.hash.slice(1)).get('id_token') ?? '';
}

/** Follows redirects with their cookies until they leave the provider. */
async function browse(start: URL): Promise<URL> {
  const cookies = new CookieJar();
  for (let url = start; ; ) {
    if (url.origin !== start.origin) return url;
    const response = await fetch(url, { redirect: 'manual', headers: { Cookie: cookies.header() } });
    cookies.update(response);
    const location = response.headers.get('Location');
    if (location === null) throw new Error(`${url.href} responded with ${response.status}: ${await response.text()}`);
    url = new URL(location, url);
  }
}
