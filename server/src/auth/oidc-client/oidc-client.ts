import type { ClientAuth, Configuration } from 'openid-client';
import { DomainError } from '../../domain/errors.ts';
import type { Identity } from '../../domain/identity.ts';
import { isWithin } from '../../storage/is-within.ts';
import { discoverIssuer } from './discover-issuer.ts';
import { SignInError, type SignInFailure } from './sign-in-error.ts';

/*
 * Signs users in at an OpenID Connect issuer: authorization code flow with PKCE, state and nonce (OpenID Connect Core 1.0, RFC 9700).
 * The library is loaded with the first sign-in, to keep cold starts short.
 */

const SCOPE = 'openid email profile';
/** For each request to the issuer. */
const TIMEOUT_SECONDS = 5;
/** How long the issuer's metadata is used. */
const METADATA_MS = 3_600_000;
/** The pause after it could not be read: anyone can begin a sign-in. */
const RETRY_MS = 1000;

export interface OidcClientOptions {
  readonly issuer: string;
  readonly clientId: string;
  /** Undefined for a public client. */
  readonly clientSecret: string | undefined;
  /** Verifies an ID token that was issued to this client. @throws DomainError */
  readonly verifyIdToken: (token: string) => Promise<Identity>;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

/** What a sign-in that has begun has to be finished with. It stays in the browser that has begun it, sealed. */
export interface SignInSecrets {
  readonly state: string;
  readonly nonce: string;
  /** Of PKCE (RFC 7636). */
  readonly verifier: string;
}

export class OidcClient {
  readonly clientId: string;
  readonly #options: OidcClientOptions;
  #metadata: { readonly configuration: Promise<Configuration>; readonly at: number; keptMs: number } | undefined;

  constructor(options: OidcClientOptions) {
    this.clientId = options.clientId;
    this.#options = options;
  }

  /** @returns the issuer's page to send the browser to @throws SignInError */
  async begin(callbackUrl: string): Promise<SignInSecrets & { readonly url: URL }> {
    const client = await import('openid-client');
    const secrets = { state: client.randomState(), nonce: client.randomNonce(), verifier: client.randomPKCECodeVerifier() };
    const parameters = {
      redirect_uri: callbackUrl,
      scope: SCOPE,
      state: secrets.state,
      nonce: secrets.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(secrets.verifier),
      code_challenge_method: 'S256',
    };
    try {
      return { ...secrets, url: client.buildAuthorizationUrl(await this.#configuration(), parameters) };
    } catch (error) {
      throw toSignInError(error);
    }
  }

  /**
   * Redeems the code with which the issuer has sent the browser back. No token is kept.
   * @param current the URL of the callback, with the issuer's parameters
   * @throws SignInError
   */
  async finish(current: URL, { state, nonce, verifier }: SignInSecrets): Promise<Identity> {
    const client = await import('openid-client');
    try {
      const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true };
      const { id_token: token = '' } = await client.authorizationCodeGrant(await this.#configuration(), current, checks);
      return await this.#options.verifyIdToken(token);
    } catch (error) {
      throw toSignInError(error);
    }
  }

  /** @returns the issuer's page that ends the user's session there; null where it has none, or can't be reached */
  async logoutUrl(returnUrl: string): Promise<string | null> {
    const client = await import('openid-client');
    try {
      return client.buildEndSessionUrl(await this.#configuration(), logoutParameters(this.#options.issuer, returnUrl)).href;
    } catch {
      return null;
    }
  }

  /** Reads the issuer's metadata, once for all who wait. */
  async #configuration(): Promise<Configuration> {
    const now = this.#options.clock();
    const known = this.#metadata;
    if (known && isWithin(known.keptMs, known.at, now)) return known.configuration;
    const read = { configuration: this.#discover(), at: now, keptMs: METADATA_MS };
    this.#metadata = read;
    read.configuration.catch(() => {
      read.keptMs = this.#options.clock() - now + RETRY_MS;
    });
    return read.configuration;
  }

  async #discover(): Promise<Configuration> {
    const { issuer, clientId, clientSecret } = this.#options;
    const { ClientSecretBasic, ClientSecretPost, None } = await import('openid-client');
    const authentication: ClientAuth = (metadata, ...request) => {
      if (clientSecret === undefined) return None()(metadata, ...request);
      // Without the member, an issuer takes the first one (OpenID Connect Discovery 1.0).
      const { token_endpoint_auth_methods_supported: supported = ['client_secret_basic'] } = metadata;
      const method = supported.includes('client_secret_basic') ? ClientSecretBasic : ClientSecretPost;
      return method(clientSecret)(metadata, ...request);
    };
    try {
      return await discoverIssuer({ issuer, clientId, authentication, timeoutSeconds: TIMEOUT_SECONDS });
    } catch (error) {
      throw new SignInError('unavailable', error);
    }
  }
}

/**
 * Amazon Cognito has its own name for the parameter (OpenID Connect RP-Initiated Logout 1.0), and requires it.
 * @internal exported for tests
 */
export function logoutParameters(issuer: string, returnUrl: string): Record<string, string> {
  const isCognito = new URL(issuer).hostname.startsWith('cognito-idp.');
  return { [isCognito ? 'logout_uri' : 'post_logout_redirect_uri']: returnUrl };
}

function toSignInError(error: unknown): SignInError {
  return error instanceof SignInError ? error : new SignInError(failureOf(error), error);
}

/** The reason for which a user is not signed in, by the library's or the verifier's error. */
function failureOf(error: unknown): SignInFailure {
  if (error instanceof DomainError) return error.code === 'UNAUTHORIZED' ? 'rejected' : 'unavailable';
  if (!(error instanceof Error)) return 'unavailable';
  const { name, code, error: oauthError } = Object.assign({ code: undefined, error: undefined }, error, { name: error.name });
  if (name === 'AuthorizationResponseError') return oauthError === 'access_denied' ? 'denied' : 'rejected';
  // The code was redeemed before, or is too old.
  if (name === 'ResponseBodyError') return oauthError === 'invalid_grant' ? 'expired' : 'rejected';
  if (code === 'OAUTH_TIMEOUT' || code === 'OAUTH_RESPONSE_IS_NOT_CONFORM' || error instanceof TypeError) return 'unavailable';
  return 'rejected';
}
