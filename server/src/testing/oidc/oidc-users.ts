import { openTestApp, type TestApp, type TestAppOptions } from '../app/test-app.ts';
import { AUDIENCE, type IdentityProvider } from './identity-provider.ts';

interface OidcOptions extends TestAppOptions {
  readonly audience?: string;
  /** With which users of the console sign in. */
  readonly client?: { readonly clientId?: string; readonly clientSecret?: string };
  readonly claims?: { readonly emailClaim?: string; readonly emailVerifiedClaim?: string; readonly operatorClaim?: string };
}

/** A test app that accepts the ID tokens of an issuer, with its clock at the current time, as the issuer's is. */
export async function openOidcTestApp(
  { issuer }: Pick<IdentityProvider, 'issuer'>,
  { audience = AUDIENCE, claims, client, ...options }: OidcOptions = {},
): Promise<TestApp> {
  const names = { emailClaim: 'email', emailVerifiedClaim: 'email_verified', operatorClaim: 'roles', ...claims };
  const signIn = { kind: 'oidc', issuer, audience, ...names, ...client } as const;
  const testApp = await openTestApp({ ...options, config: { ...options.config, signIn } });
  testApp.advance(Date.now() - testApp.now);
  return testApp;
}

/** A client with the token of a user: the same `sub` with another address is the same user. */
export async function userAt(testApp: TestApp, provider: IdentityProvider, sub: string, email: string) {
  const iat = Math.floor(testApp.now / 1000);
  const claims = { iss: provider.issuer, aud: AUDIENCE, iat, exp: iat + 3600, sub, email, email_verified: true };
  return testApp.withToken(await provider.sign(claims));
}
