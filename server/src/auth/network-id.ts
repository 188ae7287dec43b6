import { BlockList } from 'node:net';
import type { NetworkId } from '../domain/ids.ts';
import type { ClientAddress } from '../execution/authenticate.ts';
import { keyedHash } from '../storage/keyed-hash.ts';
import { addressRangeOf, NO_ADDRESS } from './client-address.ts';

/** Addresses that are no client's on the internet: RFC 1918, 3927, 4193, 4291, 6598. An IPv6 address is known as its /64. */
const INTERNAL = new BlockList();
INTERNAL.addSubnet('10.0.0.0', 8);
INTERNAL.addSubnet('100.64.0.0', 10);
INTERNAL.addSubnet('127.0.0.0', 8);
INTERNAL.addSubnet('169.254.0.0', 16);
INTERNAL.addSubnet('172.16.0.0', 12);
INTERNAL.addSubnet('192.168.0.0', 16);
INTERNAL.addAddress('::', 'ipv6'); // a subnet around it would contain all IPv4 addresses
INTERNAL.addSubnet('fc00::', 7, 'ipv6');
INTERNAL.addSubnet('fe80::', 10, 'ipv6');

/**
 * Makes ids of client networks: an IPv4 address, or an IPv6 /48.
 * @param key keeps anybody from finding the address by trying all
 * @returns undefined for a network of the operator's own: that of a proxy, or of programs that act for many users
 */
export function createNetworkIds(key: Buffer): (address: ClientAddress) => NetworkId | undefined {
  const hash = keyedHash(key);
  return (address) => {
    if (isInternal(address)) return undefined;
    return hash(addressRangeOf(address)) as NetworkId;
  };
}

function isInternal(address: ClientAddress): boolean {
  if (address === NO_ADDRESS) return true;
  const text = address.slice('net:'.length).replace('/64', '');
  return INTERNAL.check(text, text.includes(':') ? 'ipv6' : 'ipv4');
}
