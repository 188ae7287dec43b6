import { describe, expect, it } from 'vitest';
import { isInvitationPath, safeReturnTo, signInPath } from './return-to.ts';

describe('safeReturnTo', () => {
  it.each(['/', '/app/loans/new', '/app/invitations/01a202a0-d02c-78e5-940b-844f91530ecc', '/app/loans/1?view=all&b=%2F#lenders'])(
    'keeps the path %s of the console',
    (path) => {
      expect(safeReturnTo(path)).toBe(path);
    },
  );

  it.each([
    null,
    undefined,
    '',
    'app/loans',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '/.//evil.example',
    '/app/..//evil.example',
    'https://evil.example/',
    'javascript:alert(1)',
    ' /app',
    '/app\\..\\x',
    '/app/sign-in',
    '/app/sign-in/?return_to=/app/sign-in',
    '/app/x/../sign-in',
  ])('replaces %j by the overview', (path) => {
    expect(safeReturnTo(path)).toBe('/');
  });
});

describe('isInvitationPath', () => {
  it('knows the page of an invitation from others', () => {
    expect(isInvitationPath('/app/invitations/01a202a0-d02c-78e5-940b-844f91530ecc')).toBe(true);
    expect(['/', '/app/loans/1', '/app/invitations', '/mail/opt-out'].some(isInvitationPath)).toBe(false);
  });
});

describe('signInPath', () => {
  it('carries the path to return to, which safeReturnTo reads', () => {
    const path = '/app/loans/1?a=b&c=d';
    const [, query] = signInPath(path).split('?');
    expect(safeReturnTo(new URLSearchParams(query).get('return_to'))).toBe(path);
    expect(signInPath('/')).toBe('/app/sign-in');
  });

  it('carries why nobody is signed in', () => {
    expect(signInPath('/', 'signed-out')).toBe('/app/sign-in?reason=signed-out');
    expect(signInPath('/app/loans/1', 'ended')).toBe('/app/sign-in?return_to=%2Fapp%2Floans%2F1&reason=ended');
  });
});
