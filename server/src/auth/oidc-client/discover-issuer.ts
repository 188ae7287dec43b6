import type { ClientAuth, Configuration } from 'openid-client';
import { readBounded } from '../issuer-documents.ts';
import { isLoopback } from '../loopback.ts';

const RESPONSE_BYTES_MAX = 262_144;

export interface DiscoveryOptions {
  readonly issuer: string;
  readonly clientId: string;
  /** How the client authenticates at the token endpoint. */
  readonly authentication: ClientAuth;
  /** For each request to the issuer, those that use the configuration included. */
  readonly timeoutSeconds: number;
}

/**
 * Reads an issuer's metadata (OpenID Connect Discovery 1.0). Plain http is allowed on a loopback address only.
 * @throws the error of `openid-client`, which is loaded with the first call
 */
export async function discoverIssuer({
  issuer,
  clientId,
  authentication,
  timeoutSeconds,
}: DiscoveryOptions): Promise<Configuration> {
  const { allowInsecureRequests, customFetch, discovery } = await import('openid-client');
  const server = new URL(issuer);
  return discovery(server, clientId, undefined, authentication, {
    timeout: timeoutSeconds,
    [customFetch]: boundedFetch,
    execute: server.protocol === 'http:' && isLoopback(server.hostname) ? [allowInsecureRequests] : [],
  });
}

/** The library does not limit the size of a response. */
async function boundedFetch(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  const { status, headers } = response;
  const body = await readBounded(response, RESPONSE_BYTES_MAX);
  return new Response(body.length > 0 ? body : null, { status, headers });
}
