import { describe, expect, it } from 'vitest';
import { NO_ADDRESS, parseClientAddress } from './client-address.ts';
import { createNetworkIds } from './network-id.ts';

const networkOf = createNetworkIds(Buffer.alloc(32, 1));

function idOf(text: string) {
  const address = parseClientAddress(text);
  if (!address) throw new Error(`${text} is no address`);
  return networkOf(address);
}

describe('createNetworkIds', () => {
  it('gives an IPv4 address an id that does not show it', () => {
    expect(idOf('203.0.113.7')).toMatch(/^[\w-]{16}$/);
    expect(idOf('203.0.113.7')).not.toBe(idOf('203.0.113.8'));
  });

  it('gives all addresses of an IPv6 /48 one id', () => {
    expect(idOf('2001:db8:1:2::3')).toBe(idOf('2001:db8:1:ffff::9'));
    expect(idOf('2001:db8:1:2::3')).not.toBe(idOf('2001:db8:2:2::3'));
  });

  it('gives another id with another key', () => {
    const address = parseClientAddress('203.0.113.7') ?? NO_ADDRESS;
    expect(createNetworkIds(Buffer.alloc(32, 2))(address)).not.toBe(networkOf(address));
  });

  it.each([
    '127.0.0.1',
    '::1',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '169.254.1.1',
    'fd00::1',
    'fe80::1',
    '::ffff:10.0.0.1',
  ])('gives none to %s, which is internal', (text) => {
    expect(idOf(text)).toBeUndefined();
  });

  it('gives none to calls within the process, and one to the public neighbours of internal ranges', () => {
    expect(networkOf(NO_ADDRESS)).toBeUndefined();
    for (const text of ['172.32.0.1', '11.0.0.1', '100.128.0.1', 'fe00::1', '2606::1']) expect(idOf(text)).toBeDefined();
  });
});
