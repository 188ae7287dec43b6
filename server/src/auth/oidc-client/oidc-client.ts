import type { ClientAuth, Configuration } from 'openid-client';
import { DomainError } from '../../domain/errors.ts';
import type { Identity } from '../../domain/identity.ts';
import { readBounded } from '../issuer-documents.ts';
import { isLoopback } from '../loopback.ts';
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
const RESPONSE_BYTES_MAX = 262_144;

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
      return client.buildEndSessionUrl(await this.#configuration(), { post_logout_redirect_uri: returnUrl }).href;
    } catch {
      return null;
    }
  }

  /** Reads the issuer's metadata, once for all who wait. */
  async #configuration(): Promise<Configuration> {
    const now = this.#options.clock();
    const known = this.#metadata;
    if (known && known.at <= now && now < known.at + known.keptMs) return known.configuration;
    const read = { configuration: this.#discover(), at: now, keptMs: METADATA_MS };
    this.#metadata = read;
    read.configuration.catch(() => {
      read.keptMs = this.#options.clock() - now + RETRY_MS;
    });
    return read.configuration;
  }

  async #discover(): Promise<Configuration> {
    const { issuer, clientId, clientSecret } = this.#options;
    const { allowInsecureRequests, customFetch, discovery, ...methods } = await import('openid-client');
    const server = new URL(issuer);
    const authenticate: ClientAuth = (metadata, ...request) => {
      if (clientSecret === undefined) return methods.None()(metadata, ...request);
      // Without the member, an issuer takes the first one (OpenID Connect Discovery 1.0).
      const { token_endpoint_auth_methods_supported: supported = ['client_secret_basic'] } = metadata;
      const method = supported.includes('client_secret_basic') ? methods.ClientSecretBasic : methods.ClientSecretPost;
      return method(clientSecret)(metadata, ...request);
    };
    try {
      return await discovery(server, clientId, undefined, authenticate, {
        timeout: TIMEOUT_SECONDS,
        [customFetch]: boundedFetch,
        execute: server.protocol === 'http:' && isLoopback(server.hostname) ? [allowInsecureRequests] : [],
      });
    } catch (error) {
      throw new SignInError('unavailable', error);
    }
  }
}

/** The library limits neither the size of a response nor, without a signal, its time. */
async function boundedFetch(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  const { status, headers } = response;
  const body = await readBounded(response, RESPONSE_BYTES_MAX);
  return new Response(body.length > 0 ? body : null, { status, headers });
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
