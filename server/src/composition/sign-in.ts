import { createAuthenticator } from '../auth/authenticator.ts';
import { type LocalIssuer, openLocalIssuer } from '../auth/local-issuer.ts';
import { discoveredKeys } from '../auth/oidc-keys.ts';
import { Sessions } from '../auth/sessions/sessions.ts';
import { type Issuer, tokenVerifier } from '../auth/token-verifier.ts';
import type { Config } from '../config/config.ts';
import type { Authenticator } from '../execution/authenticate.ts';
import type { Store } from '../storage/store.ts';
import type { Core } from './core.ts';

/** How users sign in, by the configuration. */
export interface SignIn {
  readonly issuer: Issuer;
  /** Undefined if AUTH_ISSUER is set. */
  readonly localIssuer: LocalIssuer | undefined;
  readonly sessions: Sessions;
  readonly authenticate: Authenticator['authenticate'];
}

export async function openSignIn({ auth }: Config, { services, storeSecrets }: Core): Promise<SignIn> {
  const { store, clock } = services;
  const sessions = new Sessions(services, storeSecrets.keyRing('sessions'));
  const { issuer, localIssuer } = await openIssuer(auth, store, clock);
  const authenticate = createAuthenticator({ verifyToken: tokenVerifier(issuer, clock), sessions });
  return { issuer, localIssuer, sessions, authenticate };
}

async function openIssuer(
  auth: Config['auth'],
  store: Store,
  clock: () => number,
): Promise<{ issuer: Issuer; localIssuer: LocalIssuer | undefined }> {
  if (auth) return { issuer: { ...auth, ...discoveredKeys(auth.issuer, clock) }, localIssuer: undefined };
  const localIssuer = await openLocalIssuer(store, clock);
  return { issuer: localIssuer, localIssuer };
}
