import { describe, expect, it } from 'vitest';
import { returnPath } from './return-path.ts';

describe('returnPath', () => {
  it.each(['/', '/app/loans/new', '/app/loans/01a?tab=history&x=%2F', '/invite/01a#AAGcsv-_', '/app/invitations/1;a=b'])(
    'takes %s, of our own site',
    (path) => {
      expect(returnPath(path)).toBe(path);
    },
  );

  it.each([
    undefined,
    '',
    'app',
    'https://evil.example.com',
    'https:/evil.example.com',
    '//evil.example.com',
    '///evil.example.com',
    '/\\evil.example.com',
    '\\\\evil.example.com',
    '/.//evil.example.com',
    '/..//evil.example.com',
    '/%2e//evil.example.com',
    '/app/..//evil.example.com',
    '/\t/evil.example.com',
    '/\n/evil.example.com',
    '/app\r\nSet-Cookie: a=b',
    ' /app',
    'javascript:alert(1)',
    'data:text/html,x',
    '@evil.example.com',
    '/app/ü',
    `/${'a'.repeat(1024)}`,
  ])('replaces %j by the start page', (path) => {
    expect(returnPath(path)).toBe('/');
  });

  it('leads to our own site for any text of such characters', () => {
    const characters = ['/', '\\', '.', '%2e', '%2f', '%5c', ':', '@', '?', '#', 'a', '\t', '\n', ' '];
    for (const a of characters) {
      for (const b of characters) {
        for (const c of characters) {
          const { origin } = new URL(returnPath(`/${a}${b}${c}evil.example.com`), 'https://lending.example.com');
          expect(origin).toBe('https://lending.example.com');
        }
      }
    }
  });
});
