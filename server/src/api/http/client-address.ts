import type { Context } from 'hono';
import type { Env } from './hono-env.ts';

/** Headers by which proxies tell for whom they ask. */
const FORWARDING = /^(?:forwarded|via|x-forwarded-.+|x-real-ip|x-client-ip|true-client-ip|cf-connecting-ip)$/;

export function isForwarded(context: Context): boolean {
  return Object.keys(context.req.header()).some((name) => FORWARDING.test(name));
}

/**
 * The client's network address.
 * @param trustedHops how many proxies in front of us are ours; what lies further out could be anybody's invention
 */
export function clientAddress(context: Context<Env>, trustedHops: number): string {
  return addressBehind(trustedHops, context.req.header('x-forwarded-for'), peerAddress(context));
}

/** @param peer who is connected */
export function addressBehind(trustedHops: number, forwardedFor: string | undefined, peer: string): string {
  const chain = (forwardedFor ?? '').split(',').map((address) => address.trim());
  const told = trustedHops > 0 ? chain.at(-trustedHops) : undefined;
  return told || peer;
}

/** @returns an empty text where there is no connection, as when the program calls itself */
export function peerAddress(context: Context<Env>): string {
  return context.env.address ?? '';
}
