import { describe, expect, it } from 'vitest';
import { isLoopback, isSecure } from './loopback.ts';

describe('isSecure', () => {
  it.each(['https://id.example.com', 'http://localhost:8080', 'http://127.0.0.1', 'http://127.9.9.9:1', 'http://[::1]:80'])(
    'accepts %s',
    (url) => expect(isSecure(new URL(url))).toBe(true),
  );

  it.each([
    'http://id.example.com',
    'http://localhost.example.com',
    'http://127.0.0.1.example.com',
    'http://10.0.0.1',
    'ftp://localhost',
  ])('rejects %s', (url) => expect(isSecure(new URL(url))).toBe(false));
});

describe('isLoopback', () => {
  it('recognizes IPv4 addresses mapped to IPv6', () => {
    expect(['::1', '::ffff:127.0.0.1', '::ffff:10.0.0.1', '::2', ''].map(isLoopback)).toEqual([true, true, false, false, false]);
  });
});
