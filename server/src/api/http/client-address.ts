import type { Context } from 'hono';
import { NO_ADDRESS, parseClientAddress } from '../../auth/client-address.ts';
import type { ClientAddress } from '../../execution/authenticate.ts';
import type { Env } from './hono-env.ts';

/** Headers that proxies, load balancers and content delivery networks add. */
const FORWARDING = [
  /^(?:forwarded|via|cdn-loop|x-real-ip|client-ip|true-client-ip|x-envoy-external-address|x-proxyuser-ip|x-amzn-trace-id)$/,
  /^(?:x-forwarded|x-original|x-arr|x-azure|x-appengine|cf|cloudfront|fastly|fly)(?:-|$)/,
  /(?:^|-)(?:client-?ip|remote-(?:ip|addr))$/,
];

export function isForwarded(context: Context): boolean {
  return Object.keys(context.req.header()).some((name) => FORWARDING.some((pattern) => pattern.test(name)));
}

/** The client's network address. @param trustedHops number of our own proxies */
export function clientAddress(context: Context<Env>, trustedHops: number): ClientAddress {
  return forwardedAddress(trustedHops, context.req.header('x-forwarded-for'), peerAddress(context));
}

/**
 * Reads `X-Forwarded-For` from the right: only the entries that our own proxies added can be trusted. An entry that is no
 * address counts as the peer's, or each made-up entry would be another client.
 * @param peer address at the other end of the connection, the fallback
 */
export function forwardedAddress(trustedHops: number, forwardedFor: string | undefined, peer: string): ClientAddress {
  const forwarded = trustedHops > 0 ? forwardedFor?.split(',').at(-trustedHops)?.trim() : undefined;
  return parseClientAddress(forwarded ?? '') ?? parseClientAddress(peer) ?? NO_ADDRESS;
}

/** @returns '' for calls within the process, which have no connection */
export function peerAddress(context: Context<Env>): string {
  return context.env.address ?? '';
}
