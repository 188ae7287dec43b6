import { isIPv4, isIPv6 } from 'node:net';
import type { ClientAddress } from '../execution/authenticate.ts';

/** `ip:port`, `[v6]` and `[v6]:port`, as proxies write them, also in quotes. */
const WITH_PORT = /^"?(?:(\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}|\[([\d.a-f:]{2,45}(?:%[\w.-]{1,32})?)\](?::\d{1,5})?)"?$/i;
const MAPPED_GROUPS = '0:0:0:0:0:ffff:';

/** Calls within the process, and whatever has no address. They share one bucket. */
export const NO_ADDRESS = 'net:none' as ClientAddress;

/**
 * Normalizes the network address of a client: all spellings of an address are one. Ports and zones are dropped, IPv4 in
 * IPv6 counts as IPv4, and an IPv6 address as its /64, which is what one subscriber line has.
 * @param text as a socket, a proxy or an event of Lambda has it
 * @returns undefined for anything else than an address
 */
export function parseClientAddress(text: string): ClientAddress | undefined {
  const [, v4, v6] = WITH_PORT.exec(text) ?? [];
  const address = v4 ?? v6 ?? text;
  if (isIPv4(address)) return `net:${address}` as ClientAddress;
  if (!isIPv6(address)) return undefined;
  const groups = groupsOf(address.split('%', 1)[0] ?? '');
  if (!groups.join(':').startsWith(MAPPED_GROUPS)) return `net:${groups.slice(0, 4).join(':')}::/64` as ClientAddress;
  const bytes = groups.slice(6).flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]);
  return `net:${bytes.join('.')}` as ClientAddress;
}

/** What one customer of a network may have: of IPv6 its /48 (RFC 6177), else the address. */
export function addressRangeOf(address: ClientAddress): string {
  return address.endsWith('::/64') ? `${address.split(':').slice(0, 4).join(':')}::/48` : address;
}

/** The eight groups of a valid IPv6 address, in lower case without leading zeros. */
function groupsOf(address: string): string[] {
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1); // writes IPv4 at the end as two groups
  const [left = [], right = []] = canonical.split('::').map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = canonical.includes('::') ? 8 - left.length - right.length : 0;
  return [...left, ...Array<string>(zeros).fill('0'), ...right];
}
