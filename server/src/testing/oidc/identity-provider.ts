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
/** Of programs on the user's machine. Tokens of the second one can't be renewed. */
export const NATIVE_CLIENT = 'lending-cli';
export const CLIENT_WITHOUT_REFRESH = 'lending-cli-without-refresh';
const NATIVE = {
  redirect_uris: ['http://127.0.0.1/callback'],
  application_type: 'native',
  token_endpoint_auth_method: 'none',
};
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const DEVICE_FLOW = {
  enabled: true,
  successSource(context: { body: string }) {
    context.body = 'Signed in.';
  },
};
/** Seconds between two requests of the device flow, in place of the usual five. */
const DEVICE_INTERVAL = 0.01;
/** The subject of a user who denies to sign in. */
export const DENIES = 'denies';
const ANA: Claims = { sub: 'ana', email: 'ana@example.com', email_verified: true };
const ALGORITHM = 'RS256';
const INTERACTION = '/interaction/';
const ARTIFACTS = ['AccessToken', 'AuthorizationCode', 'DeviceCode', 'Grant', 'IdToken', 'Interaction', 'RefreshToken', 'Session'];
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

export async function startIdentityProvider({ hasDeviceFlow = false } = {}) {
  const users = new Map([[ANA.sub, ANA]]);
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
    else if (request.url?.startsWith(INTERACTION)) void finishInteraction(provider, request, response);
    else provider.callback()(request, response);
  });
  const replaceProvider = async () => {
    provider = await makeProvider(issuer, state.key, { users, hasDeviceFlow });
  };
  await replaceProvider();

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
      await replaceProvider();
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
      return leave(withHint(page, user));
    },
    /** The same, to the page at the end. It also confirms the code of a device. @returns the text of the page */
    async open(page: string | URL, user: Claims = ANA): Promise<string> {
      users.set(user.sub, user);
      const { url, text } = await browse(withHint(page, user));
      return url.origin === issuer ? text : (await fetch(url)).text();
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

interface ProviderOptions {
  readonly users: ReadonlyMap<string, Claims>;
  readonly hasDeviceFlow: boolean;
}

async function makeProvider(issuer: string, { kid, privateKey }: SigningKey, { users, hasDeviceFlow }: ProviderOptions) {
  const jwk = { ...(await exportJWK(privateKey)), kid, alg: ALGORITHM, use: 'sig' };
  const nativeGrants = ['authorization_code', 'refresh_token', ...(hasDeviceFlow ? [DEVICE_GRANT] : [])];
  const provider = new Provider(issuer, {
    clients: [
      ...[AUDIENCE, OTHER_AUDIENCE].map((client_id) => ({ client_id, ...CLIENT })),
      { client_id: CONSOLE_CLIENT, token_endpoint_auth_method: 'none', ...CODE_FLOW },
      { client_id: SECRET_CLIENT.id, client_secret: SECRET_CLIENT.secret, ...CODE_FLOW },
      { client_id: NATIVE_CLIENT, grant_types: nativeGrants, ...NATIVE },
      { client_id: CLIENT_WITHOUT_REFRESH, grant_types: ['authorization_code'], ...NATIVE },
    ],
    jwks: { keys: [jwk] },
    claims: { openid: ['sub'], email: ['email', 'email_verified', 'contact', 'contact_checked'], profile: ['name', 'roles'] },
    conformIdTokenClaims: false,
    adapter: memoryAdapter(),
    ttl: Object.fromEntries(ARTIFACTS.map((artifact) => [artifact, EXPIRES_IN_SECONDS])),
    cookies: { keys: ['a cookie key'] },
    features: {
      devInteractions: { enabled: false },
      revocation: { enabled: true, allowedPolicy: () => true },
      ...(hasDeviceFlow && { deviceFlow: DEVICE_FLOW }),
    },
    interactions: { url: (_context, { uid }) => INTERACTION + uid },
    async findAccount(_context, id) {
      const user = users.get(id);
      return user && { accountId: id, claims: async () => user };
    },
    /** Every user consents to everything. */
    async loadExistingGrant({ oidc: { client, session, provider } }) {
      const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
      grant.addOIDCScope('openid email profile offline_access');
      await grant.save();
      return grant;
    },
  });
  provider.use(async (context, next) => {
    await next();
    if (context.path === '/device/auth') Object.assign(Object(context.body), { interval: DEVICE_INTERVAL });
  });
  return provider;
}

/** Signs the user of the login hint in without a password, or Ana, unless they deny it. */
async function finishInteraction(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { params, prompt } = await provider.interactionDetails(request, response);
  const { login_hint: subject = ANA.sub } = params;
  const result = prompt.name === 'login' ? { login: { accountId: subject } } : { consent: {} };
  await provider.interactionFinished(request, response, subject === DENIES ? { error: 'access_denied' } : result);
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
  const callback = await leave(new URL(`/auth?${query}`, issuer));
  return new URLSearchParams(callback.hash.slice(1)).get('id_token') ?? '';
}

function withHint(page: string | URL, { sub }: Claims): URL {
  const url = new URL(page);
  url.searchParams.set('login_hint', sub);
  return url;
}

/** @returns where the provider sends the browser back */
async function leave(start: URL): Promise<URL> {
  const { url, text } = await browse(start);
  if (url.origin === start.origin) throw new Error(`${url.href} is not a redirect: ${text}`);
  return url;
}

/** Follows redirects and confirms forms, with cookies, until they leave the provider or end. @returns where, and the last page */
async function browse(start: URL): Promise<{ readonly url: URL; readonly text: string }> {
  const cookies = new CookieJar();
  let [url, text] = [start, ''];
  let form: URLSearchParams | undefined;
  do {
    const post = form && { method: 'POST', body: form };
    const response = await fetch(url, { redirect: 'manual', headers: { Cookie: cookies.header() }, ...post });
    cookies.update(response);
    text = await response.text();
    const location = response.headers.get('Location');
    form = location === null ? confirmationIn(text) : undefined;
    if (location === null && !form) break;
    url = new URL(location ?? url, url);
  } while (url.origin === start.origin);
  return { url, text };
}

/** The form with which a user confirms the code of a device. */
function confirmationIn(page: string): URLSearchParams | undefined {
  if (!/<form [^>]*action="[^"]*\/device"/.test(page)) return undefined;
  const inputs = [...page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  return new URLSearchParams([...inputs.map(([, name = '', value = '']): [string, string] => [name, value]), ['confirm', 'yes']]);
}
