import type { Configuration } from 'openid-client';
import { UsageError } from '../lending-command.ts';
import { showControls } from '../terminal-text.ts';
import { adviceOnClient, discover, type IssuerClient, type IssuerTokens, scopeOf, toTokens, toUserError } from './issuer-client.ts';
import { listenForCallback } from './loopback-listener.ts';
import type { Terminal } from './terminal.ts';

export interface IssuerSignInOptions extends IssuerClient {
  readonly terminal: Pick<Terminal, 'print'>;
  /** Filled in on the issuer's page, where it supports that. */
  readonly email: string | undefined;
  readonly openBrowser: (url: URL) => void;
  /** Until the user has signed in, in milliseconds. */
  readonly timeoutMs: number;
}

const MS_PER_MINUTE = 60_000;

/**
 * Signs in with the user's browser on this machine: authorization code with PKCE, and a loopback redirect (RFC 8252).
 * @throws UnreachableError, UsageError or DomainError
 */
export async function signInByBrowser(options: IssuerSignInOptions): Promise<IssuerTokens> {
  const client = await import('openid-client');
  const configuration = await discover(options);
  const [state, nonce, verifier] = [client.randomState(), client.randomNonce(), client.randomPKCECodeVerifier()];
  const listener = await listenForCallback(state);
  try {
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: listener.redirectUri,
      ...scopeOf(configuration),
      state,
      nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...(options.email !== undefined && { login_hint: options.email }),
    });
    options.terminal.print(
      'Sign in with your browser. If it does not open by itself, open this page on this machine:',
      '',
      url.href,
      '',
    );
    options.openBrowser(url);
    const callback = await withinTime(listener.callback, options);
    const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true };
    return toTokens(await client.authorizationCodeGrant(configuration, callback, checks));
  } catch (error) {
    throw toUserError(error, options);
  } finally {
    listener.close();
  }
}

/** Signs in with a browser on any machine (RFC 8628). @throws UnreachableError, UsageError or DomainError */
export async function signInByDevice(options: IssuerSignInOptions): Promise<IssuerTokens> {
  const client = await import('openid-client');
  const configuration = await discover(options);
  requireDeviceFlow(configuration, options);
  try {
    const started = await client.initiateDeviceAuthorization(configuration, { scope: scopeOf(configuration).scope });
    const { user_code: code, verification_uri: page, verification_uri_complete: whole, expires_in: seconds } = started;
    const minutes = Math.floor((seconds * 1000) / MS_PER_MINUTE);
    const lines = [`Open ${page} on any device, and enter this code within ${minutes} minutes: ${code}`];
    if (whole !== undefined) lines.push(`Or open ${whole}`);
    options.terminal.print(...lines.map(showControls));
    return toTokens(await client.pollDeviceAuthorizationGrant(configuration, started));
  } catch (error) {
    throw toUserError(error, options);
  }
}

function requireDeviceFlow(configuration: Configuration, { issuer }: IssuerClient): void {
  if (configuration.serverMetadata().device_authorization_endpoint !== undefined) return;
  throw new UsageError(`The issuer ${issuer} has no sign-in by device. Leave out --device, on a machine with a browser.`);
}

async function withinTime(callback: Promise<URL>, { clientId, timeoutMs }: IssuerSignInOptions): Promise<URL> {
  let timer: NodeJS.Timeout | undefined;
  const timedOut = new Promise<never>((_, reject) => {
    const minutes = Math.round(timeoutMs / MS_PER_MINUTE);
    const message = `Nobody has signed in within ${minutes} minutes. If the page rejects the client ${clientId}: ${adviceOnClient()}`;
    timer = setTimeout(() => reject(new UsageError(message)), timeoutMs);
  });
  try {
    return await Promise.race([callback, timedOut]);
  } finally {
    clearTimeout(timer);
  }
}
