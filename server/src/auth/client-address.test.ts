import { describe, expect, it } from 'vitest';
import { parseClientAddress } from './client-address.ts';
import { userIdOf } from './token-verifier.ts';

describe('parseClientAddress', () => {
  it.each([
    ['203.0.113.7', ['203.0.113.7', '203.0.113.7:443', '"203.0.113.7:443"', '::ffff:203.0.113.7', '::FFFF:CB00:7107']],
    ['203.0.113.7', ['0:0:0:0:0:ffff:203.0.113.7', '[::ffff:203.0.113.7]', '[::ffff:203.0.113.7]:50000']],
    [
      '2001:db8:1:2::/64',
      ['2001:db8:1:2::1', '2001:DB8:1:2:aaaa:bbbb:cccc:dddd', '2001:0db8:0001:0002::', '2001:db8:1:2::1.2.3.4'],
    ],
    ['2001:db8:1:2::/64', ['[2001:db8:1:2::1]', '[2001:db8:1:2::1]:443', '"[2001:db8:1:2::1]:443"']],
    ['2001:db8:0:0::/64', ['2001:db8::', '2001:db8::1', '2001:db8:0:0:1::']],
    ['fe80:0:0:0::/64', ['fe80::1', 'fe80::1%eth0', 'FE80::2%12', '[fe80::1%eth0]:80']],
    ['0:0:0:0::/64', ['::1', '::', '[::1]:3000']],
  ])('parses all spellings of an address as one: %s', (expected, spellings) => {
    expect(spellings.map(parseClientAddress)).toEqual(spellings.map(() => `net:${expected}`));
  });

  it.each([
    '',
    'unknown',
    '_hidden',
    'localhost',
    '203.0.113',
    '203.0.113.256',
    '0203.0.113.7',
    '203.0.113.7:',
    '203.0.113.7:http',
    '203.0.113.7 ',
    '2001:db8::1::',
    '2001:db8:1:2:3:4:5:6:7',
    '[2001:db8::1',
    '[2001:db8::1]x',
    '[::1%]',
    '<script>',
  ])('parses nothing else: %s', (text) => {
    expect(parseClientAddress(text)).toBeUndefined();
  });

  it('parses no long text', () => {
    for (const text of ['1', '1.', ':', '[:', '"'].map((part) => part.repeat(10_000)))
      expect(parseClientAddress(text)).toBeUndefined();
  });

  it('keeps neighbouring networks apart', () => {
    expect(parseClientAddress('2001:db8:1:2::1')).not.toBe(parseClientAddress('2001:db8:1:3::1'));
    expect(parseClientAddress('203.0.113.7')).not.toBe(parseClientAddress('203.0.113.8'));
  });

  it('never returns what may be a user id', () => {
    expect(parseClientAddress(userIdOf('issuer', 'ana'))).toBeUndefined();
    expect(parseClientAddress('203.0.113.7')).toContain(':');
    expect(userIdOf('issuer', 'ana')).not.toContain(':');
  });
});
