import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createApp } from '../composition/app.ts';
import { readConfig } from '../config/config.ts';
import { openSqlite } from '../storage/sqlite/sqlite-store.ts';
import { embeddedMetrics } from '../telemetry/emf.ts';
import { makeLog } from '../telemetry/log.ts';
import { eventOf, type HttpRequestInit, INVOCATION, responseOf } from '../testing/aws/http-api-events.ts';
import { AUDIENCE, CONSOLE_CLIENT, type IdentityProvider, startIdentityProvider } from '../testing/oidc/identity-provider.ts';
import { lambdaApi } from './api-handler.ts';

const ANA = { sub: 'ana', email: 'ana@example.com', email_verified: true };
const FEED_URL = 'wss://feed.execute-api.us-east-1.amazonaws.com/feed';

let provider: IdentityProvider;

beforeAll(async () => {
  provider = await startIdentityProvider();
});

afterAll(() => provider.close());

/** The cookie of that name that a result sets, as a browser sends it back. */
function cookieOf({ cookies = [] }: APIGatewayProxyStructuredResultV2, name: string): string[] {
  return cookies.flatMap((text) => (text.startsWith(`${name}=`) ? [text.split(';')[0] ?? ''] : []));
}

it('signs a browser in at the issuer through API Gateway, which passes cookies separately', async () => {
  const store = openSqlite(':memory:');
  const log = makeLog({ write: () => {} });
  const metrics = embeddedMetrics(Date.now);
  const issuer = { AUTH_ISSUER: provider.issuer, AUTH_AUDIENCE: AUDIENCE, AUTH_CLIENT_ID: CONSOLE_CLIENT };
  const config = readConfig({ ...issuer, PUBLIC_URL: 'https://lending.example.com', FEED_URL });
  const open = () => createApp({ config, store, log, metrics });
  const { handler } = lambdaApi({ open, log, metrics, xRayHeader: () => undefined });
  const send = (method: string, target: string, init: HttpRequestInit = {}) => handler(eventOf(method, target, init), INVOCATION);

  const login = await send('GET', '/auth/login?return_to=/app/loans/new');
  const callback = await provider.visit(String(login.headers?.['location']), ANA);
  const cookies = ['theme=dark', ...cookieOf(login, '__Host-lending-sign-in')];
  const finished = await send('GET', `${callback.pathname}${callback.search}`, { cookies });
  expect([finished.statusCode, finished.headers?.['location']]).toEqual([302, '/app/loans/new']);
  expect(finished.headers).not.toHaveProperty('set-cookie');

  const session = cookieOf(finished, '__Host-lending-session');
  const headers = { 'X-Lending-Console': '1', 'Sec-Fetch-Site': 'same-origin' };
  const me = responseOf(await send('GET', '/auth/me', { cookies: session, headers }));
  expect(me.body).toMatchObject({ sign_in: 'oidc', user: { email: 'ana@example.com' }, feed_url: FEED_URL });
  expect((await send('GET', '/loans', { cookies: session, headers })).statusCode).toBe(200);
  expect((await send('GET', '/loans', { cookies: session })).statusCode).toBe(401);
  await store.close();
});
