import { type Answer, openTestApp, type TestApp, type TestAppOptions } from '../app/test-app.ts';
import { AUDIENCE, type IdentityProvider } from './identity-provider.ts';

/** A lab that takes the ID tokens of an issuer, at the hour of day at which the issuer makes them. */
export async function openLabFor(
  { issuer }: Pick<IdentityProvider, 'issuer'>,
  {
    claims = {},
    ...options
  }: TestAppOptions & { readonly claims?: { readonly emailClaim?: string; readonly emailVerifiedClaim?: string } } = {},
): Promise<TestApp> {
  const auth = { issuer, audience: AUDIENCE, emailClaim: 'email', emailVerifiedClaim: 'email_verified', ...claims };
  const testApp = await openTestApp({ ...options, config: { ...options.config, auth } });
  testApp.advance(Date.now() - testApp.now);
  return testApp;
}

/** Asks for something that every signed-in user may have. */
export function askWith(testApp: TestApp, token: string): Promise<Answer> {
  return testApp.send('GET', '/loans', { headers: bearer(token) });
}

export function bearer(token: string): { Authorization: string } {
  return { Authorization: `Bearer ${token}` };
}

/** A user of the issuer under an address: the same `sub` with another is the same user, who has changed it. */
export async function userAt(testApp: TestApp, provider: IdentityProvider, sub: string, email: string) {
  const iat = Math.floor(testApp.now / 1000);
  const claims = { iss: provider.issuer, aud: AUDIENCE, iat, exp: iat + 3600, sub, email, email_verified: true };
  const token = await provider.sign(claims);
  const headers = bearer(token);
  return {
    token,
    get: (path: string) => testApp.send('GET', path, { headers }),
    post: (path: string, body?: unknown, more: Readonly<Record<string, string>> = {}) =>
      testApp.send('POST', path, { headers: { ...headers, ...more }, ...(body !== undefined && { body }) }),
    delete: (path: string) => testApp.send('DELETE', path, { headers }),
  };
}
