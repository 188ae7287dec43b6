import type { IncomingMessage, ServerResponse } from 'node:http';
import { exportJWK } from 'jose';
import { Provider } from 'oidc-provider';
import { CookieJar } from '../cookie-jar.ts';
import { startHttpServer } from '../http-server.ts';
import { makeKey } from './identity-provider.ts';
import { memoryAdapter } from './memory-adapter.ts';

/* A certified OpenID Connect provider with a client for programs on the user's machine, and a browser that signs in at it. */

export const NATIVE_CLIENT = 'lending-cli';
/** Its tokens can't be renewed. */
export const CLIENT_WITHOUT_REFRESH = 'lending-cli-without-refresh';
/** For `startNativeClientProvider`. */
export const DEVICE_FLOW_FEATURE = {
  deviceFlow: {
    enabled: true,
    successSource(context: { body: string }) {
      context.body = 'Signed in.';
    },
  },
};
const USER = { sub: 'ana', email: 'ana@example.com', email_verified: true };
const INTERACTION = '/interaction/';
const DEVICE_FLOW = 'urn:ietf:params:oauth:grant-type:device_code';

export type NativeClientProvider = Awaited<ReturnType<typeof startNativeClientProvider>>;

/** Seconds between two requests of the device flow, in place of the usual five. */
const DEVICE_INTERVAL = 0.01;

/** @param features of the provider, such as `deviceFlow` */
export async function startNativeClientProvider(features: Readonly<Record<string, object>> = {}) {
  const state: { denies: boolean; readonly requested: string[] } = { denies: false, requested: [] };
  let provider: Provider | undefined;
  const { url: issuer, close } = await startHttpServer((request, response) => {
    state.requested.push(`${request.method} ${request.url?.split('?')[0]}`);
    if (!provider) request.socket.destroy();
    else if (request.url?.startsWith(INTERACTION)) void finishInteraction(provider, request, response, state.denies);
    else provider.callback()(request, response);
  });
  provider = await makeProvider(issuer, features);
  return { issuer, close, state, visit: (page: string | URL) => visit(new URL(page)) };
}

async function makeProvider(issuer: string, features: Readonly<Record<string, object>>): Promise<Provider> {
  const { kid, privateKey } = await makeKey('native');
  const client = { redirect_uris: ['http://127.0.0.1/callback'], application_type: 'native', token_endpoint_auth_method: 'none' };
  const deviceFlow = 'deviceFlow' in features ? [DEVICE_FLOW] : [];
  const artifacts = [
    'AccessToken',
    'AuthorizationCode',
    'DeviceCode',
    'Grant',
    'IdToken',
    'Interaction',
    'RefreshToken',
    'Session',
  ];
  const provider = new Provider(issuer, {
    clients: [
      { client_id: NATIVE_CLIENT, grant_types: ['authorization_code', 'refresh_token', ...deviceFlow], ...client },
      { client_id: CLIENT_WITHOUT_REFRESH, grant_types: ['authorization_code'], ...client },
    ],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid, alg: 'RS256', use: 'sig' }] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: false,
    adapter: memoryAdapter(),
    ttl: Object.fromEntries(artifacts.map((artifact) => [artifact, 3600])),
    cookies: { keys: ['a cookie key'] },
    features: { devInteractions: { enabled: false }, revocation: { enabled: true, allowedPolicy: () => true }, ...features },
    interactions: { url: (_context, { uid }) => INTERACTION + uid },
    findAccount: async (_context, id) => ({ accountId: id, claims: async () => USER }),
    async loadExistingGrant({
      oidc: {
        client: used,
        session,
        provider: { Grant },
      },
    }) {
      const grant = new Grant({ accountId: session.accountId, clientId: used.clientId });
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

/** Signs Ana in without a password, and consents to everything. */
async function finishInteraction(provider: Provider, request: IncomingMessage, response: ServerResponse, denies: boolean) {
  const { prompt } = await provider.interactionDetails(request, response);
  const result = prompt.name === 'login' ? { login: { accountId: USER.sub } } : { consent: {} };
  await provider.interactionFinished(request, response, denies ? { error: 'access_denied' } : result);
}

/** Goes through redirects and confirms forms, with cookies, as a browser does. @returns the page at the end */
async function visit(start: URL): Promise<string> {
  const cookies = new CookieJar();
  let form: URLSearchParams | undefined;
  for (let url = start; ; ) {
    const cookie = url.origin === start.origin ? cookies.header() : '';
    const init = form ? { method: 'POST', body: form } : {};
    const response = await fetch(url, { redirect: 'manual', headers: { Cookie: cookie }, ...init });
    cookies.update(response);
    const location = response.headers.get('Location');
    const page = await response.text();
    form = location === null ? formIn(page) : undefined;
    if (location !== null) url = new URL(location, url);
    else if (!form) return page;
  }
}

/** The form with which the user confirms the code of the device. */
function formIn(page: string): URLSearchParams | undefined {
  if (!/<form [^>]*action="[^"]*\/device"/.test(page)) return undefined;
  const inputs = [...page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  return new URLSearchParams([...inputs.map(([, name = '', value = '']): [string, string] => [name, value]), ['confirm', 'yes']]);
}
